import { isBefore } from '#domain/instants.ts';

/** What shows that a server can be brought back. */
export const EVIDENCE_KINDS = ['backup', 'restore-point', 'restore-test'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** Who told it. */
export type EvidenceSource = 'api' | 'csv' | 'settings-task' | 'veeam';

/** How one run of a backup, or one restore test, ended. */
export interface Evidence {
  readonly kind: EvidenceKind;
  readonly ok: boolean;
  /** When it ended. */
  readonly at: Temporal.Instant;
  /** The job that did it; empty where nobody told. */
  readonly job: string;
  readonly detail: string;
}

/** Clocks differ: what is ahead of ours by so much happened now. */
const TOLERANCE = { minutes: 5 };

/** A time before this is one that was never set: exports write the year 1 or 1900 then. */
const EARLIEST = Temporal.Instant.from('2000-01-01T00:00:00Z');

/** When a thing happened, or why it cannot have happened then. */
export type ToldInstant =
  | { readonly ok: true; readonly at: Temporal.Instant }
  | { readonly ok: false; readonly problem: 'is in the future' | 'is before the year 2000' };

/** When a thing happened that somebody tells of at `now`: never later than that. */
export function toldInstant(told: Temporal.Instant, now: Temporal.Instant): ToldInstant {
  if (isBefore(told, EARLIEST)) return { ok: false, problem: 'is before the year 2000' };
  if (isBefore(now.add(TOLERANCE), told)) return { ok: false, problem: 'is in the future' };
  return { ok: true, at: isBefore(now, told) ? now : told };
}

/** A run that made a backup left a point to restore from, and one that failed left none. */
export function backupRun(run: Omit<Evidence, 'kind'>): readonly [Evidence, Evidence] {
  return [
    { ...run, kind: 'backup' },
    { ...run, kind: 'restore-point' },
  ];
}
