import type { Window } from '#domain/calendar/plan.ts';
import { isBefore, later } from '#domain/instants.ts';

/** Longer than all windows of a plan in one row, each touching the next; a plan leaves some hours of each week without one. */
export const LONGEST_ROW = { hours: 24 * 9 };

/**
 * Windows in order of their starts, with those that overlap or touch made one: it opens with the first and closes with the last of them.
 * Only those whose end is after `from`.
 */
export function* joinMeeting(
  windows: Generator<Window, never, undefined>,
  from: Temporal.Instant,
): Generator<Window, never, undefined> {
  let open = windows.next().value;
  for (;;) {
    const { value: window } = windows.next();
    if (isBefore(open.end, window.start)) {
      if (isBefore(from, open.end)) yield open;
      open = window;
    } else {
      open = joined(open, window);
    }
  }
}

/** A window that takes in a primary one serves the primary's cycle. */
function joined(first: Window, second: Window): Window {
  const { cycle } = second.primary ? second : first;
  return { start: first.start, end: later(first.end, second.end), cycle, primary: first.primary || second.primary };
}
