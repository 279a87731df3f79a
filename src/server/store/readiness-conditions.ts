import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { ServerReadiness } from '#domain/fleet/server.ts';
import type { Check, Condition, Override } from '#domain/readiness/readiness-policy.ts';
import { ATTEMPTS } from '#domain/status/install-attempts.ts';
import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** What is on record of a server's readiness; the policy aside. */
export type ReadinessOnRecord = Omit<ServerReadiness, 'policy'>;

interface Row {
  readonly serverId: string;
  readonly backupAt: Temporal.Instant | null;
  readonly restorePointAt: Temporal.Instant | null;
  readonly restoreTestAt: Temporal.Instant | null;
  readonly pendingRestartSince: Temporal.Instant | null;
  readonly diskFreeMegabytes: number | null;
  readonly lastContact: Temporal.Instant;
  readonly clockSkewSeconds: number | null;
  readonly tls: boolean | null;
  readonly overrides:
    | readonly { overrideId: string; checks: readonly Check[]; who: string; why: string; expires: string }[]
    | null;
  readonly failures: Readonly<Record<UpdateId, number>> | null;
}

/** Failures of what server `s` still needs, since its installation last went well. The literals are those of the partial index. */
const FAILURES = `select jsonb_object_agg(update_id, times) from (
  select u.update_id, count(*) as times from server_update u join event e on e.server_id = u.server_id and e.update_id = u.update_id
  where u.server_id = s.server_id and u.state <> 'installed' and e.hresult < 0 and e.event_id in (${ATTEMPTS.failed.join(', ')})
    and e.time_at_target > coalesce((select max(w.time_at_target) from event w where w.server_id = u.server_id
      and w.update_id = u.update_id and w.event_id in (${ATTEMPTS.wentWell.join(', ')}) and w.hresult >= 0), '-infinity')
  group by u.update_id) f`;

const OVERRIDES = `select jsonb_agg(jsonb_build_object('overrideId', override_id, 'checks', checks, 'who', who, 'why', why, 'expires', expires)
    order by expires desc)
  from readiness_override o where o.server_id = s.server_id and ended_at is null and expires > $2`;

/** What is on record of these servers at an instant: condition, overrides in force, failures; in one statement. */
export async function listReadiness(
  db: Db,
  serverIds: readonly string[],
  at: Temporal.Instant,
): Promise<Map<string, ReadinessOnRecord>> {
  const { rows } = await db.query<Row>({
    name: 'list-readiness',
    text: `select s.server_id as "serverId", m.backup_at as "backupAt", m.restore_point_at as "restorePointAt",
             m.restore_test_at as "restoreTestAt", (r.report ->> 'systemDiskFreeMegabytes')::bigint as "diskFreeMegabytes",
             least(r.pending_since, (select min(since) from server_update u
               where u.server_id = s.server_id and state = 'pending-restart')) as "pendingRestartSince",
             greatest(s.last_seen, s.last_sync, s.settings_at) as "lastContact",
             s.clock_skew_seconds as "clockSkewSeconds", s.over_tls as tls, (${OVERRIDES}) as overrides, (${FAILURES}) as failures
           from server s left join machine m using (server_id) left join server_report r using (server_id)
           where s.server_id = any($1::uuid[])`,
    values: [serverIds, sqlInstant(at)],
  });
  return new Map(rows.map((row) => [row.serverId, read(row)]));
}

function read({ serverId: _id, overrides, failures, ...columns }: Row): ReadinessOnRecord {
  return {
    condition: known(columns),
    overrides: (overrides ?? []).map(
      ({ expires, ...one }): Override => ({ ...one, expires: Temporal.Instant.from(expires) }),
    ),
    failures: new Map(Object.entries(failures ?? {})),
  };
}

type Known<Columns> = { readonly [Name in keyof Columns]?: NonNullable<Columns[Name]> };

/** The columns that are not null. */
function known(columns: Omit<Row, 'serverId' | 'overrides' | 'failures'>): Condition {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null)) as Known<typeof columns>;
}
