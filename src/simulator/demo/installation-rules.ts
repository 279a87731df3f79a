import type { Plan } from '#domain/calendar/plan.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import type { InstallRecord } from '../fleet/fleet.ts';
import { isDefinition, type KnownUpdate } from './known-updates.ts';
import { isAllowed, type Misplaced, placementOf } from './placement.ts';

/** A rule that an installation broke. */
export type BrokenRule = 'unmanaged' | 'not-approved' | 'declined' | Misplaced;

/** What an installation is held against: the customer's choice, and people's words. */
export interface InstallationTerms {
  readonly zone: string;
  /** Absent: nothing may be installed at all. */
  readonly plan?: Plan;
  readonly update: KnownUpdate | undefined;
  /** When the revision that was installed came out. */
  readonly published: Temporal.Instant;
  /** When somebody declined the update for this customer. */
  readonly declinedAt?: Temporal.Instant;
  /** How far the story is known: a restart that has not come until then is late. */
  readonly knownUntil: Temporal.Instant;
}

/**
 * The first rule that an installation broke, read from the calendar alone and not from what the service decided: approved, not
 * declined, and where its plan has it. The plans of the demonstration have definitions in windows, too, of whatever week.
 */
export function brokenRule(record: InstallRecord, terms: InstallationTerms): BrokenRule | undefined {
  const { plan, zone, update, published, declinedAt, knownUntil } = terms;
  const { startedAt, installedAt, needsRestart, restartedAt } = record;
  if (plan === undefined) return 'unmanaged';
  if (update?.verdict !== 'approve') return 'not-approved';
  if (declinedAt !== undefined && Temporal.Instant.compare(startedAt, declinedAt) > 0) return 'declined';
  const finishedAt = needsRestart ? (restartedAt ?? knownUntil) : installedAt;
  if (isDefinition(update)) return isInsideWindow(plan, zone, startedAt, finishedAt) ? undefined : 'outside-window';
  const placement = placementOf(plan, zone, update, { startedAt, finishedAt, needsRestart, published });
  return isAllowed(placement) ? undefined : placement;
}

/** Does one window of a plan hold everything from one instant to another? */
export function isInsideWindow(plan: Plan, zone: string, from: Temporal.Instant, to: Temporal.Instant): boolean {
  const { start, end } = windowsFrom(plan, zone, from).next().value;
  return Temporal.Instant.compare(start, from) <= 0 && Temporal.Instant.compare(to, end) <= 0;
}
