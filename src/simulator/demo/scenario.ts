import type { Plan } from '#domain/calendar/plan.ts';
import { makePlan, PRESETS } from '#domain/calendar/presets.ts';
import type { BackupHabit, Habits } from '../agent/habits.ts';
import type { SampleSystem } from '../sample/operating-systems.ts';
import type { SampleSoftware } from '../sample/sample-server.ts';
import { ordinaryServers } from './ordinary-servers.ts';
import { specialServers } from './special-servers.ts';
import { type RolloutPlace, WAVES_CUSTOMER, WAVES_PLANS, WAVES_SERVERS, wavesServers } from './waves-customer.ts';

/** What a demonstration is made of: plain data that follows from the number of servers and a seed. */
export interface Scenario {
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  readonly customers: readonly DemoCustomer[];
  /** Plans that are added to the shipped ones. */
  readonly plans: readonly Plan[];
  readonly servers: readonly DemoServer[];
  readonly seed: string;
}

export interface DemoCustomer {
  readonly name: string;
  readonly domain: string;
  readonly regions: readonly Region[];
  /** Names of the plans that its servers have, in turns. */
  readonly plans: readonly string[];
}

/** A data centre and the zone of its servers' clocks. */
export interface Region {
  readonly name: string;
  readonly zone: string;
}

export interface DemoServer {
  /** Fully qualified. */
  readonly dnsName: string;
  readonly clientId: string;
  /** Absent: it comes without an enrolment token. */
  readonly customer?: string;
  readonly region: Region;
  readonly system: SampleSystem;
  /** Absent: nobody chooses one. */
  readonly plan?: string;
  readonly mode: 'managed' | 'observe';
  /** The optional settings task: it starts a scan before, in and after each window. */
  readonly settingsTask: boolean;
  readonly software: readonly SampleSoftware[];
  readonly off: Habits['off'];
  readonly networkLost: Habits['networkLost'];
  readonly failures: Habits['failures'];
  /** Bytes; absent: enough. */
  readonly freeDisk?: number;
  /** Backups that its settings task reports. */
  readonly backup?: BackupHabit;
  /** Where it stands in the rollout of its customer; absent: there is none. */
  readonly place?: RolloutPlace;
  /** Why the story tells of it. */
  readonly role?: SpecialRole;
}

/** Servers with which something is different. */
export type SpecialRole =
  | 'observed'
  | 'no-plan'
  | 'unassigned'
  | 'off-over-window'
  | 'failing'
  | 'full-disk'
  | 'lost-network'
  | 'office'
  | 'held-out-of-band';

const DFW: Region = { name: 'DFW', zone: 'America/Chicago' };
const ORD: Region = { name: 'ORD', zone: 'America/Chicago' };
const IAD: Region = { name: 'IAD', zone: 'America/New_York' };
const LON: Region = { name: 'LON', zone: 'Europe/London' };
const HKG: Region = { name: 'HKG', zone: 'Asia/Hong_Kong' };
const SYD: Region = { name: 'SYD', zone: 'Australia/Sydney' };

const PLANS: readonly Plan[] = [
  makePlan({ name: 'early-thu-22', releaseWeek: 1, weekday: 4, hour: 22 }),
  makePlan({ name: 'default-sat-22', releaseWeek: 2, weekday: 6, hour: 22 }),
  makePlan({ name: 'default-tue-01', releaseWeek: 2, weekday: 2, hour: 1 }),
  makePlan({ name: 'delayed-fri-20', releaseWeek: 3, weekday: 5, hour: 20 }),
  ...WAVES_PLANS,
];

/** Without waves. Each has every release week. */
const CUSTOMERS: readonly DemoCustomer[] = [
  {
    name: 'Acme Retail',
    domain: 'acme.example',
    regions: [DFW, ORD],
    plans: ['early', 'default', 'default-sat-22', 'delayed', 'default-tue-01', 'managed-operations', 'early-thu-22'],
  },
  {
    name: 'Borealis Bank',
    domain: 'borealis.example',
    regions: [IAD, LON],
    plans: ['early-thu-22', 'default-tue-01', 'delayed-fri-20', 'default', 'managed-operations', 'default-sat-22'],
  },
  {
    name: 'Civic Health',
    domain: 'civic.example',
    regions: [HKG, SYD],
    plans: ['early', 'delayed', 'default-sat-22', 'managed-operations', 'default', 'delayed-fri-20'],
  },
];

export interface ScenarioOptions {
  /** How many servers, from 33; nine of them belong to the customer with waves. */
  readonly servers: number;
  readonly seed: string;
  /** When the story ends, 2023-11-12 at the earliest; default 2023-12-12, the day of the next Patch Tuesday. */
  readonly to?: Temporal.Instant;
}

/** October and November 2023 for four customers in six regions. Throws a RangeError for fewer servers than the story needs. */
export function makeScenario({
  servers,
  seed,
  to = Temporal.Instant.from('2023-12-12T00:00:00Z'),
}: ScenarioOptions): Scenario {
  if (!Number.isInteger(servers) || servers < FEWEST_SERVERS) {
    throw new RangeError(`the demonstration needs ${FEWEST_SERVERS} servers or more, not ${servers}`);
  }
  const ordinary = ordinaryServers(CUSTOMERS, servers - 1 - WAVES_SERVERS, seed);
  return {
    from: Temporal.Instant.from('2023-10-09T00:00:00Z'),
    to,
    customers: [...CUSTOMERS, WAVES_CUSTOMER],
    plans: PLANS,
    servers: [...specialServers(ordinary, (server) => planOf(server), seed), ...wavesServers(seed)],
    seed,
  };
}

const FEWEST_SERVERS = 33;

/** The whole plan of a server, own or shipped. */
export function planOf({ plan }: Pick<DemoServer, 'plan'>): Plan | undefined {
  if (plan === undefined) return undefined;
  const found = [...PLANS, ...PRESETS.map((preset) => preset.plan)].find(({ name }) => name === plan);
  if (found === undefined) throw new Error(`the scenario has no plan ${plan}`);
  return found;
}
