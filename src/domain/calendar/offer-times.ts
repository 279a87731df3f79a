import type { Plan, Window } from '#domain/calendar/plan.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { earlier, isBefore, later } from '#domain/instants.ts';

/** When an offer that aims at a window is served: in [leadFrom, lastOffer), or [end, catchUpUntil). */
export interface OfferTimes {
  readonly leadFrom: Temporal.Instant;
  readonly start: Temporal.Instant;
  /** What begins before it still ends, restart included, before the window does. */
  readonly lastOffer: Temporal.Instant;
  readonly end: Temporal.Instant;
  /** Until when a server that was not there may catch up; absent unless the plan says so. */
  readonly catchUpUntil?: Temporal.Instant;
}

/**
 * The exact offer times of one window of a plan: `start − lead` to the latest start, which is never later than `end − run`. Nightly plans
 * have no lead, and a window that is not held ends no earlier than the lead begins.
 */
export function offerTimes(plan: Plan, window: Window): OfferTimes {
  const { start, end } = window;
  const { latestStartMinutes, missed } = plan;
  const lead = start.subtract({ hours: plan.kind === 'nightly' ? 0 : plan.leadHours });
  const fits = end.subtract({ minutes: plan.runMinutes });
  return {
    leadFrom: window.leadNotBefore ? later(lead, window.leadNotBefore) : lead,
    start,
    lastOffer: latestStartMinutes === undefined ? fits : earlier(fits, start.add({ minutes: latestStartMinutes })),
    end,
    ...(missed.kind === 'catch-up' ? { catchUpUntil: end.add({ hours: missed.hours }) } : {}),
  };
}

/**
 * The window in which a revision that is released at `release` goes, seen at `at`: the first that starts no earlier than the release
 * and can still be offered. A window that began before the release does not count.
 */
export function targetWindow(plan: Plan, zone: string, release: Temporal.Instant, at: Temporal.Instant): Window {
  const windows = windowsFrom(plan, zone, later(release, at));
  for (;;) {
    const { value: window } = windows.next();
    const isReleased = !isBefore(window.start, release);
    if (isReleased && isBefore(at, offerTimes(plan, window).lastOffer)) return window;
  }
}
