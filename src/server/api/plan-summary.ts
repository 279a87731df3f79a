import { calendarConflicts } from '#domain/calendar/conflicts.ts';
import { describePlan } from '#domain/calendar/describe.ts';
import { offerTimes } from '#domain/calendar/offer-times.ts';
import { OVERLAP_RULE, overlapNotes } from '#domain/calendar/overlaps.ts';
import type { Plan, Window } from '#domain/calendar/plan.ts';
import { type Calendars, calendarFor } from '#domain/calendar/server-calendar.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { isBefore } from '#domain/instants.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { windowShown } from '#server/api/late-windows.ts';
import { type Assignment, listAssignments } from '#server/store/plans.ts';

const SHOWN_WINDOWS = 8;
/** The longest time between two scans of an agent at the default frequency. */
const LONGEST_DETECTION_HOURS = 26;

/** What a plan comes to, for the person who is about to keep it. */
export async function planSummary({ pool, keeper }: ApiDeps, plan: Plan, zone: string, at: Temporal.Instant) {
  const directory = keeper.directory();
  const before = directory.plan(plan.name, undefined);
  // A customer's own plan of the same name stays as it is.
  const using = (await listAssignments(pool)).filter(
    (one) => one.plan === plan.name && directory.plan(plan.name, one.customerId) === before,
  );
  const changed = using.filter((one) => !before || nextWindow(before, one.zone, at) !== nextWindow(plan, one.zone, at));
  return {
    words: describePlan(plan, zone),
    zone,
    windows: comingWindows(plan, zone, at, SHOWN_WINDOWS).map((window) => offerShown(plan, window, zone)),
    warnings: [...warningsOf(plan), ...conflictsOf(plan, directory.calendars, zone, at)],
    overlaps: { rule: OVERLAP_RULE, notes: [...overlapNotes(plan)] },
    servers: { using: count(using), changed: count(changed) },
  };
}

function comingWindows(plan: Plan, zone: string, at: Temporal.Instant, most: number): Window[] {
  const windows: Window[] = [];
  for (const window of windowsFrom(plan, zone, at)) {
    if (isBefore(at, offerTimes(plan, window).lastOffer)) windows.push(window);
    if (windows.length === most) break;
  }
  return windows;
}

/** As one text, to be compared. */
function nextWindow(plan: Plan, zone: string, at: Temporal.Instant): string {
  const [window] = comingWindows(plan, zone, at, 1);
  return `${window?.start} ${window?.end}`;
}

function offerShown(plan: Plan, window: Window, zone: string) {
  const { leadFrom, lastOffer } = offerTimes(plan, window);
  return { ...windowShown(window, zone), leadFrom: leadFrom.toString(), lastOffer: lastOffer.toString() };
}

function warningsOf({ kind, leadHours, followUp, extraWindows, soakDays, releaseWeek, missed }: Plan): string[] {
  const usualSoak = 1 + 7 * (releaseWeek - 1);
  return [
    ...(kind === 'weekly' && leadHours < LONGEST_DETECTION_HOURS
      ? [
          `The lead of ${leadHours} hours is shorter than the ${LONGEST_DETECTION_HOURS} hours that can lie between two scans: a server may not know of its updates when the window opens.`,
        ]
      : []),
    ...(kind === 'weekly' && !followUp && extraWindows.length === 0
      ? ['There is one window a cycle: what is missed or fails waits for the next cycle.']
      : []),
    ...(soakDays > usualSoak
      ? [
          `With ${soakDays} days of soak, the first window of a release can come too early for what was published on Patch Tuesday.`,
        ]
      : []),
    ...(missed.kind === 'catch-up'
      ? [
          `A server that missed its window installs, and restarts, up to ${missed.hours} hours after it, at whatever hour it is back.`,
        ]
      : []),
  ];
}

/** With the freezes that reach everybody; those of customers are told where they are added, and by server. */
function conflictsOf(plan: Plan, calendars: Calendars, zone: string, at: Temporal.Instant): string[] {
  const calendar = calendarFor(calendars, { serverId: '' });
  const bound = calendar ? { ...plan, calendar } : plan;
  return calendarConflicts(bound, zone, at).map(({ text, advice }) => `${text} ${advice}`);
}

function count(assignments: readonly Assignment[]): number {
  return assignments.reduce((sum, { servers }) => sum + servers, 0);
}
