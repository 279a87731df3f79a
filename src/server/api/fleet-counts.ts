import type { ApiDeps } from '#server/api/deps.ts';
import { serverViews } from '#server/api/server-view.ts';
import { listServers } from '#server/store/servers.ts';

/** The fleet in numbers. */
export interface FleetCounts {
  readonly total: number;
  readonly unassigned: number;
  readonly withoutPlan: number;
  readonly compliant: number;
  readonly notCompliant: number;
  readonly pendingRestart: number;
  readonly failed: number;
  readonly unknown: number;
}

const PAGE = 1_000;

/** Counts the fleet, a page at a time. */
export async function fleetCounts(deps: ApiDeps, at: Temporal.Instant): Promise<FleetCounts> {
  const counts = { total: 0, unassigned: 0, withoutPlan: 0 };
  const states = { compliant: 0, 'not-compliant': 0, 'pending-restart': 0, failed: 0, unknown: 0 };
  for (let rows = await listServers(deps.pool, { limit: PAGE }); rows.length > 0; ) {
    for (const { mode, plan, compliance } of await serverViews(deps, rows, at)) {
      counts.total++;
      if (mode === 'unassigned') counts.unassigned++;
      if (plan === undefined) counts.withoutPlan++;
      states[compliance]++;
    }
    const after = rows.at(-1);
    rows = after && rows.length === PAGE ? await listServers(deps.pool, { limit: PAGE, after }) : [];
  }
  const { 'not-compliant': notCompliant, 'pending-restart': pendingRestart, ...others } = states;
  return { ...counts, ...others, notCompliant, pendingRestart };
}
