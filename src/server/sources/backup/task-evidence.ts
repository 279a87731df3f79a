import type { TaskReport } from '#contract/settings-task.ts';
import { isBefore } from '#domain/instants.ts';
import { backupRun, type Evidence, toldInstant } from '#domain/readiness/evidence.ts';

/** What a terminal or the database would take amiss. */
const CONTROL = /\p{Cc}+/gu;
const JOB = 'Windows Server Backup';

/**
 * What a server's settings task tells of Windows Server Backup. Its event log has every run; where it has none that went well, the last
 * successful backup that the feature itself knows of stands in. What lies in the future by our clock will be told again.
 */
export function taskEvidence({ backupAt, backups = [] }: TaskReport, now: Temporal.Instant): Evidence[] {
  const last = backupAt !== undefined && !backups.some(({ ok }) => ok) ? [{ at: backupAt, ok: true, detail: '' }] : [];
  return [...backups, ...last].flatMap(({ at: told, ok, detail }) => {
    const at = Temporal.Instant.from(told);
    const isSound = toldInstant(at, now).ok && !isBefore(now, at);
    return isSound ? backupRun({ ok, at, job: JOB, detail: detail.replaceAll(CONTROL, ' ').trim() }) : [];
  });
}
