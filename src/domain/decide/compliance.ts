import { releaseAt } from '#domain/calendar/release-week.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { forUpdate } from '#domain/decide/kind-plan.ts';
import { askCatalogue, asking } from '#domain/decide/questions.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';
import type { UpdateState } from '#domain/status/event-state.ts';

export type Compliance = 'compliant' | 'not-compliant' | 'pending-restart' | 'failed' | 'unknown';

/** What a server's agent last said, as far as compliance goes by it. */
export interface Reported {
  readonly hasStatus: boolean;
  readonly pendingRestart: boolean;
  readonly unsettled: readonly { readonly updateId: UpdateId; readonly state: UpdateState }[];
}

/**
 * Whether a server has what it should have, the worst first: never compliant without a status report, with a failure, with a pending
 * restart, or while it needs an update that is due.
 */
export function complianceOf(
  { hasStatus, pendingRestart, unsettled }: Reported,
  isDue: (id: UpdateId) => boolean,
): Compliance {
  if (!hasStatus) return 'unknown';
  const has = (state: UpdateState): boolean => unsettled.some((one) => one.state === state);
  if (has('failed')) return 'failed';
  if (pendingRestart || has('pending-restart')) return 'pending-restart';
  const needed = unsettled.filter(({ state }) => state === 'needed' || state === 'downloaded');
  return needed.some(({ updateId }) => isDue(updateId)) ? 'not-compliant' : 'compliant';
}

/** Whether an update is approved for a server and released for its plan; for a server without a plan, from its publication on. */
export function isDue(server: ServerFacts, updateId: UpdateId, facts: Facts, at: Temporal.Instant): boolean {
  const update = facts.catalogue.latest(updateId);
  if (!update) return false;
  const asked = asking({ server, update, facts, at });
  if (askCatalogue(asked).held || !asked.approval.approved || facts.brakes.has(updateId)) return false;
  const { plan, zone } = forUpdate(server, update, facts);
  const release = plan ? releaseAt(plan, zone, update.published) : update.published;
  return !isBefore(at, release);
}
