import type { Window } from '#domain/calendar/plan.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { isBefore } from '#domain/instants.ts';
import type { Cohort } from '#server/api/late-windows.ts';

/** A window of some servers. */
export interface ComingWindow extends Cohort {
  readonly window: Window;
}

const AHEAD = { hours: 48 };
const MOST_WINDOWS = 50;

/** The windows of these servers that are open now or open in the next 48 hours, by plan and zone, in order; at most 50. */
export function comingWindows(cohorts: readonly Cohort[], at: Temporal.Instant): readonly ComingWindow[] {
  return cohorts
    .flatMap((cohort) => opening(cohort, at))
    .sort(compare)
    .slice(0, MOST_WINDOWS);
}

function opening(cohort: Cohort, at: Temporal.Instant): ComingWindow[] {
  const until = at.add(AHEAD);
  const windows: ComingWindow[] = [];
  for (const window of windowsFrom(cohort.plan, cohort.zone, at)) {
    if (!isBefore(window.start, until)) break;
    windows.push({ ...cohort, window });
  }
  return windows;
}

function compare(a: ComingWindow, b: ComingWindow): number {
  return Temporal.Instant.compare(a.window.start, b.window.start) || b.servers - a.servers;
}
