import { offerTimes } from '#domain/calendar/offer-times.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { releaseAt } from '#domain/calendar/release-week.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { isBefore } from '#domain/instants.ts';
import type { KnownUpdate } from './known-updates.ts';

/** An installation on the calendar. */
export interface Occupied {
  readonly startedAt: Temporal.Instant;
  /** When it had ended, restart included. */
  readonly finishedAt: Temporal.Instant;
  readonly needsRestart: boolean;
  /** When the revision that was installed came out. */
  readonly published: Temporal.Instant;
}

/**
 * Where an installation lies. `window`, `catch-up`: where the plan wants it; `definition`, `servicing-stack`: where the plan does not
 * matter, respectively in the lead; the others are what the plan forbids. `overrun`: it began in time, but did not end in time.
 */
export type Placement = (typeof ALLOWED)[number] | Misplaced;
/** What the plan forbids. */
export type Misplaced = 'before-release' | 'outside-window' | 'overrun';

const ALLOWED = ['window', 'catch-up', 'definition', 'servicing-stack'] as const;

/** Whether an installation lies where its plan has it. */
export function isAllowed(placement: string): placement is (typeof ALLOWED)[number] {
  return (ALLOWED as readonly string[]).includes(placement);
}

/** Where an installation lies by a plan and the calendar alone, whatever the service decided. */
export function placementOf(plan: Plan, zone: string, update: KnownUpdate, occupied: Occupied): Placement {
  const { startedAt, finishedAt, needsRestart, published } = occupied;
  if (update.class === 'definition' && !needsRestart) return 'definition';
  const release = releaseAt(plan, zone, published);
  const window = windowsFrom(plan, zone, startedAt).next().value;
  const { leadFrom, start, end } = offerTimes(plan, window);
  const isInLead = !isBefore(startedAt, leadFrom) && isBefore(startedAt, start) && !isBefore(start, release);
  if (update.class === 'ssu' && !needsRestart && isInLead) return 'servicing-stack';
  if (isBefore(startedAt, release)) return 'before-release';
  if (!isBefore(startedAt, start)) return isBefore(end, finishedAt) ? 'overrun' : 'window';
  return catchesUp(plan, zone, startedAt) ? 'catch-up' : 'outside-window';
}

/** Is it after a window, while a server that was not there may catch up? */
function catchesUp(plan: Plan, zone: string, at: Temporal.Instant): boolean {
  const { missed } = plan;
  if (missed.kind !== 'catch-up') return false;
  const [window] = windowsFrom(plan, zone, at.subtract({ hours: missed.hours })).take(1);
  if (window === undefined) return false;
  const { end, catchUpUntil } = offerTimes(plan, window);
  return !isBefore(at, end) && catchUpUntil !== undefined && isBefore(at, catchUpUntil);
}
