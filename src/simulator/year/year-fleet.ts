import type { Plan } from '#domain/calendar/plan.ts';
import { primaryWindow } from '#domain/calendar/windows.ts';
import { createHabits, type Habits, type Period } from '../agent/habits.ts';
import { createRandom, type Random } from '../agent/random.ts';
import { cumulativeUpdate } from '../sample/facts.ts';
import { type SampleSystem, SYSTEM_NAMES } from '../sample/operating-systems.ts';
import { pick, randomPlan } from './random-plan.ts';

/** One server of a random fleet, for a year: plain data that follows from the seed. */
export interface YearServer {
  readonly dnsName: string;
  /** Clones share it. */
  readonly clientId: string;
  /** IANA zone, as the service and the machine have it. */
  readonly zone: string;
  readonly system: SampleSystem;
  /** The customer's choices in their order, the first from the beginning. */
  readonly plans: readonly PlanPeriod[];
  readonly profile: Profile;
  /** With the settings task, which keeps the registry to the plan. */
  readonly task: boolean;
  /** Another machine has the same client id. */
  readonly clone: boolean;
  readonly habits: Habits;
}

export interface PlanPeriod {
  readonly from: Temporal.Instant;
  readonly plan: Plan;
}

/**
 * How its registry was set up. `plan`: by our bootstrap, for the plan of that time; `seed`: every night at 02:00; `hand-made`: somebody's
 * own schedule; `bare`: nothing but the address.
 */
export type Profile =
  | { readonly kind: 'plan' | 'seed' | 'bare' }
  | { readonly kind: 'hand-made'; readonly day: number; readonly hour: number };

/** Which servers have the settings task. */
export const TASK_SHARES = ['all', 'none', 'half'] as const;
export type TaskShare = (typeof TASK_SHARES)[number];

export interface YearFleetOptions {
  readonly servers: number;
  readonly seed: string;
  readonly task: TaskShare;
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  /** The cycles that the year has, in order. */
  readonly cycles: readonly string[];
}

/** Zones with whole, half and quarter hours, with and without summer time, on both sides of the date line, and with odd changes. */
const ZONES = [
  'Europe/London',
  'America/Chicago',
  'Asia/Hong_Kong',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Africa/Casablanca',
  'America/Santiago',
  'Africa/Cairo',
];

/** A fleet with every habit, from a seed. */
export function randomFleet(options: YearFleetOptions): readonly YearServer[] {
  const random = createRandom(`${options.seed} fleet`);
  const servers: YearServer[] = [];
  while (servers.length < options.servers) {
    const server = randomServer(options, random, servers.length);
    servers.push(server);
    if (servers.length < options.servers && random.fraction() < 0.05) {
      servers[servers.length - 1] = { ...server, clone: true };
      servers.push({ ...cloneOf(server, random, options), clone: true });
    }
  }
  return servers;
}

function randomServer(options: YearFleetOptions, random: Random, index: number): YearServer {
  const task = options.task === 'all' || (options.task === 'half' && index % 2 === 0);
  const label = `year${String(index + 1).padStart(4, '0')}`;
  const zone = pick(random, ZONES);
  const system = pick(random, SYSTEM_NAMES);
  const plans = planPeriods(options, random, label);
  return {
    dnsName: `${label}.example.com`,
    clientId: random.guid().toLowerCase(),
    zone,
    system,
    plans,
    profile: task ? pick(random, TASK_PROFILES) : randomProfile(random),
    task,
    clone: false,
    habits: randomHabits(options, random, { zone, system, plans, task }),
  };
}

/** The same disk image on another machine. */
function cloneOf(server: YearServer, random: Random, options: YearFleetOptions): YearServer {
  return {
    ...server,
    dnsName: server.dnsName.replace('year', 'clone'),
    habits: randomHabits(options, random, server),
  };
}

/** The task writes the plan's values over whatever was there. */
const TASK_PROFILES: readonly Profile[] = [{ kind: 'plan' }, { kind: 'seed' }, { kind: 'bare' }];

function randomProfile(random: Random): Profile {
  const share = random.fraction();
  if (share < 0.55) return { kind: 'plan' };
  if (share < 0.8) return { kind: 'seed' };
  if (share < 0.9) return { kind: 'bare' };
  return { kind: 'hand-made', day: random.between(0, 7), hour: random.between(0, 23) };
}

/** One server in four gets another plan during the year, some a second one. */
function planPeriods({ from, to }: YearFleetOptions, random: Random, label: string): readonly PlanPeriod[] {
  const periods = [{ from, plan: randomPlan(random, `${label}-a`) }];
  if (random.fraction() >= 0.25) return periods;
  const changes = random.between(1, 2);
  const times = Array.from({ length: changes }, () => momentBetween(random, from.add({ hours: 24 * 20 }), to));
  for (const [index, at] of times.toSorted(Temporal.Instant.compare).entries()) {
    periods.push({ from: at, plan: randomPlan(random, `${label}-${'bc'[index]}`) });
  }
  return periods;
}

type HabitFacts = Pick<YearServer, 'zone' | 'system' | 'plans' | 'task'>;

function randomHabits(options: YearFleetOptions, random: Random, facts: HabitFacts): Habits {
  const { from, to } = options;
  const often = (share: number) => random.fraction() < share;
  const over: { -readonly [K in keyof Habits]?: Habits[K] } = {};
  const off = [
    ...(often(0.5) ? randomPeriods(random, from, to, random.between(1, 6), [2, 100]) : []),
    ...(often(0.3) ? acrossWindows(options, random, facts) : []),
  ];
  over.off = off.toSorted((left, right) => Temporal.Instant.compare(left.from, right.from));
  if (often(0.3)) over.networkLost = randomPeriods(random, from, to, random.between(1, 5), [1, 72]);
  if (often(0.35)) over.failures = randomFailures(options, random, facts.system);
  if (often(0.15)) over.clockSkew = pick(random, [-300, -90, -20, 15, 60, 240]);
  if (often(0.2)) over.userLoggedOn = true;
  if (often(0.05)) over.freeDisk = 600_000;
  // With a task a person is expected to leave the server to it.
  if (!facts.task && often(0.2)) over.installedByHand = moments(random, from, to, random.between(1, 8));
  return createHabits(over);
}

/** Off from some hours before a primary window, or from inside it, until some hours after its end. */
function acrossWindows({ cycles }: YearFleetOptions, random: Random, { zone, plans }: HabitFacts): readonly Period[] {
  const plan = plans[0]?.plan;
  if (plan === undefined) return [];
  return cycles
    .filter(() => random.fraction() < 0.3)
    .map((cycle) => {
      const { start, end } = primaryWindow(plan, zone, cycle);
      const from = start.add({ minutes: random.between(-300, 40) });
      return { from, to: end.add({ minutes: random.between(-30, 20 * 60) }) };
    });
}

/** The cumulative updates of some months fail once or several times. */
function randomFailures({ cycles }: YearFleetOptions, random: Random, system: SampleSystem): Habits['failures'] {
  return cycles.flatMap((cycle) => {
    const update = cumulativeUpdate(system, cycle);
    if (update === undefined || random.fraction() < 0.6) return [];
    return [{ updateId: update.updateId, times: random.between(1, 4), hresult: pick(random, FAILURES) }];
  });
}

const FAILURES = [0x80070643, 0x800f0922, 0x80073712];

function randomPeriods(
  random: Random,
  from: Temporal.Instant,
  to: Temporal.Instant,
  count: number,
  [least, most]: readonly [number, number],
): readonly Period[] {
  return moments(random, from, to, count).map((at) => ({
    from: at,
    to: at.add({ minutes: random.between(least * 60, most * 60) }),
  }));
}

function moments(random: Random, from: Temporal.Instant, to: Temporal.Instant, count: number) {
  const times = Array.from({ length: count }, () => momentBetween(random, from, to));
  return times.toSorted(Temporal.Instant.compare);
}

/** A whole minute between two instants. */
function momentBetween(random: Random, from: Temporal.Instant, to: Temporal.Instant): Temporal.Instant {
  return from.add({ minutes: random.between(0, Math.floor(from.until(to).total('minutes'))) });
}
