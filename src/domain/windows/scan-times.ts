import type { Plan, Window } from '#domain/calendar/plan.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { isBefore } from '#domain/instants.ts';

/** What a plan means for a settings task at an instant. */
export interface TaskTimes {
  /** The window that is open or comes next. */
  readonly window: Window;
  /** `start − 24 h`, `start` and `end` of its windows: those of the last two days and the coming eight, in order. */
  readonly scans: readonly Temporal.Instant[];
}

/** How far back scans are told, for who was away, and how far ahead, for who cannot ask. */
export const SCANS_BACK = { hours: 48 };
export const SCANS_AHEAD = { hours: 24 * 8 };
/** A scan so long before a window brings the offer and its files in good time. */
const EARLY = { hours: 24 };

/** The windows and scans of a plan in a zone, seen at an instant. */
export function taskTimes(plan: Plan, zone: string, at: Temporal.Instant): TaskTimes {
  const [from, until] = [at.subtract(SCANS_BACK), at.add(SCANS_AHEAD)];
  const scans: Temporal.Instant[] = [];
  let window: Window | undefined;
  for (const one of windowsFrom(plan, zone, from)) {
    if (!window && isBefore(at, one.end)) window = one;
    const first = one.start.subtract(EARLY);
    if (window && isBefore(until, first)) break;
    scans.push(first, one.start, one.end);
  }
  if (!window) throw new Error('a plan has windows without end');
  return { window, scans: between(scans, from, until) };
}

/** Those of some instants that lie in [from, until], each once, in order. */
export function between(
  instants: readonly Temporal.Instant[],
  from: Temporal.Instant,
  until: Temporal.Instant,
): readonly Temporal.Instant[] {
  const sorted = instants
    .filter((instant) => !isBefore(instant, from) && !isBefore(until, instant))
    .sort(Temporal.Instant.compare);
  return sorted.filter((instant, n) => !sorted[n - 1]?.equals(instant));
}
