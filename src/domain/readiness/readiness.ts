import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';
import { assess, type Judged } from '#domain/readiness/assess.ts';
import { CHECKS, type Check, type Override } from '#domain/readiness/readiness-policy.ts';

/** What readiness is judged by. */
export type ReadinessFacts = Pick<ServerFacts, 'inventory' | 'readiness' | 'plan' | 'zone'>;

/** Something that is not as the policy demands it, and that nobody overrode. */
export interface Finding {
  readonly check: Check;
  readonly code: `readiness.${Check}`;
  /** One sentence with its figures. */
  readonly text: string;
  /** The update that failed too often; what is not known of the server. */
  readonly subject?: string;
}

/** One check of a server with its outcome. */
export interface Assessment extends Judged {
  readonly check: Check;
  /** In force: a person's word that the server goes although this is not so. */
  readonly override?: Override;
}

/**
 * What is not ready for one update at an instant; empty: it may go. Ages are counted up to `at`: for a window that is days ahead ask at the
 * present, since until then the next backup will have run. See `findingsAhead`.
 */
export function readinessFindings(
  server: ReadinessFacts,
  updateId: UpdateId,
  at: Temporal.Instant,
): readonly Finding[] {
  return open(assessments(server, at, updateId));
}

/** What renews itself: that it will be too old by a later instant says nothing. */
const RENEWED: ReadonlySet<Check> = new Set(['backup', 'restore-point', 'contact']);

/**
 * What will not be ready for a window that opens at `start`, as far as is known at `at`, whatever the update: what comes again and again
 * (backups, restore points, scans) is judged as it is now, all else as it will be. Overrides count that are still in force then.
 */
export function findingsAhead(
  server: ReadinessFacts,
  start: Temporal.Instant,
  at: Temporal.Instant,
): readonly Finding[] {
  const now = open(judged(server, { at, overriddenAt: start })).filter(({ check }) => RENEWED.has(check));
  const then = open(assessments(server, start)).filter(({ check }) => !RENEWED.has(check));
  return [...now, ...then].sort((a, b) => CHECKS.indexOf(a.check) - CHECKS.indexOf(b.check));
}

/** All that the policy demands of a server, check by check, for one update or, without one, for whichever failed most often. */
export function assessments(server: ReadinessFacts, at: Temporal.Instant, updateId?: UpdateId): readonly Assessment[] {
  return judged(server, { at, overriddenAt: at, updateId });
}

interface Judging {
  readonly at: Temporal.Instant;
  readonly overriddenAt: Temporal.Instant;
  readonly updateId?: UpdateId | undefined;
}

function judged(server: ReadinessFacts, { at, overriddenAt, updateId }: Judging): readonly Assessment[] {
  const { readiness } = server;
  if (!readiness) return [];
  return CHECKS.flatMap((check) => {
    const outcome = assess(check, { ...server, readiness }, at, updateId);
    if (!outcome) return [];
    const override = outcome.ok ? undefined : overrideOf(readiness.overrides, check, overriddenAt);
    return [{ check, ...outcome, ...(override ? { override } : {}) }];
  });
}

/** Whether nothing that is demanded of a server is missing, or a person overrode it; an update that failed too often is not asked for. */
export function isReady(server: ReadinessFacts, at: Temporal.Instant): boolean {
  return readinessFindings(server, NO_UPDATE, at).length === 0;
}

/** Failures of no update. */
const NO_UPDATE = '';

function open(all: readonly Assessment[]): readonly Finding[] {
  return all
    .filter(({ ok, override }) => !ok && !override)
    .map(({ check, text, subject }) => ({
      check,
      code: `readiness.${check}` as const,
      text,
      ...(subject === undefined ? {} : { subject }),
    }));
}

function overrideOf(overrides: readonly Override[], check: Check, at: Temporal.Instant): Override | undefined {
  return overrides.find(({ checks, expires }) => checks.includes(check) && isBefore(at, expires));
}
