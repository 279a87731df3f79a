import type { TaskReport } from '#contract/settings-task.ts';
import { backupRun, type Evidence, toldInstant } from '#domain/readiness/evidence.ts';

const JOB = 'Windows Server Backup';

/**
 * What a server's settings task tells of Windows Server Backup. Its event log has every run; where it has none that went well, the last
 * successful backup that the feature itself knows of stands in. What lies in the future by our clock will be told again.
 */
export function taskEvidence({ backupAt, backups = [] }: TaskReport, now: Temporal.Instant): Evidence[] {
  const last = backupAt !== undefined && !backups.some(({ ok }) => ok) ? [{ at: backupAt, ok: true, detail: '' }] : [];
  return [...backups, ...last].flatMap(({ at: told, ok, detail }) => {
    const at = Temporal.Instant.from(told);
    return toldInstant(at, now) === at ? backupRun({ ok, at, job: JOB, detail }) : [];
  });
}
