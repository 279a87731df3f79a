import { heldWindowsFrom } from '#domain/calendar/held-windows.ts';
import type { Cycle } from '#domain/calendar/patch-tuesday.ts';
import type { Plan, Window } from '#domain/calendar/plan.ts';
import { ownPrimaryWindow, planWindowsFrom } from '#domain/calendar/plan-windows.ts';
import { isBefore } from '#domain/instants.ts';

/**
 * All windows of a plan in a zone that are held and whose end is after `from`, in order and without end; the caller stops. What of the
 * calendars reaches the server is in `plan.calendar`: one-off windows come in, and what a freeze touches or what leaves the server's own
 * hours is not held. Windows that overlap or touch are one: it opens with the first and closes with the last of them.
 */
export function windowsFrom(plan: Plan, zone: string, from: Temporal.Instant): Generator<Window, never, undefined> {
  return plan.calendar ? heldWindowsFrom(plan, zone, from) : planWindowsFrom(plan, zone, from);
}

/**
 * The window of a cycle with which a plan's release begins: in its release week, at the chosen weekday and hour. Where that one is not
 * held, the next that is.
 */
export function primaryWindow(plan: Plan, zone: string, cycle: Cycle): Window {
  const own = ownPrimaryWindow(plan, zone, cycle);
  if (plan.extraWindows.length === 0 && !plan.calendar) return own;
  const windows = windowsFrom(plan, zone, own.start);
  for (;;) {
    const { value: window } = windows.next();
    if (!isBefore(window.end, own.end)) return window;
  }
}
