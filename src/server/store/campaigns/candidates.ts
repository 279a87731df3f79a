import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Inventory } from '#domain/fleet/inventory.ts';
import { ASSIGNED, selected } from '#server/store/fleet-views.ts';
import { sqlInstant } from '#server/store/parameter.ts';
import type { Db } from '#server/store/pool.ts';
import type { AssignedServer } from '#server/store/servers.ts';

/** Members of a wave that are due at an instant and need something of the set. */
export interface DueQuery {
  readonly campaignId: string;
  readonly wave: number;
  /** Release weeks whose gate has passed, or that have none. */
  readonly weeks: readonly number[];
  readonly set: readonly UpdateId[];
  readonly at: Temporal.Instant;
  readonly limit: number;
}

/** Unsettled states that an offer changes. */
const OPEN_STATES = `('needed', 'downloaded', 'failed')`;

/** Their ids, in the order in which `giveTurns` goes. */
export async function listDueMembers(db: Db, { campaignId, wave, weeks, set, at, limit }: DueQuery): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'list-due-members',
    text: `select m.server_id as id from campaign_server m join server s using (server_id) left join server_report r using (server_id)
           where m.campaign_id = $1 and m.wave = $2 and m.state = 'waiting' and m.release_week = any($3::smallint[])
             and (m.due_at is null or m.due_at <= $4)
             and exists (select from server_update u where u.server_id = m.server_id and u.update_id = any($5::uuid[])
               and u.state in ${OPEN_STATES})
           order by m.rank, coalesce(r.report ->> 'clusterRole' = 'passive', false) desc, m.told_at nulls first, s.dns_name, m.server_id
           limit $6`,
    values: [campaignId, wave, weeks, sqlInstant(at), set, limit],
  });
  return rows.map(({ id }) => id);
}

/** A member that is due, with what its turn goes by. */
export interface DueMember extends AssignedServer {
  readonly dnsName: string;
  readonly wave: number;
  readonly releaseWeek: number;
  readonly rank: number;
  readonly lastTold: Temporal.Instant | null;
  /** Windows that it lost to others of its groups since then. */
  readonly lost: number;
  readonly inventory: Inventory | null;
  readonly groups: readonly string[];
  /** What of the set it still needs. */
  readonly needed: readonly UpdateId[];
  readonly lastSeen: Temporal.Instant;
  /** When its settings task was last heard of. */
  readonly settingsAt: Temporal.Instant | null;
  /** What its settings task last said of its place in a cluster. */
  readonly clusterRole: string | null;
}

export async function listDueDetails(
  db: Db,
  campaignId: string,
  set: readonly UpdateId[],
  serverIds: readonly string[],
): Promise<DueMember[]> {
  const { rows } = await db.query<DueMember>({
    name: 'list-due-details',
    text: `select ${selected(ASSIGNED)}, lower(s.dns_name) as "dnsName", m.wave, m.release_week as "releaseWeek", m.rank,
             m.told_at as "lastTold", m.lost, p.profile as inventory, coalesce(p.groups, '{}') as groups, s.last_seen as "lastSeen",
             s.settings_at as "settingsAt", r.report ->> 'clusterRole' as "clusterRole",
             array(select update_id from server_update u where u.server_id = m.server_id and u.update_id = any($3::uuid[])
               and u.state in ${OPEN_STATES}) as needed
           from campaign_server m join server s using (server_id) left join machine p using (server_id)
           left join server_report r using (server_id)
           where m.campaign_id = $1 and m.server_id = any($2::uuid[])`,
    values: [campaignId, serverIds, set],
  });
  return rows;
}

/** Of these servers those for which a hook's step was given up: a person has to look. */
export async function listHookFailures(
  db: Db,
  campaignId: string,
  serverIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(
    `select distinct server_id as id from hook_run where campaign_id = $1 and server_id = any($2::uuid[]) and state = 'failed'`,
    [campaignId, serverIds],
  );
  return new Set(rows.map(({ id }) => id));
}
