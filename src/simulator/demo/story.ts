import { cycleStart } from '#domain/calendar/patch-tuesday.ts';
import { createFleet } from '../fleet/fleet.ts';
import { sampleCatalogue } from '../sample/sample-catalogue.ts';
import { askWhy } from './ask-why.ts';
import { type CycleRow, cycleTable } from './cycle-table.ts';
import { demoFleet } from './demo-fleet.ts';
import type { DemoService } from './demo-service.ts';
import { type Happening, liveThrough } from './happenings.ts';
import { isInsideWindow } from './installation-rules.ts';
import { knownUpdates } from './known-updates.ts';
import { createLedger } from './ledger.ts';
import { sampleWorld } from './sample-world.ts';
import { type DemoServer, planOf, type Scenario } from './scenario.ts';
import { type Decline, type Evidence, type Settlement, settle } from './settlement.ts';
import { CYCLES, storyBeats } from './story-beats.ts';
import { addPlansAndCustomers, assignServers, importPublished, importTimes } from './story-setup.ts';

export interface StoryOptions {
  /** Told each event of note: when, and one sentence or two. */
  readonly say: (at: Temporal.Instant, text: string) => void;
  /** Ends the story early, with an error. */
  readonly signal?: AbortSignal;
  /** Virtual servers that speak at the same time; default 8. */
  readonly concurrency?: number;
}

export interface StoryResult {
  readonly evidence: Evidence;
  readonly settlement: Settlement;
  readonly table: readonly CycleRow[];
}

/** Minutes of events for which the service's clock moves once; in windows in which turns are given it moves more often. */
const SLICE = { ordinary: 60, turns: 20 };

/** When the servers have made their first scans and are given their plans. */
const ASSIGNED_AFTER = { hours: 6 };

/**
 * Runs a scenario against a service whose simulated clock stands at its beginning, event by event in the order of time, and judges
 * what came of it.
 */
export async function tellStory(
  scenario: Scenario,
  service: DemoService,
  { say, signal, concurrency = 8 }: StoryOptions,
): Promise<StoryResult> {
  const { from, to, servers } = scenario;
  const catalogue = sampleCatalogue({ from: '2023-10', to: '2023-11', definitionsEvery: 14 });
  const world = sampleWorld(catalogue.documents);
  await importPublished(service, catalogue, undefined, from);
  const tokens = await addPlansAndCustomers(service, scenario);
  const machines = demoFleet(scenario, { tokens, wuServer: service.wuServer, http: service.http });
  const updateIds = [...new Set(catalogue.documents.map(({ name }) => name.replace(/-r\d+$/, '')))];
  const ledger = createLedger(machines, world, updateIds);
  const fleet = createFleet([...machines.values()], {
    moveClock: async (to) => {
      signal?.throwIfAborted();
      await service.moveClock(to);
    },
    sliceAt: sliceAround(servers),
    onEntry: ledger.note,
    concurrency,
  });
  const declines: Decline[] = [];
  const beats = storyBeats({ scenario, service, ledger, say, declines });
  await liveThrough(fleet.runUntil, service, to, [
    { at: from.add(ASSIGNED_AFTER), run: () => assignServers(service, servers) },
    ...importHappenings(service, catalogue, from),
    ...beats,
  ]);
  const updates = await knownUpdates(service);
  const evidence = { servers, machines, updates, installs: fleet.installs(), ledger, world, declines, from, to };
  const settlement = await settle(evidence, askWhy(service));
  return { evidence, settlement, table: cycleTable(evidence, settlement, cyclesUntil(to)) };
}

function sliceAround(servers: readonly DemoServer[]): (at: Temporal.Instant) => number {
  const ordered = new Map(
    servers.flatMap((server) => {
      const plan = server.place && planOf(server);
      return plan ? [[plan, server.region.zone] as const] : [];
    }),
  );
  const isWindow = (at: Temporal.Instant) => [...ordered].some(([plan, zone]) => isInsideWindow(plan, zone, at, at));
  // A long slice must not reach into a window either: in the stories with kills the service is away to the end of one.
  return (at) => (isWindow(at) || isWindow(at.add({ minutes: SLICE.ordinary })) ? SLICE.turns : SLICE.ordinary);
}

function importHappenings(
  service: DemoService,
  catalogue: ReturnType<typeof sampleCatalogue>,
  from: Temporal.Instant,
): readonly Happening[] {
  const times = importTimes(catalogue, from);
  return times.map((at, index) => ({
    at,
    run: () => importPublished(service, catalogue, times[index - 1] ?? from, at),
  }));
}

/** How long after Patch Tuesday even the last plans have begun. */
const CYCLE_TOLD_AFTER = { hours: 24 * 27 };

/** The cycles that have run their course by the end of the story. */
function cyclesUntil(to: Temporal.Instant): readonly string[] {
  return CYCLES.filter((cycle) => Temporal.Instant.compare(cycleStart(cycle).add(CYCLE_TOLD_AFTER), to) <= 0);
}
