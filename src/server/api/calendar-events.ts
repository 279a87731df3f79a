import { describeFreeze } from '#domain/calendar/describe-freeze.ts';
import { frozenSpans } from '#domain/calendar/freeze-rules.ts';
import type { Plan, Window } from '#domain/calendar/plan.ts';
import type { Calendars, ScopedFreeze } from '#domain/calendar/server-calendar.ts';
import { localDay, type Span } from '#domain/calendar/span.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import type { IcsEvent } from '#domain/calendar/write-ics.ts';
import { reaches } from '#domain/exception/hold.ts';
import { NOTHING_REPORTED } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';
import { type PlacedWork, placeWork } from '#domain/rollout/planned-work.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { listServerGroups } from '#server/store/calendar-feed.ts';
import type { CustomerRow } from '#server/store/customers.ts';
import { listPlannedWork, type PlannedWorkRow } from '#server/store/planned-work.ts';

const WINDOWS_AHEAD = { hours: 24 * 56 };
const FREEZES_AHEAD = { hours: 24 * 400 };
/** Longer than the longest freeze: each stands there whole. */
const FREEZES_BACK = { hours: 24 * 401 };
const FREEZES_KEPT = { hours: 24 * 31 };
const MOST_WORKS = 500;

/** The freezes that reach a customer or one of its groups: those of the last month and of the coming year. */
export function freezeEvents(
  { freezes }: Calendars,
  { customerId, zone }: Pick<CustomerRow, 'customerId' | 'zone'>,
  at: Temporal.Instant,
): readonly IcsEvent[] {
  const within = { start: at.subtract(FREEZES_BACK), end: at.add(FREEZES_AHEAD) };
  const isOwn = ({ scope }: ScopedFreeze): boolean =>
    scope.kind === 'all' || ('customerId' in scope && scope.customerId === customerId);
  return freezes.filter(isOwn).flatMap((freeze) =>
    frozenSpans(freeze.rule, zone, within)
      .filter(({ end }) => isBefore(at.subtract(FREEZES_KEPT), end))
      .map((span) => freezeEvent(freeze, span, zone)),
  );
}

function freezeEvent({ freezeId, name, rule, scope }: ScopedFreeze, span: Span, zone: string): IcsEvent {
  const days = { first: localDay(span.start, zone), last: localDay(span.end.subtract({ nanoseconds: 1 }), zone) };
  return {
    uid: `${freezeId} ${span.start}@second-tuesday`,
    summary: `Patching freeze: ${name}${scope.kind === 'group' ? ` (group ${scope.group})` : ''}`,
    description: `Nothing is installed: ${describeFreeze(rule)}.`,
    when:
      rule.kind === 'once'
        ? { kind: 'times', ...span }
        : { kind: 'days', from: days.first.toString(), to: days.last.toString() },
    busy: false,
  };
}

/** Something of a plan and zone, and how many servers have it. */
interface Counted<T> {
  readonly what: T;
  readonly plan: Plan;
  readonly zone: string;
  readonly servers: number;
}

/** The windows of a customer's managed servers in the next eight weeks by plan and zone, those of the plans of kinds too, and the planned work in them. */
export async function windowEvents(
  { pool, keeper }: ApiDeps,
  customerId: string,
  at: Temporal.Instant,
): Promise<readonly IcsEvent[]> {
  const directory = keeper.directory();
  const works = await listPlannedWork(pool, { customerId, state: 'open', limit: MOST_WORKS });
  const { freezes, oneOff } = directory.calendars;
  const single = [...freezes, ...oneOff, ...works].flatMap(({ scope }) =>
    scope.kind === 'server' ? [scope.serverId] : [],
  );
  const windows = new Map<string, Counted<Window>>();
  const placed = new Map<string, Counted<PlacedWork>>();
  for (const { servers, ...row } of await listServerGroups(pool, customerId, single)) {
    const server = directory.serverFacts(row, NOTHING_REPORTED);
    const { plan, kindPlans, zone, mode } = server;
    if (!plan || mode !== 'managed') continue;
    const countWindow = (what: Window, of: Plan): void =>
      count(windows, `${of.name} ${zone} ${what.start} ${what.end}`, { what, plan: of, zone, servers });
    for (const own of plansByName(kindPlans?.values() ?? []))
      for (const window of windowsUntil(own, zone, at, at.add(WINDOWS_AHEAD))) countWindow(window, own);
    let open: readonly PlannedWorkRow[] = works.filter(({ scope }) => reaches(scope, server));
    for (const window of windowsUntil(plan, zone, at, at.add(WINDOWS_AHEAD))) {
      countWindow(window, plan);
      const placement = placeWork(open, window, plan.runMinutes);
      for (const one of placement.placed)
        count(placed, `${one.work.workId} ${one.start}`, { what: one, plan, zone, servers });
      const left = new Set(placement.later.map(({ workId }) => workId));
      open = open.filter(({ workId }) => left.has(workId));
    }
  }
  return [
    ...[...windows].map(([key, one]) => windowEvent(`${key} ${customerId}@second-tuesday`, one)),
    ...[...placed].map(([key, one]) => workEvent(`${key} ${customerId}@second-tuesday`, one)),
  ];
}

/** Each plan once: several kinds of patching may share one. */
function plansByName(plans: Iterable<Plan>): Iterable<Plan> {
  return new Map([...plans].map((plan) => [plan.name, plan])).values();
}

function count<T>(into: Map<string, Counted<T>>, key: string, one: Counted<T>): void {
  into.set(key, { ...one, servers: one.servers + (into.get(key)?.servers ?? 0) });
}

function windowsUntil(plan: Plan, zone: string, from: Temporal.Instant, until: Temporal.Instant): readonly Window[] {
  const windows: Window[] = [];
  for (const window of windowsFrom(plan, zone, from)) {
    if (!isBefore(window.start, until)) break;
    windows.push(window);
  }
  return windows;
}

function windowEvent(uid: string, { what, plan, zone, servers }: Counted<Window>): IcsEvent {
  const { start, end, cycle, primary } = what;
  return {
    uid,
    summary: `Patching: ${plan.name} (${howMany(servers)})`,
    description: `Cycle ${cycle}, ${primary ? 'release window' : 'follow-up window'}, ${zone}. Servers may restart.`,
    when: { kind: 'times', start, end },
    busy: true,
  };
}

function workEvent(uid: string, { what, plan, zone, servers }: Counted<PlacedWork>): IcsEvent {
  const { work, start, end } = what;
  const restart = work.restarts ? ' It restarts them.' : '';
  return {
    uid,
    summary: `${work.title} (${howMany(servers)})`,
    description: `Planned work with ${work.tool}, in the window of ${plan.name}, ${zone}.${restart}`,
    when: { kind: 'times', start, end },
    busy: true,
  };
}

function howMany(servers: number): string {
  return servers === 1 ? '1 server' : `${servers} servers`;
}
