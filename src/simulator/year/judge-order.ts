import { isBefore } from '#domain/instants.ts';
import type { Acquired } from '../demo/acquired.ts';
import { isDefinition } from '../demo/known-updates.ts';
import { isAllowed } from '../demo/placement.ts';
import type { Judged } from './witness.ts';
import { PILOTS_VERIFIED, type YearOrder } from './year-order.ts';

/**
 * What broke the order, each in a sentence, read from the machines alone: two of a group at it together, or an update on another server
 * before enough pilots had it. Installations that lay outside of their windows are judged by their cause instead: they were not the
 * service's turn.
 */
export function orderBroken(
  installations: readonly Judged[],
  acquired: Acquired,
  order: YearOrder,
  to: Temporal.Instant,
): readonly string[] {
  const inside = installations.filter(
    ({ server, update, placement }) => !server.clone && update && !isDefinition(update) && isAllowed(placement),
  );
  return [...togetherInGroups(inside, order, to), ...beforePilots(inside, acquired, order)];
}

function togetherInGroups(inside: readonly Judged[], { groups }: YearOrder, to: Temporal.Instant): string[] {
  const restarting = inside.filter(({ server, record }) => record.needsRestart && groups.has(server.dnsName));
  return restarting.flatMap((one) =>
    restarting
      .filter((other) => {
        if (other.server === one.server) return false;
        if (groups.get(other.server.dnsName) !== groups.get(one.server.dnsName)) return false;
        const isEarlier = isBefore(other.record.startedAt, one.record.startedAt);
        return isEarlier && isBefore(one.record.startedAt, other.record.restartedAt ?? to);
      })
      .map((other) => `together: ${told(one)} while ${told(other)} was not up again`),
  );
}

function beforePilots(inside: readonly Judged[], acquired: Acquired, { pilots }: YearOrder): string[] {
  return inside.flatMap((judged) => {
    const { server, record } = judged;
    if (pilots.has(server.dnsName)) return [];
    const fates = [...pilots].flatMap((pilot) => acquired(pilot, record.updateId) ?? []);
    const had = fates.filter((at) => at !== 'needed' && !isBefore(record.startedAt, at)).length;
    if (had >= Math.min(PILOTS_VERIFIED, fates.length)) return [];
    return [`before its gate: ${told(judged)}, when ${had} of ${fates.length} pilots had it`];
  });
}

function told({ server, update, record }: Judged): string {
  return `${server.dnsName}, ${update?.title ?? record.updateId}, ${record.startedAt}`;
}
