import { targetWindow } from '#domain/calendar/offer-times.ts';
import { type Cycle, cycleOfPublication } from '#domain/calendar/patch-tuesday.ts';
import type { Window } from '#domain/calendar/plan.ts';
import { releaseAt } from '#domain/calendar/release-week.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { isBefore, later } from '#domain/instants.ts';
import { hresultText } from '#domain/status/hresult.ts';
import type { VirtualServer } from '../agent/virtual-server.ts';
import { whyOf } from '../demo/ask-why.ts';
import { isDefinition, type KnownUpdate } from '../demo/known-updates.ts';
import { planAt } from './cause.ts';
import type { WitnessOptions } from './witness.ts';
import type { YearServer } from './year-fleet.ts';

/** How an update that was due on a server ended. */
export interface Debt {
  readonly server: YearServer;
  readonly update: KnownUpdate;
  readonly cycle: Cycle;
  /** Absent: not installed by the end. */
  readonly installedAt?: Temporal.Instant;
  /** Why not: the service's code and sentence; absent of what is installed, and where there is none. */
  readonly reason?: { readonly code: string; readonly text: string };
  /** What the service says where its answer is no reason. */
  readonly headline?: string;
}

interface DebtOptions {
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  /** Waves and order may put a server off: its first window is not its turn. */
  readonly turns: boolean;
}

/**
 * Every approved update that a server needed and that could have been installed by the end: the first window that may install it, under
 * the plan in force at the end, is over. What is not installed must have a coded reason.
 */
export async function settleDebts(
  witness: WitnessOptions,
  machines: ReadonlyMap<string, VirtualServer>,
  updates: ReadonlyMap<string, KnownUpdate>,
  { from, to, turns }: DebtOptions,
): Promise<readonly Debt[]> {
  const debts: Debt[] = [];
  for (const server of witness.servers.values()) {
    const machine = machines.get(server.dnsName)?.machine;
    if (machine === undefined) continue;
    const standings = witness.world.standings(updates.keys(), machine);
    for (const update of updates.values()) {
      if (update.verdict !== 'approve' || update.expired || isDefinition(update)) continue;
      const installedAt = witness.ledger.installedAt(server.dnsName, update.updateId);
      if (installedAt === undefined && standings.get(update.updateId) !== 'needed') continue;
      if (!isDue(server, update, from, to)) continue;
      const { cycle } = cycleOfPublication(update.published);
      const debt = { server, update, cycle };
      debts.push(
        installedAt === undefined
          ? { ...debt, ...(await reasonFor(witness, debt, to, turns)) }
          : { ...debt, installedAt },
      );
    }
  }
  return debts;
}

function isDue(server: YearServer, update: KnownUpdate, from: Temporal.Instant, to: Temporal.Instant): boolean {
  const last = server.plans.at(-1);
  if (last === undefined) return false;
  const release = releaseAt(last.plan, server.zone, update.published);
  // A plan that changed just now leaves no time for its lead.
  const known = later(release, later(last.from, from).add({ hours: 72 }));
  const { end } = targetWindow(last.plan, server.zone, known, known);
  return isBefore(end, to);
}

/** What holds an update until somebody acts. */
const LASTING = /^(mode|approval|licence|payload|readiness|wave|order)\.|^catalogue\.(declined|expired)$/;

async function reasonFor(
  { service, ledger }: WitnessOptions,
  { server, update }: Pick<Debt, 'server' | 'update'>,
  to: Temporal.Instant,
  turns: boolean,
): Promise<Pick<Debt, 'reason' | 'headline'>> {
  const { answers, headline, offered, reported } = await whyOf(service, server.clientId, update.updateId);
  const held = answers.flatMap(({ reasons }) => reasons);
  const lasting = held.find(({ code }) => LASTING.test(code));
  if (lasting !== undefined) return { reason: { code: lasting.code, text: lasting.text } };
  if (turns && offered) return { reason: { code: 'its-turn', text: headline } }; // it came late, and its window is not over
  if (reported.result !== undefined) return { reason: { code: reported.result, text: reported.meaning ?? headline } };
  const failure = ledger.failure(server.dnsName, update.updateId);
  if (failure !== undefined) {
    return {
      reason: { code: hresultText(failure.hresult), text: `the agent's last attempt ended with ${failure.kind}` },
    };
  }
  const obstacle = obstacleOf(server, update, to);
  const [first] = held;
  if (obstacle === undefined) return { headline };
  const code = first?.code ?? `reported.${reported.state}`;
  return { reason: { code, text: `${obstacle}; the service says: ${headline}` } };
}

/** What the simulator knows to have kept a server from its windows; a reason of the service counts only where there is such a thing. */
function obstacleOf(server: YearServer, update: KnownUpdate, to: Temporal.Instant): string | undefined {
  const { habits, profile, task, clone } = server;
  if (clone) return 'another machine has the same client id';
  if (!task && profile.kind === 'bare') return 'the agent has no schedule and installs nothing by itself';
  if (habits.clockSkew !== 0) return "the server's own clock is wrong";
  if (windowsUntil(server, update, to).every((window) => wasAway(server, window))) {
    return 'the server was off or out of reach around each of its windows';
  }
  if (!task && profile.kind !== 'plan') return 'the agent has a schedule of its own';
  if (!task && server.plans.length > 1) return 'the registry still has the former plan';
  return undefined;
}

/** The windows of the plan in force that could have installed an update and are over. */
function windowsUntil(server: YearServer, { published }: KnownUpdate, to: Temporal.Instant): readonly Window[] {
  const plan = planAt(server, to);
  const release = releaseAt(plan, server.zone, published);
  const windows: Window[] = [];
  for (const window of windowsFrom(plan, server.zone, later(release, server.plans.at(-1)?.from ?? release))) {
    if (isBefore(to, window.end)) return windows;
    if (!isBefore(window.start, release)) windows.push(window);
  }
  throw new Error('windows never end');
}

/** Off in a window, or off or out of reach when its offer had to be heard and downloaded. */
function wasAway({ habits, plans }: YearServer, { start, end }: Window): boolean {
  const lead = start.subtract({ hours: plans.at(-1)?.plan.leadHours ?? 0 });
  return [...habits.off, ...habits.networkLost].some(({ from, to }) => isBefore(from, end) && isBefore(lead, to));
}
