import { offerTimes, targetWindow } from '#domain/calendar/offer-times.ts';
import type { Plan, Window } from '#domain/calendar/plan.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { memoised } from '#domain/catalogue/memo.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { earlier, isBefore } from '#domain/instants.ts';

/**
 * Where an instant lies between a plan's windows. `closed`: between them; `lead`: offers are served, without a deadline; `window`:
 * offers are served with one; `closing`: the window is open, but what begins now would not end in it; `catch-up`: the window is over,
 * and a server that was not there may still take what it missed.
 */
export interface Phase {
  readonly name: 'closed' | 'lead' | 'window' | 'closing' | 'catch-up';
  /** The window that this phase belongs to; for `closed` the next one. */
  readonly window: Window;
  /** When this phase began. */
  readonly since: Temporal.Instant;
  /** When the next phase begins. */
  readonly until: Temporal.Instant;
}

/** Longer than any distance between two windows of a plan: two cycles of five weeks, and a day for zones. */
const LOOK_BACK = { hours: 24 * 71 };

/** The phase of each plan and zone that was found last: it holds for every instant until it ends, whichever server asks. */
const lastFound = memoised((_: Plan) => new Map<string, Phase>());

/** The phase of a plan in a zone at an instant, for a server that may catch up. */
function phaseAt(plan: Plan, zone: string, at: Temporal.Instant): Phase {
  const found = lastFound(plan);
  const last = found.get(zone);
  if (last && !isBefore(at, last.since) && isBefore(at, last.until)) return last;
  const phase = findPhase(plan, zone, at, last);
  found.set(zone, phase);
  return phase;
}

/** `before`: a phase that was found already; where it is not long ago, the search goes on from there. */
function findPhase(plan: Plan, zone: string, at: Temporal.Instant, before: Phase | undefined): Phase {
  const longAgo = at.subtract(LOOK_BACK);
  let since = before && isBefore(longAgo, before.since) && isBefore(before.since, at) ? before.since : longAgo;
  for (const { window, name, until } of steps(plan, zone, since)) {
    if (isBefore(at, until)) return { name, window, since, until };
    if (isBefore(since, until)) since = until;
  }
  throw new Error('windowsFrom never ends');
}

/** The same plan for a server that may not catch up. */
const withoutCatchUp = memoised((plan: Plan): Plan => ({ ...plan, missed: { kind: 'next' } }));

/**
 * The phase for one server: catching up is only for one that did not speak between the window's beginning and its first visit after the
 * end; for the others the time after a window is closed.
 */
export function serverPhase({ plan, zone, visitBefore }: ServerFacts, at: Temporal.Instant): Phase | undefined {
  if (!plan) return undefined;
  if (plan.missed.kind !== 'catch-up') return phaseAt(plan, zone, at);
  const phase = phaseAt(plan, zone, at);
  const wasAway = visitBefore !== undefined && isBefore(visitBefore, phase.window.start);
  return phase.name === 'catch-up' && wasAway ? phase : phaseAt(withoutCatchUp(plan), zone, at);
}

/** Whether offers are served in a phase. */
export function offersIn({ name }: Phase): boolean {
  return name === 'lead' || name === 'window' || name === 'catch-up';
}

interface Step extends Pick<Phase, 'name' | 'window' | 'until'> {}

/** Every phase with its end, in order; empty ones too. The lead of the next window ends a catch-up. */
function* steps(plan: Plan, zone: string, from: Temporal.Instant): Generator<Step> {
  let open: { readonly window: Window; readonly until: Temporal.Instant } | undefined;
  for (const window of windowsFrom(plan, zone, from)) {
    const { leadFrom, start, lastOffer, end, catchUpUntil } = offerTimes(plan, window);
    if (open) yield { name: 'catch-up', window: open.window, until: earlier(open.until, leadFrom) };
    yield { name: 'closed', window, until: leadFrom };
    yield { name: 'lead', window, until: start };
    yield { name: 'window', window, until: lastOffer };
    yield { name: 'closing', window, until: end };
    open = catchUpUntil && { window, until: catchUpUntil };
  }
}

/** When the offer of a revision begins that may be installed from `release` on, as seen at an instant; maybe already in the past. */
export function offerFrom(plan: Plan, zone: string, release: Temporal.Instant, at: Temporal.Instant): Temporal.Instant {
  return offerTimes(plan, targetWindow(plan, zone, release, at)).leadFrom;
}
