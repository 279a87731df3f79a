import { setImmediate as otherWork } from 'node:timers/promises';
import type { Plan } from '#domain/calendar/plan.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import { type Compliance, complianceOf } from '#domain/decide/compliance.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { NOTHING_REPORTED, PRODUCT_TYPES, type Target } from '#domain/fleet/server.ts';
import { type ComingWindow, comingWindows } from '#server/api/coming-windows.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { dueAt, maybeDue } from '#server/api/due.ts';
import { sharedAnswer } from '#server/api/shared-answer.ts';
import { type FleetClass, listFleetClasses, listReportedUpdates, listTargets } from '#server/store/fleet-views.ts';

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

interface Fleet {
  readonly counts: FleetCounts;
  /** The windows of managed servers that open next. */
  readonly windows: readonly ComingWindow[];
}

/** The fleet in numbers and the windows that it has next; computed once for all who ask. */
export const fleet = sharedAnswer(countFleet);

/** The fleet in numbers. */
export async function fleetCounts(deps: ApiDeps, at: Temporal.Instant): Promise<FleetCounts> {
  return (await fleet(deps, at)).counts;
}

/** So many classes are gone through at a stretch; clients are served in between. */
const STRETCH = 1_000;

async function countFleet({ pool, keeper }: ApiDeps, at: Temporal.Instant): Promise<Fleet> {
  const facts = keeper.current();
  const directory = keeper.directory();
  const due = dueAt(facts, at);
  const counts = { total: 0, unassigned: 0, withoutPlan: 0 };
  const states: Record<Compliance, number> = {
    compliant: 0,
    'not-compliant': 0,
    'pending-restart': 0,
    failed: 0,
    unknown: 0,
  };
  const cohorts = new Map<Plan, Map<string, number>>();
  const classes = await listFleetClasses(pool, [...facts.singledOut], await regardedUpdates(pool, facts, at));
  for (const [index, one] of classes.entries()) {
    if (index % STRETCH === STRETCH - 1) await otherWork();
    const server = directory.serverFacts({ ...one, serverId: one.serverId ?? '' }, NOTHING_REPORTED);
    counts.total += one.servers;
    if (server.mode === 'unassigned') counts.unassigned += one.servers;
    if (!server.plan) counts.withoutPlan += one.servers;
    states[complianceIn(one, (updateId) => due(server, updateId))] += one.servers;
    if (server.mode !== 'managed' || !server.plan) continue;
    const zones = cohorts.get(server.plan) ?? new Map<string, number>();
    cohorts.set(server.plan, zones.set(server.zone, (zones.get(server.zone) ?? 0) + one.servers));
  }
  const { 'not-compliant': notCompliant, 'pending-restart': pendingRestart, ...others } = states;
  return {
    counts: { ...counts, ...others, notCompliant, pendingRestart },
    windows: comingWindows(
      [...cohorts].flatMap(([plan, zones]) => [...zones].map(([zone, servers]) => ({ plan, zone, servers }))),
      at,
    ),
  };
}

async function regardedUpdates(pool: ApiDeps['pool'], facts: Facts, at: Temporal.Instant): Promise<UpdateId[]> {
  const machines = await listTargets(pool);
  const targets = machines.map(({ osBuild, productType }): Target => {
    return { osBuild, ...(productType === null ? {} : { productType }) };
  });
  const unregistered = [{}, ...Object.values(PRODUCT_TYPES).map((productType) => ({ productType }))];
  return maybeDue(await listReportedUpdates(pool), [...targets, ...unregistered], facts, at);
}

/** What the agents said decides, where they need something also which of it is due. */
function complianceIn({ standing, needed }: FleetClass, isDue: (id: UpdateId) => boolean): Compliance {
  if (standing !== 'evaluated') return standing;
  const unsettled = needed.map((updateId) => ({ updateId, state: 'needed' as const }));
  return complianceOf({ hasStatus: true, pendingRestart: false, unsettled }, isDue);
}
