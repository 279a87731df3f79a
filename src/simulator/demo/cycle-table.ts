import { type Cycle, cycleOfPublication, cycleStart } from '#domain/calendar/patch-tuesday.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { releaseWeek } from '#domain/calendar/release-week.ts';
import { primaryWindow } from '#domain/calendar/windows.ts';
import { later } from '#domain/instants.ts';
import { isDefinition, type KnownUpdate } from './known-updates.ts';
import type { DemoServer } from './scenario.ts';
import { type Evidence, managedPlan, type Settlement } from './settlement.ts';

/** How the servers of one customer came through one cycle. */
export interface CycleRow {
  readonly customer: string;
  readonly cycle: Cycle;
  readonly servers: number;
  /** Everything approved of Patch Tuesday installed by the end of the first window of the server's own release week. */
  readonly inWeek: number;
  /** Installed, but later. */
  readonly later: number;
  /** Something approved could not be installed, with a coded failure. */
  readonly failed: number;
  /** Only observed, or without a plan. */
  readonly notManaged: number;
  /** Median days from Patch Tuesday until a server had everything; undefined when none has. */
  readonly medianDays?: number;
  /** Installations outside their window, their week or their approval. */
  readonly violations: number;
}

/** One row for each customer and cycle, and one for servers that belong to nobody. */
export function cycleTable(
  evidence: Evidence,
  { violations }: Settlement,
  cycles: readonly Cycle[],
): readonly CycleRow[] {
  const customers = [...new Set(evidence.servers.map(({ customer }) => customer))];
  return customers.flatMap((customer) => {
    const servers = evidence.servers.filter((server) => server.customer === customer);
    const names = new Set(servers.map(({ dnsName }) => dnsName));
    return cycles.map((cycle) => {
      const fates = servers.map((server) => fateOf(evidence, server, cycle));
      const count = (kind: Fate['kind']) => fates.filter((fate) => fate.kind === kind).length;
      const days = fates.flatMap((fate) => ('days' in fate ? [fate.days] : [])).sort((left, right) => left - right);
      const median = days[Math.floor(days.length / 2)];
      return {
        customer: customer ?? '(unassigned)',
        cycle,
        servers: servers.length,
        inWeek: count('in-week'),
        later: count('later'),
        failed: count('failed'),
        notManaged: count('not-managed'),
        ...(median === undefined ? {} : { medianDays: median }),
        violations: violations.filter(({ server, update }) => names.has(server) && isOf(update, cycle)).length,
      };
    });
  });
}

type Fate = { readonly kind: 'in-week' | 'later'; readonly days: number } | { readonly kind: 'failed' | 'not-managed' };

/** How one server came through one cycle, by the updates of its Patch Tuesday. */
function fateOf(evidence: Evidence, server: DemoServer, cycle: Cycle): Fate {
  const plan = managedPlan(server);
  const machine = evidence.machines.get(server.dnsName)?.machine;
  if (plan === undefined || machine === undefined) return { kind: 'not-managed' };
  const { ledger, world, updates, declines } = evidence;
  const start = cycleStart(cycle);
  const installed = [start];
  for (const update of updates.values()) {
    const declined = declines.some((one) => one.customer === server.customer && one.updateId === update.updateId);
    if (!isOnPatchTuesday(update, cycle) || update.verdict !== 'approve' || update.expired || declined) continue;
    const at = ledger.installedAt(server.dnsName, update.updateId);
    if (at !== undefined) installed.push(at);
    else if (world.standing(update.updateId, machine) === 'needed') return { kind: 'failed' };
  }
  const last = installed.reduce(later);
  const isInWeek = Temporal.Instant.compare(last, firstChanceEnd(plan, server.region.zone, cycle)) <= 0;
  return { kind: isInWeek ? 'in-week' : 'later', days: last.since(start).total('days') };
}

/** Weekly plans have one window in their week, nightly ones every night of it. */
function firstChanceEnd(plan: Plan, zone: string, cycle: Cycle): Temporal.Instant {
  return plan.kind === 'nightly'
    ? releaseWeek(cycle, plan.releaseWeek, zone).end
    : primaryWindow(plan, zone, cycle).end;
}

function isOnPatchTuesday(update: KnownUpdate, cycle: Cycle): boolean {
  const publication = cycleOfPublication(update.published);
  return !isDefinition(update) && publication.onPatchTuesday && publication.cycle === cycle;
}

function isOf(update: KnownUpdate | undefined, cycle: Cycle): boolean {
  return update !== undefined && cycleOfPublication(update.published).cycle === cycle;
}
