import { touching } from '#domain/calendar/freeze-rules.ts';
import { liesIn } from '#domain/calendar/local-spans.ts';
import { allWindowsFrom } from '#domain/calendar/one-off-windows.ts';
import type { Freeze, Plan, PlanCalendar, Window } from '#domain/calendar/plan.ts';
import type { Span } from '#domain/calendar/span.ts';
import { memoised } from '#domain/catalogue/memo.ts';
import { isBefore } from '#domain/instants.ts';

/** Longer than two years of cycles. */
const GIVE_UP = { hours: 24 * 800 };

/**
 * The windows of a plan, one-off ones merged in, that are held: those that no freeze touches and that lie in the server's own hours.
 * All whose end is after `from`, in order and without end. Where none is held for 800 days, the first one after that is given although
 * it is not held, so that nobody waits for ever: it is never acted on, for whoever asks again later looks 800 days further.
 */
export function* heldWindowsFrom(
  plan: Plan,
  zone: string,
  from: Temporal.Instant,
): Generator<Window, never, undefined> {
  const windows = allWindowsFrom(plan, zone, leadBefore(plan, from));
  let horizon = from.add(GIVE_UP);
  let missedEnd: Temporal.Instant | undefined;
  for (;;) {
    const { value: window } = windows.next();
    if (isBefore(window.start, horizon) && obstacle(plan, zone, window)) {
      missedEnd = window.end;
      continue;
    }
    if (!isBefore(from, window.end)) continue;
    horizon = window.end.add(GIVE_UP);
    yield missedEnd && isBefore(leadBefore(plan, window.start), missedEnd)
      ? { ...window, leadNotBefore: missedEnd }
      : window;
  }
}

/** The beginning of the lead of what starts at an instant. */
function leadBefore({ kind, leadHours }: Plan, start: Temporal.Instant): Temporal.Instant {
  return kind === 'nightly' ? start : start.subtract({ hours: leadHours });
}

/** What keeps a window from being held: the freeze that touches it, or the server's own hours. */
export function obstacle(plan: Plan, zone: string, window: Window): Obstacle | undefined {
  if (!plan.calendar) return undefined;
  const kept = obstaclesOf(plan);
  const known = kept.get(window);
  if (known) return known.is;
  const is = findObstacle(plan.calendar, zone, window);
  kept.set(window, { is });
  return is;
}

type Obstacle = Freeze | 'hours';

/**
 * What was found before, by window: those of a plan and zone are the same objects each time, and a server whose hours never fit is asked
 * for with every update.
 */
const obstaclesOf = memoised((_: Plan) => new WeakMap<Window, { readonly is: Obstacle | undefined }>());

function findObstacle({ freezes, hours }: PlanCalendar, zone: string, span: Span): Obstacle | undefined {
  const isTouchedBy = touching(span, zone);
  const freeze = freezes.find(({ rule }) => isTouchedBy(rule));
  if (freeze) return freeze;
  return hours && !liesIn(hours, zone, span) ? 'hours' : undefined;
}

/** The window that is open or comes next at an instant, calendars aside, and what keeps it from being held; undefined when it is held. */
export function notHeld(
  plan: Plan,
  zone: string,
  at: Temporal.Instant,
): { readonly window: Window; readonly by: Obstacle } | undefined {
  if (!plan.calendar) return undefined;
  const { value: window } = allWindowsFrom(plan, zone, at).next();
  const by = obstacle(plan, zone, window);
  return by && { window, by };
}
