import { offerTimes, targetWindow } from '#domain/calendar/offer-times.ts';
import type { Plan, Window } from '#domain/calendar/plan.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { isBefore } from '#domain/instants.ts';

/**
 * Where an instant lies between a plan's windows. `closed`: between them; `lead`: offers are served, without a deadline; `window`:
 * offers are served with one; `closing`: the window is open, but what begins now would not end in it.
 */
export interface Phase {
  readonly name: 'closed' | 'lead' | 'window' | 'closing';
  /** The window that this phase belongs to; for `closed` the next one. */
  readonly window: Window;
  /** When this phase began. */
  readonly since: Temporal.Instant;
  /** When the next phase begins. */
  readonly until: Temporal.Instant;
}

/** Longer than any distance between two windows of a plan: two cycles of five weeks, and a day for zones. */
const LOOK_BACK = { hours: 24 * 71 };

/** The phase of a plan in a zone at an instant. */
export function phaseAt(plan: Plan, zone: string, at: Temporal.Instant): Phase {
  let since = at.subtract(LOOK_BACK);
  for (const window of windowsFrom(plan, zone, since)) {
    const { leadFrom, start, lastOffer, end } = offerTimes(plan, window);
    const steps = [
      { name: 'closed', until: leadFrom },
      { name: 'lead', until: start },
      { name: 'window', until: lastOffer },
      { name: 'closing', until: end },
    ] as const;
    for (const { name, until } of steps) {
      if (isBefore(at, until)) return { name, window, since, until };
      if (isBefore(since, until)) since = until;
    }
  }
  throw new Error('windowsFrom never ends');
}

/** When the offer of a revision begins that may be installed from `release` on, as seen at an instant; maybe already in the past. */
export function offerFrom(plan: Plan, zone: string, release: Temporal.Instant, at: Temporal.Instant): Temporal.Instant {
  return offerTimes(plan, targetWindow(plan, zone, release, at)).leadFrom;
}
