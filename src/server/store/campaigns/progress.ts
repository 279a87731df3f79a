import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { MemberState } from '#domain/rollout/campaign.ts';
import type { Member, MemberEvidence } from '#domain/rollout/progress.ts';
import { eventEffect, RESTART_REQUIRED } from '#domain/status/event-state.ts';
import { columns, sqlInstant, sqlInstantOrNull } from '#server/store/parameter.ts';
import type { Db } from '#server/store/pool.ts';

/** A member that is to be looked at, and what its agent said. */
export interface Progressing {
  readonly serverId: string;
  readonly dnsName: string;
  readonly member: Member;
  readonly evidence: MemberEvidence;
}

interface Columns {
  readonly serverId: string;
  readonly dnsName: string;
  readonly state: MemberState;
  readonly toldAt: Temporal.Instant | null;
  readonly toldUntil: Temporal.Instant | null;
  readonly needed: boolean | null;
  readonly failed: boolean | null;
  readonly pendingRestart: boolean | null;
  readonly installed: boolean;
  readonly outstanding: boolean;
  readonly statusAt: Temporal.Instant | null;
  readonly failedAt: Temporal.Instant | null;
  readonly restartAskedAt: Temporal.Instant | null;
  readonly restartedAt: Temporal.Instant | null;
  readonly bootToldAt: Temporal.Instant | null;
}

/** Ids of events that ask for a restart, whatever their HRESULT; 201 does with one of them. */
const ASKS_RESTART = Array.from({ length: 1_000 }, (_, id) => id).filter((id) => {
  const effect = eventEffect(id, 0);
  return effect.kind === 'update' && effect.state === 'pending-restart';
});

/** What is looked at. `grownAt`: when the set last grew. */
export interface ProgressQuery {
  readonly campaignId: string;
  /** Those that hold a seat, or the others. */
  readonly seated: boolean;
  readonly set: readonly UpdateId[];
  readonly grownAt: Temporal.Instant;
  readonly at: Temporal.Instant;
  readonly after: string | undefined;
  readonly limit: number;
}

/** Before every id. */
const FIRST = '00000000-0000-0000-0000-000000000000';
/** What was said at the end of a look may have come in after it: looks overlap by this much. */
const OVERLAP = { minutes: 2 };

/** Members of whom something was heard since they were last looked at, and those whose offer is over; by server id. */
export async function pageOfProgressing(db: Db, query: ProgressQuery): Promise<Progressing[]> {
  const { campaignId, seated, set, grownAt, at, after, limit } = query;
  const { rows } = await db.query<Columns>({
    name: 'page-of-progressing',
    text: `with m as (
             select m.*, s.dns_name, s.last_restart from campaign_server m join server s using (server_id)
             where m.campaign_id = $1 and (m.state in ('told', 'failed')) = $10 and m.server_id > $5::uuid and s.server_id > $5 and (
               m.looked_at is null or m.looked_at < $3 or s.last_status >= m.looked_at - $7::interval
               or m.state = 'told' and m.told_until <= $4
               or $10 and (s.settings_at >= m.looked_at - $7::interval or exists (
                 select from event e where e.server_id = m.server_id and e.received_at >= m.looked_at - $7::interval)))
             order by m.server_id limit $6)
           select m.server_id as "serverId", m.dns_name as "dnsName", m.state, m.told_at as "toldAt", m.told_until as "toldUntil",
             u.needed, u.failed, u.pending as "pendingRestart", case when u.needed or u.failed or u.pending then false
               else exists (select from unnest(t.installed) as has (id) where has.id = any($2::uuid[])) end as installed,
             exists (select from offer o where o.server_id = m.server_id and o.update_id = any($2::uuid[])
               and o.withdrawn_at is null and not coalesce(o.update_id = any(t.installed), false)) as outstanding,
             case when t.at >= $3 then t.at end as "statusAt", f.at as "failedAt", a.at as "restartAskedAt",
             greatest(m.last_restart, least((r.report ->> 'bootedAt')::timestamptz, r.at)) as "restartedAt", r.at as "bootToldAt"
           from m left join server_status t using (server_id) left join server_report r using (server_id)
           left join lateral (select bool_or(state in ('needed', 'downloaded', 'installed')) as needed,
               bool_or(state = 'failed') as failed, bool_or(state = 'pending-restart') as pending
             from server_update u where u.server_id = m.server_id and u.update_id = any($2::uuid[])) u on true
           left join lateral (select max(least(time_at_target, received_at)) as at from event e
             where e.server_id = m.server_id and e.update_id = any($2::uuid[]) and e.hresult < 0) f on u.failed
           left join lateral (select max(least(time_at_target, received_at)) as at from event e
             where e.server_id = m.server_id and e.update_id = any($2::uuid[]) and e.received_at >= m.told_at
               and (e.event_id = any($8::int[]) or e.event_id = 201 and e.hresult = $9)) a on true
           order by m.server_id`,
    values: [
      ...[campaignId, set, sqlInstant(grownAt), sqlInstant(at), after ?? FIRST, limit],
      ...[`${OVERLAP.minutes} minutes`, ASKS_RESTART, RESTART_REQUIRED, seated],
    ],
  });
  return rows.map(read);
}

function read(row: Columns): Progressing {
  const { serverId, dnsName, state, toldAt, toldUntil, installed, outstanding } = row;
  const { statusAt, failedAt, restartAskedAt, restartedAt, bootToldAt } = row;
  return {
    serverId,
    dnsName,
    member: { state, ...(toldAt ? { toldAt } : {}), ...(toldUntil ? { toldUntil } : {}) },
    evidence: {
      needed: row.needed ?? false,
      failed: row.failed ?? false,
      pendingRestart: row.pendingRestart ?? false,
      installed,
      outstanding,
      ...(statusAt ? { statusAt } : {}),
      ...(failedAt ? { failedAt } : {}),
      ...(restartAskedAt ? { restartAskedAt } : {}),
      ...(restartedAt ? { restartedAt } : {}),
      ...(bootToldAt ? { bootToldAt } : {}),
    },
  };
}

/** Where a member stands now. */
export interface MovedMember {
  readonly serverId: string;
  readonly state: MemberState;
  readonly since: Temporal.Instant;
}

/** Writes which members were looked at, and where those that moved stand now. Who waits again is asked for its next window anew. */
export async function saveProgress(
  db: Db,
  campaignId: string,
  lookedAt: readonly string[],
  moved: readonly MovedMember[],
  at: Temporal.Instant,
): Promise<void> {
  await db.query({
    name: 'save-looks',
    text: `update campaign_server set looked_at = $3 where campaign_id = $1 and server_id = any($2::uuid[])`,
    values: [campaignId, lookedAt, sqlInstant(at)],
  });
  if (moved.length === 0) return;
  const rows = moved.map((row) => ({ ...row, since: sqlInstantOrNull(row.since) }));
  await db.query({
    name: 'save-progress',
    text: `update campaign_server m set state = n.state, due_at = null, held_code = null, held_text = null, held_subject = null,
             verified_at = case when n.state = 'verified' then n.since else m.verified_at end,
             failed_at = case when n.state = 'failed' then n.since else m.failed_at end
           from unnest($2::uuid[], $3::text[], $4::timestamptz[]) as n (server_id, state, since)
           where m.campaign_id = $1 and m.server_id = n.server_id`,
    values: [campaignId, ...columns(rows, ['serverId', 'state', 'since'])],
  });
}
