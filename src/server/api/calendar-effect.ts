import { setImmediate as otherWork } from 'node:timers/promises';
import type * as z from 'zod';
import type { Consequence } from '#contract/late.ts';
import { calendarConflicts } from '#domain/calendar/conflicts.ts';
import { notHeld } from '#domain/calendar/held-windows.ts';
import type { OneOffWindow, PlanCalendar, Window } from '#domain/calendar/plan.ts';
import { calendarFor } from '#domain/calendar/server-calendar.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import type { PauseScope } from '#domain/exception/hold.ts';
import { isBefore } from '#domain/instants.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { type Cohort, cohortsOf, SHOWN_WINDOWS, windowShown } from '#server/api/late-windows.ts';
import { listAssignments } from '#server/store/plans.ts';

const AHEAD = { hours: 24 * 400 };
/** What comes for the largest groups of servers is told; beyond that `calendar conflicts` tells of each server. */
const MOST_WARNINGS = 20;

/** What freezes and one-off windows come to for those whom they reach, for the person who is about to add them. */
export interface CalendarEffect extends z.output<typeof Consequence> {
  readonly warnings: string[];
}

/** Whom a change of the calendar reaches; of a single server its customer too, whose calendars reach it. */
interface Reach {
  readonly scope: PauseScope;
  readonly customerId?: string | undefined;
}

/**
 * The windows of the coming year that freezes take away from those held so far, and the conflicts that follow from all that then reaches
 * these servers. Each group of servers goes by its plan and the calendars of the scope; what reaches single servers of it only is not seen.
 */
export async function calendarEffect(
  { pool, keeper }: ApiDeps,
  { scope, customerId }: Reach,
  added: Pick<PlanCalendar, 'freezes' | 'oneOff'>,
  at: Temporal.Instant,
): Promise<CalendarEffect> {
  const { kind: _kind, ...of } = scope;
  const directory = keeper.directory();
  const cohorts = cohortsOf(await listAssignments(pool, of), directory);
  const known = calendarFor(directory.calendars, { serverId: '', ...(customerId && { customerId }), ...of });
  const before = known ?? { freezes: [], oneOff: [] };
  const after = { freezes: [...before.freezes, ...added.freezes], oneOff: [...before.oneOff, ...added.oneOff] };
  const late: ReturnType<typeof takenFrom>[] = [];
  const warnings: string[] = [];
  for (const cohort of cohorts) {
    await otherWork(); // a year of windows takes a while: clients are served in between
    const under = (calendar: PlanCalendar): Cohort => ({ ...cohort, plan: { ...cohort.plan, calendar } });
    const taken = takenFrom(under(before), under({ ...after, oneOff: before.oneOff }), at);
    if (taken.count > 0) late.push(taken);
    if (warnings.length < MOST_WARNINGS) warnings.push(...warningsOf(under(after), added.oneOff, at));
  }
  const servers = sumOf(cohorts);
  if (servers === 0)
    warnings.push('It reaches no managed server with a plan now: check the names that it was given for.');
  return { servers, lateServers: sumOf(late), late, warnings: warnings.slice(0, MOST_WARNINGS) };
}

function warningsOf({ plan, zone, servers }: Cohort, oneOff: readonly OneOffWindow[], at: Temporal.Instant): string[] {
  const whose = `${plan.name}, ${zone} (${servers} ${servers === 1 ? 'server' : 'servers'})`;
  const frozen = oneOff.flatMap((window) => {
    const by = notHeld(plan, zone, window.start)?.by;
    if (by === undefined) return [];
    return [`${whose}: The one-off window is not held: ${by === 'hours' ? 'own hours' : `the freeze "${by.name}"`}.`];
  });
  return [...frozen, ...calendarConflicts(plan, zone, at).map(({ text, advice }) => `${whose}: ${text} ${advice}`)];
}

/** The windows that are held before a change of the calendar and not after it, and the first that is held after the first of them. */
function takenFrom({ plan: before, zone, servers }: Cohort, { plan: after }: Cohort, at: Temporal.Instant) {
  const until = at.add(AHEAD);
  const taken: Window[] = [];
  const held = windowsFrom(after, zone, at);
  let { value: next } = held.next();
  for (const window of windowsFrom(before, zone, at)) {
    if (!isBefore(window.start, until)) break;
    if (!window.start.equals(next.start)) taken.push(window);
    else next = held.next().value;
  }
  const [first] = taken;
  const instead = first ? windowsFrom(after, zone, first.start).next().value : next;
  return {
    plan: before.name,
    zone,
    servers,
    count: taken.length,
    windows: taken.slice(0, SHOWN_WINDOWS).map((window) => windowShown(window, zone)),
    next: windowShown(instead, zone),
  };
}

function sumOf(groups: readonly { readonly servers: number }[]): number {
  return groups.reduce((sum, { servers }) => sum + servers, 0);
}
