import type { Kind } from '#domain/approval/kinds.ts';
import type { Window } from '#domain/calendar/plan.ts';
import { isBefore } from '#domain/instants.ts';

/** What another tool installs, e.g. firmware: it stands in the same windows as the updates. */
export interface PlannedWork {
  readonly workId: string;
  readonly kind: Kind;
  readonly title: string;
  /** What installs it. */
  readonly tool: string;
  /** Expected length, a restart included. */
  readonly minutes: number;
  /** It stands in the first window that opens from here on and has room. */
  readonly notBefore: Temporal.Instant;
  readonly restarts: boolean;
}

/** A work in its place in a window. */
export interface PlacedWork {
  readonly work: PlannedWork;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
}

/** What becomes of planned work in one window. */
export interface WorkPlacement {
  /** One after the other, when the updates are done. */
  readonly placed: readonly PlacedWork[];
  /** For the windows after it. */
  readonly later: readonly PlannedWork[];
  /** Of these the ones that do not fit into a window of this length beside the updates, however empty it is. */
  readonly tooLong: readonly PlannedWork[];
  /** Whether the updates and every work that was due by the opening fit. */
  readonly fits: boolean;
}

/**
 * Which works stand in a window. The updates' run comes first; then the works by the instant from which they may be done, then by title, as
 * long as they fit. One that does not fit waits for the next window, where it comes before younger ones; shorter ones go before it meanwhile.
 */
export function placeWork(
  works: readonly PlannedWork[],
  { start, end }: Pick<Window, 'start' | 'end'>,
  runMinutes: number,
): WorkPlacement {
  const placed: PlacedWork[] = [];
  const later: PlannedWork[] = [];
  let from = start.add({ minutes: runMinutes });
  const room = minutesBetween(from, end);
  const inOrder = works.toSorted(byTurn);
  for (const work of inOrder) {
    const until = from.add({ minutes: work.minutes });
    if (isBefore(start, work.notBefore) || isBefore(end, until)) {
      later.push(work);
    } else {
      placed.push({ work, start: from, end: until });
      from = until;
    }
  }
  return {
    placed,
    later,
    tooLong: later.filter(({ minutes }) => minutes > room),
    fits: room >= 0 && later.every(({ notBefore }) => isBefore(start, notBefore)),
  };
}

function byTurn(a: PlannedWork, b: PlannedWork): number {
  const byTime = Temporal.Instant.compare(a.notBefore, b.notBefore);
  if (byTime !== 0) return byTime;
  if (a.title !== b.title) return a.title < b.title ? -1 : 1;
  return a.workId < b.workId ? -1 : 1;
}

function minutesBetween(from: Temporal.Instant, until: Temporal.Instant): number {
  return from.until(until, { largestUnit: 'minutes' }).minutes;
}
