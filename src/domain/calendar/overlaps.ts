import type { Plan } from '#domain/calendar/plan.ts';

/** The one rule for windows that meet, as people are told it before they save a plan. */
export const OVERLAP_RULE =
  'Windows of a plan, one-off windows included, that overlap or touch are one window: it opens with the first and closes with the last. ' +
  'A window that a freeze touches, or that does not lie wholly in the server’s own hours, is not held, as a whole; the next one takes its place. ' +
  'Several freezes add up, and a freeze beats a one-off window. ' +
  'A server has one plan: its own before its customer’s. The lead of the next window ends a catch-up.';

const WEEK_MINUTES = 7 * 24 * 60;

/** Which windows of a plan meet, in words; empty when none do. */
export function overlapNotes(plan: Plan): readonly string[] {
  if (plan.kind === 'nightly') return [];
  const windows = weekOf(plan);
  return windows.flatMap((one, place) =>
    windows.slice(place + 1).flatMap((other) => {
      const meet = minutesBetween(one, other) <= one.minutes || minutesBetween(other, one) <= other.minutes;
      return meet ? [`${other.name} meets ${one.name}: they are one window.`] : [];
    }),
  );
}

/** The longest time of a week in which no window of a weekly plan is open, in minutes; 0 when one always is. */
export function longestGapMinutes(plan: Plan): number {
  const windows = weekOf(plan).toSorted((a, b) => a.from - b.from);
  let [closed, longest] = [0, 0];
  // The week again, measured the second time: what is open over its end is open at its beginning too.
  for (const week of [0, WEEK_MINUTES])
    for (const { from, minutes } of windows) {
      if (week > 0) longest = Math.max(longest, week + from - closed);
      closed = Math.max(closed, week + from + minutes);
    }
  return longest;
}

interface WeeklyWindow {
  readonly name: string;
  /** Minutes after Monday 00:00. */
  readonly from: number;
  readonly minutes: number;
}

function weekOf(plan: Plan): readonly WeeklyWindow[] {
  return [plan, ...plan.extraWindows].map(({ weekday, hour, windowMinutes }, place) => ({
    name: place === 0 ? "the plan's own window" : `extra window ${place}`,
    from: ((weekday - 1) * 24 + hour) * 60,
    minutes: windowMinutes,
  }));
}

/** From the beginning of a window to the next beginning of another. */
function minutesBetween(a: WeeklyWindow, b: WeeklyWindow): number {
  return (b.from - a.from + WEEK_MINUTES) % WEEK_MINUTES;
}
