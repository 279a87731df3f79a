import { isBefore } from '#domain/instants.ts';
import type { InstallRecord } from '../fleet/fleet.ts';
import type { Acquired } from './acquired.ts';
import { isDefinition } from './known-updates.ts';
import type { DemoServer } from './scenario.ts';
import type { Evidence, Violation } from './settlement.ts';

/** A rule of waves and order that an installation broke. */
export type BrokenOrder = 'before-gate' | 'group-together';

type Installations = Pick<Evidence, 'servers' | 'installs' | 'updates' | 'to'>;

/**
 * Holds installations against waves and redundancy groups, read from the machines alone and not from what the service decided: nobody begins
 * an update before every server of the wave before that needs it has it, and of a group nobody begins before the other is up again.
 */
export function orderViolations(evidence: Installations, acquired: Acquired): readonly Violation[] {
  const byName = new Map(evidence.servers.map((server) => [server.dnsName, server]));
  return evidence.installs.flatMap((record) => {
    const server = byName.get(record.server);
    const update = evidence.updates.get(record.updateId);
    if (server?.place === undefined || (update && isDefinition(update))) return [];
    const at = record.startedAt.toZonedDateTimeISO(server.region.zone);
    const told = (rule: BrokenOrder, why: string): Violation => ({
      server: server.dnsName,
      update,
      rule,
      detail: `${at}, ${why}`,
    });
    const early = waveBefore(evidence, server).find(({ dnsName }) => lacks(acquired, dnsName, record));
    const down = evidence.installs.find(
      (other) => isPeer(server, byName.get(other.server)) && isUnderWay(other, record.startedAt, evidence.to),
    );
    return [
      ...(early ? [told('before-gate', `${early.dnsName} did not have it`)] : []),
      ...(down ? [told('group-together', `${down.server} was not up again`)] : []),
    ];
  });
}

function waveBefore({ servers }: Installations, { customer, place }: DemoServer): readonly DemoServer[] {
  return servers.filter((other) => other.customer === customer && place && other.place?.wave === place.wave - 1);
}

/** Did a server need an update, and not have it yet when another began? */
function lacks(acquired: Acquired, server: string, { updateId, startedAt }: InstallRecord): boolean {
  const had = acquired(server, updateId);
  return had === 'needed' || (had !== undefined && isBefore(startedAt, had));
}

function isPeer(server: DemoServer, other: DemoServer | undefined): boolean {
  if (other === undefined || other === server || other.customer !== server.customer) return false;
  return server.place?.group !== undefined && other.place?.group === server.place.group;
}

/** From the beginning of an installation until the server is up again after the restart that it needed. */
function isUnderWay(
  { startedAt, needsRestart, restartedAt }: InstallRecord,
  at: Temporal.Instant,
  to: Temporal.Instant,
) {
  return needsRestart && !isBefore(at, startedAt) && isBefore(at, restartedAt ?? to);
}
