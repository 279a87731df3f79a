import { addCustomer, changeServer, putPlan } from '#contract/endpoints/fleet.ts';
import { cycleStart, nextCycle } from '#domain/calendar/patch-tuesday.ts';
import { isBefore } from '#domain/instants.ts';
import type { VirtualServer } from '../agent/virtual-server.ts';
import { acquiredBy } from '../demo/acquired.ts';
import type { DemoService } from '../demo/demo-service.ts';
import { type Happening, liveThrough } from '../demo/happenings.ts';
import { knownUpdates } from '../demo/known-updates.ts';
import { createLedger, type Ledger } from '../demo/ledger.ts';
import { sampleWorld } from '../demo/sample-world.ts';
import { importPublished, importTimes } from '../demo/story-setup.ts';
import { createFleet } from '../fleet/fleet.ts';
import { type SampleCatalogue, sampleCatalogue } from '../sample/sample-catalogue.ts';
import { type Debt, settleDebts } from './debts.ts';
import { orderBroken } from './judge-order.ts';
import { createJudging } from './judging.ts';
import { readTellings } from './tellings.ts';
import { type Judged, SLICE_MINUTES } from './witness.ts';
import { randomFleet, type TaskShare, type YearFleetOptions, type YearServer } from './year-fleet.ts';
import { yearMachines } from './year-machines.ts';
import { putOrder, randomOrder } from './year-order.ts';

export interface YearOptions {
  readonly servers: number;
  /** How many cycles from October 2023, at most `MOST_CYCLES`. */
  readonly cycles: number;
  readonly seed: string;
  readonly task: TaskShare;
  /** With an inventory, redundancy groups, and a rollout plan of two waves. */
  readonly order?: boolean;
  /** Told how far the year has come, once a cycle. */
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface YearResult {
  readonly servers: readonly YearServer[];
  readonly installations: readonly Judged[];
  readonly debts: readonly Debt[];
  /** What broke the order of waves and groups, each in a sentence; empty without one. */
  readonly orderBroken: readonly string[];
  readonly counts: Ledger['counts'];
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
}

/** When the simulated clock of the service must stand at the beginning. */
export const YEAR_BEGINS = Temporal.Instant.from('2023-10-09T00:00:00Z');
const FIRST_CYCLE = '2023-10';
/** As far as the sample goes. */
export const MOST_CYCLES = 15;
const CUSTOMER = 'Year';

/** How long after the last Patch Tuesday the last plans have had their window. */
const LAST_CYCLE_HOURS = 24 * 33;

/**
 * Lets a random fleet live through some cycles against a service whose clock stands at `YEAR_BEGINS`, judges every installation, and asks for
 * the reason of everything due that is not installed.
 */
export async function runYear(service: DemoService, options: YearOptions): Promise<YearResult> {
  const from = YEAR_BEGINS;
  const cycles = cyclesOf(options.cycles);
  const last = cycles.at(-1) ?? FIRST_CYCLE;
  const to = cycleStart(last).add({ hours: LAST_CYCLE_HOURS });
  const catalogue = sampleCatalogue({ from: FIRST_CYCLE, to: last, definitionsEvery: 28 });
  await importPublished(service, catalogue, undefined, from);
  const { servers, machines } = await enrolFleet(service, options, { from, to, cycles });
  const world = sampleWorld(catalogue.documents);
  const ledger = createLedger(machines, world, updateIdsOf(catalogue));
  const witness = { servers: new Map(servers.map((server) => [server.dnsName, server])), service, world, ledger };
  const judging = createJudging(witness);
  const fleet = startFleet(service, machines, ledger, options.signal);
  const order = options.order ? randomOrder(servers, options.seed) : undefined;
  const tell = async (cycle: string) =>
    options.say?.(`${cycle}: ${ledger.counts.scans} scans, ${ledger.counts.installations} installations`);
  await liveThrough(fleet.runUntil, service, to, [
    ...importHappenings(service, catalogue, from),
    ...assignments(service, servers, machines),
    ...(order ? [{ at: from.add(ASSIGNED_AFTER), run: () => putOrder(service, CUSTOMER, servers, order) }] : []),
    ...daily(from, to, () => judging.follow(fleet.installs())),
    ...cycles.map((cycle) => ({ at: cycleStart(cycle), run: () => tell(cycle) })),
  ]);
  const tellings = await readTellings(service, CUSTOMER);
  const installations = await judging.judgeAll(fleet.installs(), tellings, to);
  const debts = await settleDebts(witness, machines, await knownUpdates(service), {
    from,
    to,
    turns: order !== undefined,
  });
  const broken = order ? orderBroken(installations, acquiredBy(machines, witness), order, to) : [];
  return { servers, installations, debts, orderBroken: broken, counts: ledger.counts, from, to };
}

/** A customer, and a random fleet whose servers have its enrolment token. */
async function enrolFleet(
  service: DemoService,
  { seed, task, servers: count, order = false }: YearOptions,
  span: Pick<YearFleetOptions, 'from' | 'to' | 'cycles'>,
) {
  const servers = randomFleet({ servers: count, seed, task, ...span });
  const { token } = await service.api.call(addCustomer, { body: { name: CUSTOMER, zone: 'Etc/UTC' } });
  const wuServer = `${service.wuServer}/${token}`;
  return {
    servers,
    machines: yearMachines(servers, { wuServer, http: service.http, start: span.from, seed, turns: order }),
  };
}

function updateIdsOf({ documents }: SampleCatalogue): readonly string[] {
  return [...new Set(documents.map(({ name }) => name.replace(/-r\d+$/, '')))];
}

/** Gathers the machines. */
function startFleet(
  service: DemoService,
  machines: ReadonlyMap<string, VirtualServer>,
  ledger: Ledger,
  signal: AbortSignal | undefined,
) {
  return createFleet([...machines.values()], {
    moveClock: async (to) => {
      signal?.throwIfAborted();
      await service.moveClock(to);
    },
    sliceAt: () => SLICE_MINUTES,
    onEntry: ledger.note,
    concurrency: 8,
  });
}

function cyclesOf(count: number): readonly string[] {
  const cycles = [FIRST_CYCLE];
  while (cycles.length < count) cycles.push(nextCycle(cycles.at(-1) ?? FIRST_CYCLE));
  return cycles;
}

function importHappenings(service: DemoService, catalogue: SampleCatalogue, from: Temporal.Instant): Happening[] {
  const times = importTimes(catalogue, from);
  return times.map((at, index) => ({
    at,
    run: () => importPublished(service, catalogue, times[index - 1] ?? from, at),
  }));
}

/** When the servers have made their first scans and are given their plans. */
const ASSIGNED_AFTER = { hours: 6 };

function assignments(
  service: DemoService,
  servers: readonly YearServer[],
  machines: ReadonlyMap<string, VirtualServer>,
): Happening[] {
  const distinct = [...new Map(servers.map((server) => [server.clientId, server])).values()];
  return distinct.flatMap(({ clientId, zone, plans }) =>
    plans.map(({ from, plan: { name, ...draft } }, index) => {
      const at = index === 0 ? from.add(ASSIGNED_AFTER) : from;
      const run = async () => {
        await service.api.call(putPlan, { params: { plan: name }, body: draftOf(draft) });
        await service.api.call(changeServer, { params: { server: clientId }, body: { zone, plan: name } });
        for (const one of servers) if (one.clientId === clientId) machines.get(one.dnsName)?.runTaskAfter(at);
      };
      return { at, run };
    }),
  );
}

function draftOf(draft: Omit<YearServer['plans'][number]['plan'], 'name'>) {
  return { ...draft, extraWindows: draft.extraWindows.map((window) => ({ ...window })) };
}

function daily(from: Temporal.Instant, to: Temporal.Instant, run: () => Promise<void>): Happening[] {
  const happenings: Happening[] = [];
  for (let at = from.add({ hours: 12 }); isBefore(at, to); at = at.add({ hours: 24 })) happenings.push({ at, run });
  return happenings;
}
