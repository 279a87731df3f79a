import { joinMeeting, LONGEST_ROW } from '#domain/calendar/meeting-windows.ts';
import { cycleAt, previousCycle } from '#domain/calendar/patch-tuesday.ts';
import type { OneOffWindow, Plan, Window } from '#domain/calendar/plan.ts';
import { ownPrimaryWindow, planWindowsFrom } from '#domain/calendar/plan-windows.ts';
import { earlier, isBefore } from '#domain/instants.ts';

/**
 * The windows of a plan and its one-off windows, frozen ones included: all whose end is after `from`, in order and without end. A one-off
 * window that overlaps or touches another window is one with it; by itself it serves the cycle in force, that of the last primary window.
 */
export function allWindowsFrom(plan: Plan, zone: string, from: Temporal.Instant): Generator<Window, never, undefined> {
  const { windows, begin } = connected(plan.calendar?.oneOff ?? [], from);
  if (windows.length === 0) return planWindowsFrom(plan, zone, from);
  const oneOff = windows.map(({ start, end }): Window => {
    return { start, end, cycle: cycleInForce(plan, zone, start), primary: false };
  });
  return joinMeeting(inOrder(planWindowsFrom(plan, zone, begin.subtract(LONGEST_ROW)), oneOff), from);
}

/** The one-off windows that can be part of a window that ends after an instant, by their starts, and the first instant of them all. */
function connected(oneOff: readonly OneOffWindow[], from: Temporal.Instant) {
  let begin = from;
  const windows: OneOffWindow[] = [];
  for (const window of oneOff.toSorted((a, b) => Temporal.Instant.compare(b.end, a.end))) {
    if (isBefore(window.end, begin.subtract(LONGEST_ROW))) break;
    begin = earlier(begin, window.start);
    windows.push(window);
  }
  return { windows: windows.sort((a, b) => Temporal.Instant.compare(a.start, b.start)), begin };
}

function cycleInForce(plan: Plan, zone: string, at: Temporal.Instant): string {
  let cycle = cycleAt(at);
  while (isBefore(at, ownPrimaryWindow(plan, zone, cycle).start)) cycle = previousCycle(cycle);
  return cycle;
}

function* inOrder(
  endless: Generator<Window, never, undefined>,
  some: readonly Window[],
): Generator<Window, never, undefined> {
  let { value: next } = endless.next();
  for (const one of some) {
    while (!isBefore(one.start, next.start)) {
      yield next;
      next = endless.next().value;
    }
    yield one;
  }
  yield next;
  return yield* endless;
}
