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

/** When a thing happened that somebody tells of at `now`: never later than that. Undefined for what lies in the future. */
export function toldInstant(told: Temporal.Instant, now: Temporal.Instant): Temporal.Instant | undefined {
  if (!isBefore(now, told)) return told;
  return isBefore(now.add(TOLERANCE), told) ? undefined : now;
}

/** A run that made a backup left a point to restore from, and one that failed left none. */
export function backupRun(run: Omit<Evidence, 'kind'>): readonly [Evidence, Evidence] {
  return [
    { ...run, kind: 'backup' },
    { ...run, kind: 'restore-point' },
  ];
}
