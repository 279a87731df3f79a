import type { Plan } from '#domain/calendar/plan.ts';

/** The one rule for windows that meet, as people are told it before they save a plan. */
export const OVERLAP_RULE =
  'Windows of a plan that overlap or touch are one window: it opens with the first and closes with the last. ' +
  'A server has one plan: its own before its customer’s. The lead of the next window ends a catch-up.';

const WEEK_MINUTES = 7 * 24 * 60;

/** Which windows of a plan meet, in words; empty when none do. */
export function overlapNotes(plan: Plan): readonly string[] {
  if (plan.kind === 'nightly') return [];
  const windows = [plan, ...plan.extraWindows].map(({ weekday, hour, windowMinutes }, place) => ({
    name: place === 0 ? "the plan's own window" : `extra window ${place}`,
    from: ((weekday - 1) * 24 + hour) * 60,
    minutes: windowMinutes,
  }));
  return windows.flatMap((one, place) =>
    windows.slice(place + 1).flatMap((other) => {
      const gap = (a: typeof one, b: typeof one): number => (b.from - a.from + WEEK_MINUTES) % WEEK_MINUTES;
      const meet = gap(one, other) <= one.minutes || gap(other, one) <= other.minutes;
      return meet ? [`${other.name} meets ${one.name}: they are one window.`] : [];
    }),
  );
}
