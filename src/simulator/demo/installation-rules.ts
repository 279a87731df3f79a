import type { Plan } from '#domain/calendar/plan.ts';
import { releaseAt } from '#domain/calendar/release-week.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import type { InstallRecord } from '../fleet/fleet.ts';
import { isDefinition, type KnownUpdate } from './known-updates.ts';

/** A rule that an installation broke. */
export type BrokenRule = 'unmanaged' | 'not-approved' | 'declined' | 'before-release' | 'outside-window';

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
 * declined, not before its release, and from the beginning to the end of its restart inside one window of the plan.
 */
export function brokenRule(record: InstallRecord, terms: InstallationTerms): BrokenRule | undefined {
  const { plan, zone, update, published, declinedAt, knownUntil } = terms;
  const { startedAt, installedAt, needsRestart, restartedAt } = record;
  if (plan === undefined) return 'unmanaged';
  if (update?.verdict !== 'approve') return 'not-approved';
  if (declinedAt !== undefined && Temporal.Instant.compare(startedAt, declinedAt) > 0) return 'declined';
  if (!isDefinition(update) && Temporal.Instant.compare(startedAt, releaseAt(plan, zone, published)) < 0) {
    return 'before-release';
  }
  const finished = needsRestart ? (restartedAt ?? knownUntil) : installedAt;
  return isInsideWindow(plan, zone, startedAt, finished) ? undefined : 'outside-window';
}

/** Does one window of a plan hold everything from one instant to another? */
export function isInsideWindow(plan: Plan, zone: string, from: Temporal.Instant, to: Temporal.Instant): boolean {
  const { start, end } = windowsFrom(plan, zone, from).next().value;
  return Temporal.Instant.compare(start, from) <= 0 && Temporal.Instant.compare(to, end) <= 0;
}
