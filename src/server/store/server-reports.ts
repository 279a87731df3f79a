import type { TaskReport } from '#contract/settings-task.ts';
import { sqlInstant, sqlJson } from './parameter.ts';
import type { Db } from './pool.ts';
import type { AssignedServer } from './servers.ts';
import { SOFT } from './soft-commit.ts';

/** A server as its settings task meets it. */
export interface TaskServer extends AssignedServer {
  /** Whose token came along first. */
  readonly enrolledBy: string | null;
  readonly settingsAt: Temporal.Instant | null;
  /** When it was told to start, or a campaign in which it was told was stopped. */
  readonly turnChanges: readonly Temporal.Instant[];
}

/** The server of a client id, as its settings task asks for it. */
export async function findTaskServer(db: Db, clientId: string): Promise<TaskServer | undefined> {
  const { rows } = await db.query<TaskServer>({
    name: 'find-task-server',
    text: `select server_id as "serverId", customer_id as "customerId", enrolled_by as "enrolledBy", zone, plan, mode, region,
             target_group as "targetGroup", os_build as "osBuild", product_type as "productType",
             kind_plans as "kindPlans", own_hours as "ownHours", settings_at as "settingsAt",
             array(select t.at from campaign_server m join campaign c using (campaign_id),
               unnest(array[m.told_at, c.stopped_at]) as t (at)
               where m.server_id = s.server_id and m.state in ('told', 'failed') and t.at is not null) as "turnChanges"
           from server s where client_id = $1`,
    values: [clientId],
  });
  return rows[0];
}

/** Notes that a server's settings task was heard of. */
export async function noteSettingsTask(db: Db, serverId: string, at: Temporal.Instant): Promise<void> {
  await db.query({
    name: 'note-settings-task',
    text: `with ${SOFT} update server set settings_at = greatest(settings_at, $2) from soft where server_id = $1 and soft.set = 'off'`,
    values: [serverId, sqlInstant(at)],
  });
}

/** A report is written again after this long even when it says nothing new. */
const WRITTEN_EVERY = { minutes: 55 };
/** What differs in each report without news. */
const DRIFTING = `'{systemDiskFreeMegabytes,eventLogErrors}'::text[]`;

/**
 * Keeps the latest word of a server's settings task; one that says nothing new within an hour is let go by. A restart is pending since the
 * first report that said so after the last boot.
 */
export async function saveServerReport(
  db: Db,
  serverId: string,
  customerId: string | null,
  report: TaskReport,
  at: Temporal.Instant,
): Promise<void> {
  const { backupAt, backups, clusterRole, ...rest } = report;
  await db.query({
    name: 'save-server-report',
    text: `with kept as (
             insert into server_report as r (server_id, customer_id, at, report, pending_since)
             values ($1, $2, $3, $4, case when $7 then $3::timestamptz end)
             on conflict (server_id) do update set customer_id = excluded.customer_id, at = excluded.at,
               report = excluded.report, pending_since = case when not $7 then null
                 when r.pending_since > $8 then r.pending_since else excluded.at end
             where r.at <= excluded.at and (r.at < $5 or r.report - ${DRIFTING} <> excluded.report - ${DRIFTING})
             returning server_id)
           update server set settings_version = $6, settings_at = greatest(settings_at, $3)
           where server_id in (select server_id from kept)`,
    values: [
      ...[serverId, customerId, sqlInstant(at)],
      sqlJson({ ...rest, backupAt, clusterRole, backups: backups?.map((run) => ({ ...run })) }),
      ...[sqlInstant(at.subtract(WRITTEN_EVERY)), report.settingsVersion],
      ...[report.pendingRestart, sqlInstant(Temporal.Instant.from(report.bootedAt))],
    ],
  });
}

/** The latest word of a server's settings task. */
export async function findServerReport(
  db: Db,
  serverId: string,
): Promise<{ readonly at: Temporal.Instant; readonly report: TaskReport } | undefined> {
  const { rows } = await db.query<{ at: Temporal.Instant; report: TaskReport }>(
    'select at, report from server_report where server_id = $1',
    [serverId],
  );
  return rows[0];
}
