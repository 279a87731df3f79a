import type { Plan, Window } from '#domain/calendar/plan.ts';
import { primaryWindow } from '#domain/calendar/windows.ts';
import { createRandom } from '../agent/random.ts';
import { cumulativeUpdate } from '../sample/facts.ts';
import type { SampleSystem } from '../sample/operating-systems.ts';
import type { DemoServer, SpecialRole } from './scenario.ts';

interface Special {
  readonly role: SpecialRole;
  /** Which server can take the role: the first that fits and has none. */
  readonly fits: (server: DemoServer, plan: Plan) => boolean;
  /** What is different; `window`: its primary window of October. */
  readonly change: (window: Window) => Partial<DemoServer>;
}

const isWeekly = (plan: Plan, week: Plan['releaseWeek']) => plan.kind === 'weekly' && plan.releaseWeek === week;

/** In the order in which servers are chosen. */
const SPECIALS: readonly Special[] = [
  {
    role: 'failing',
    fits: ({ system }, plan) => system === '2019' && isWeekly(plan, 2),
    change: () => ({
      settingsTask: true,
      failures: [{ updateId: octoberCumulative('2019'), times: 2, hresult: 0x80070643 }],
    }),
  },
  {
    role: 'off-over-window',
    fits: ({ customer }, plan) => customer === 'Acme Retail' && isWeekly(plan, 2),
    change: ({ start, end }) => ({ off: [{ from: start.subtract({ hours: 1 }), to: end.add({ hours: 5 }) }] }),
  },
  {
    role: 'lost-network',
    fits: ({ customer }, plan) => customer === 'Civic Health' && isWeekly(plan, 3),
    change: ({ start, end }) => ({
      networkLost: [{ from: start.subtract({ hours: 60 }), to: end.add({ hours: 12 }) }],
    }),
  },
  {
    role: 'full-disk',
    fits: ({ customer, system }, plan) => customer !== 'Acme Retail' && system === '2019' && isWeekly(plan, 2),
    change: () => ({ freeDisk: 400_000 }),
  },
  {
    role: 'held-out-of-band',
    fits: ({ system }, plan) => system === '2022' && isWeekly(plan, 2),
    change: () => ({}),
  },
  {
    role: 'office',
    fits: ({ system }, plan) => system === '2019' && plan.kind === 'weekly',
    change: () => ({ software: ['office'] }),
  },
  { role: 'observed', fits: ({ customer }) => customer === 'Borealis Bank', change: () => ({ mode: 'observe' }) },
  { role: 'no-plan', fits: ({ customer }) => customer === 'Civic Health', change: () => ({}) },
];

/** Gives the special roles to some servers, and adds one that nobody enrolled. Throws when no server fits a role. */
export function specialServers(
  ordinary: readonly DemoServer[],
  planOf: (server: DemoServer) => Plan | undefined,
  seed: string,
): readonly DemoServer[] {
  const servers = [...ordinary];
  for (const { role, fits, change } of SPECIALS) {
    const index = servers.findIndex((server) => {
      const plan = planOf(server);
      return server.role === undefined && plan !== undefined && fits(server, plan);
    });
    const server = servers[index];
    const plan = server && planOf(server);
    if (server === undefined || plan === undefined) throw new Error(`no server can be "${role}"`);
    const changed = { ...server, ...change(primaryWindow(plan, server.region.zone, '2023-10')), role };
    servers[index] = role === 'no-plan' ? withoutPlan(changed) : changed;
  }
  return [...servers, stranger(servers, seed)];
}

function withoutPlan({ plan: _, ...server }: DemoServer): DemoServer {
  return { ...server, settingsTask: false };
}

/** A server that points here, but has nobody's enrolment token. */
function stranger(servers: readonly DemoServer[], seed: string): DemoServer {
  const [model] = servers;
  if (model === undefined) throw new Error('a stranger needs somebody to be strange to');
  const { customer: _, role: __, ...rest } = withoutPlan(model);
  return {
    ...rest,
    dnsName: 'unknown-07.example.org',
    clientId: createRandom(`${seed} stranger`).guid().toLowerCase(),
    system: '2022',
    role: 'unassigned',
  };
}

function octoberCumulative(system: SampleSystem): string {
  const update = cumulativeUpdate(system, '2023-10');
  if (update === undefined) throw new Error(`no cumulative update of October for ${system}`);
  return update.updateId;
}
