import type { Plan } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import type { BackupHabit } from '../agent/habits.ts';
import { createRandom } from '../agent/random.ts';
import { cumulativeUpdate } from '../sample/facts.ts';
import type { SampleSystem } from '../sample/operating-systems.ts';
import type { DemoCustomer, DemoServer } from './scenario.ts';

/** The customer that patches in four waves. */
export const WAVES_CUSTOMER: DemoCustomer = {
  name: 'Delta Freight',
  domain: 'delta.example',
  regions: [{ name: 'LON', zone: 'Europe/London' }],
  plans: ['delta-pilot', 'delta-web', 'delta-core', 'delta-apps'],
};

const PILOT_NIGHT = { hour: 22, windowMinutes: 240 } as const;

/** Its plans, one a wave: three nights for the pilots, then one window a week. */
export const WAVES_PLANS: readonly Plan[] = [
  makePlan({
    name: 'delta-pilot',
    releaseWeek: 1,
    weekday: 3,
    ...PILOT_NIGHT,
    extraWindows: [
      { weekday: 4, ...PILOT_NIGHT },
      { weekday: 5, ...PILOT_NIGHT },
    ],
  }),
  makePlan({ name: 'delta-web', releaseWeek: 2, weekday: 4, hour: 22 }),
  makePlan({ name: 'delta-core', releaseWeek: 2, weekday: 6, hour: 22 }),
  makePlan({ name: 'delta-apps', releaseWeek: 3, weekday: 7, hour: 22 }),
];

/** Where a server stands in its customer's rollout. */
export interface RolloutPlace {
  /** From 0. */
  readonly wave: number;
  /** Servers of which one at a time may be down. */
  readonly group?: string;
}

interface WavesServer {
  readonly label: string;
  readonly system: SampleSystem;
  readonly plan: string;
  readonly place: RolloutPlace;
  readonly backup?: BackupHabit;
}

/** Backups whose end the settings task reports. */
const NIGHTLY: BackupHabit = { hour: 18 };
const PILOT = { plan: 'delta-pilot', place: { wave: 0 } } as const;
const WEB = { plan: 'delta-web', place: { wave: 1 } } as const;
const CONTROLLER = { plan: 'delta-core', place: { wave: 2, group: 'domain controllers' }, backup: NIGHTLY } as const;
const ERP = { plan: 'delta-apps', place: { wave: 3 }, backup: NIGHTLY } as const;

const SERVERS: readonly WavesServer[] = [
  { label: 'pilot1', system: '2019', ...PILOT },
  { label: 'pilot2', system: '2022', ...PILOT },
  { label: 'web1', system: '2019', ...WEB },
  { label: 'web2', system: '2022', ...WEB },
  { label: 'dc1', system: '2022', ...CONTROLLER },
  { label: 'dc2', system: '2022', ...CONTROLLER },
  { label: 'fs1', system: '2019', plan: 'delta-core', place: { wave: 2 } },
  { label: 'erp1', system: '2019', ...ERP },
  { label: 'erp2', system: '2022', ...ERP },
];

/** How many servers it has. */
export const WAVES_SERVERS = SERVERS.length;

/** The servers that the story tells of. */
const FAILING_PILOT = nameOf('pilot1');
export const WITHOUT_BACKUP = nameOf('fs1');
export const PAIR = [nameOf('dc1'), nameOf('dc2')] as const;

/** Its servers. The pilot with Server 2019 fails once to install October's cumulative update. */
export function wavesServers(seed: string): readonly DemoServer[] {
  const [region] = WAVES_CUSTOMER.regions;
  if (region === undefined) throw new Error('the customer has a region');
  const random = createRandom(`${seed} waves`);
  const update = cumulativeUpdate('2019', '2023-10');
  return SERVERS.map(({ label, system, plan, place, backup }) => ({
    dnsName: nameOf(label),
    clientId: random.guid().toLowerCase(),
    customer: WAVES_CUSTOMER.name,
    region,
    system,
    plan,
    mode: 'managed',
    settingsTask: true,
    software: [],
    off: [],
    networkLost: [],
    failures:
      nameOf(label) === FAILING_PILOT && update ? [{ updateId: update.updateId, times: 1, hresult: 0x800f0922 }] : [],
    place,
    ...(backup ? { backup } : {}),
  }));
}

function nameOf(label: string): string {
  return `${label}.lon.${WAVES_CUSTOMER.domain}`;
}
