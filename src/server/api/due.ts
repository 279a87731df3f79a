import { approvalKey } from '#domain/approval/approve.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import { isDue } from '#domain/decide/compliance.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { NOTHING_REPORTED, type ServerFacts, type Target } from '#domain/fleet/server.ts';

/** Whether an update is due on a server. */
export type Due = (server: ServerFacts, updateId: UpdateId) => boolean;

/**
 * `isDue` at one instant, asked once for all servers that share what it goes by: plan, zone and kind of machine, and the customer or the
 * server itself only where a person's word names them.
 */
export function dueAt(facts: Facts, at: Temporal.Instant): Due {
  const perPlan = new Map<Plan | undefined, Map<string, boolean>>();
  return (server, updateId) => {
    const known = perPlan.get(server.plan) ?? new Map<string, boolean>();
    perPlan.set(server.plan, known);
    const { osBuild, productType } = server.target;
    const key = [updateId, server.zone, osBuild, productType, namedBy(facts, server, updateId)].join(' ');
    const answer = known.get(key) ?? isDue(server, updateId, facts, at);
    known.set(key, answer);
    return answer;
  };
}

/**
 * Those of some updates that may be due on a server of one of these kinds: whatever is left out is due on none. Without a plan an update
 * is due from its publication on, so no server's plan makes it due earlier.
 */
export function maybeDue(
  updateIds: readonly UpdateId[],
  targets: readonly Target[],
  facts: Facts,
  at: Temporal.Instant,
): UpdateId[] {
  const kinds = new Map(targets.map((target) => [approvalKey(facts.policy, target), target]));
  const anybodys = [...kinds.values()].map((target): ServerFacts => ({ ...ANYBODYS_SERVER, target }));
  return updateIds.filter((id) => {
    const isApproved = facts.persons.get(id)?.some(({ decision }) => decision === 'approve') ?? false;
    return isApproved || anybodys.some((server) => isDue(server, id, facts, at));
  });
}

const ANYBODYS_SERVER = { serverId: '', zone: 'Etc/UTC', mode: 'managed', ...NOTHING_REPORTED } as const;

/** The server and the customer as far as some person's word on an update names them. */
function namedBy(facts: Facts, { serverId, customerId }: ServerFacts, updateId: UpdateId): string {
  const words = facts.persons.get(updateId) ?? [];
  const customer = words.some((word) => word.customerId === customerId) ? customerId : '';
  const server = words.some((word) => word.serverId === serverId) ? serverId : '';
  return `${customer} ${server}`;
}
