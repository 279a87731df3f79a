import type { Inventory } from '#domain/fleet/inventory.ts';
import type { MemberState } from '#domain/rollout/campaign.ts';
import { ASSIGNED, selected } from '#server/store/fleet-views.ts';
import { columns, sqlInstant, sqlInstantOrNull } from '#server/store/parameter.ts';
import type { Db } from '#server/store/pool.ts';
import type { AssignedServer } from '#server/store/servers.ts';

/** A server of a campaign's customer, with what places it. */
export interface PlaceableServer extends AssignedServer {
  readonly dnsName: string;
  /** Null: nothing is known. */
  readonly inventory: Inventory | null;
}

/** Before every id. */
const NIL = '00000000-0000-0000-0000-000000000000';

/** Servers of a customer, by name. */
export async function pageOfPlaceable(
  db: Db,
  customerId: string,
  after: Pick<PlaceableServer, 'dnsName' | 'serverId'> | undefined,
  limit: number,
): Promise<PlaceableServer[]> {
  const { rows } = await db.query<PlaceableServer>({
    name: 'page-of-placeable',
    text: `select ${selected(ASSIGNED)}, s.dns_name as "dnsName", p.profile as inventory
           from server s left join machine p on p.server_id = s.server_id
           where s.customer_id = $1 and (s.dns_name, s.server_id) > ($2, $3::uuid) order by s.dns_name, s.server_id limit $4`,
    values: [customerId, after?.dnsName ?? '', after?.serverId ?? NIL, limit],
  });
  return rows;
}

/** Where a member stands, and in which state. */
export interface PlacedMember extends Placed {
  readonly state: MemberState;
}

/** Those of these servers that are members. */
export async function listPlaced(
  db: Db,
  campaignId: string,
  serverIds: readonly string[],
): Promise<Map<string, PlacedMember>> {
  const { rows } = await db.query<PlacedMember>({
    name: 'list-placed',
    text: `select server_id as "serverId", state, wave, release_week as "releaseWeek", rank, due_at as "dueAt"
           from unnest($2::uuid[]) as one (server_id) join campaign_server m using (server_id) where m.campaign_id = $1`,
    values: [campaignId, serverIds],
  });
  return new Map(rows.map((row) => [row.serverId, row]));
}

/** Where a server is placed. */
export interface Placed {
  readonly serverId: string;
  /** Null: no rule places it. */
  readonly wave: number | null;
  readonly releaseWeek: number;
  readonly rank: number;
  /** When its turn can be given; null: to be worked out. */
  readonly dueAt: Temporal.Instant | null;
}

/** Makes servers members, or moves those that hold no seat. */
export async function placeMembers(db: Db, campaignId: string, placed: readonly Placed[]): Promise<void> {
  if (placed.length === 0) return;
  const rows = placed.map((row) => ({ ...row, dueAt: row.dueAt && sqlInstant(row.dueAt) }));
  await db.query({
    name: 'place-members',
    text: `insert into campaign_server as m (campaign_id, server_id, wave, release_week, rank, due_at, state)
           select $1, n.server_id, n.wave, n.release_week, n.rank, n.due_at, 'waiting'
           from unnest($2::uuid[], $3::smallint[], $4::smallint[], $5::smallint[], $6::timestamptz[])
             as n (server_id, wave, release_week, rank, due_at) order by n.server_id
           on conflict (campaign_id, server_id) do update set wave = excluded.wave, release_week = excluded.release_week,
             rank = excluded.rank, due_at = excluded.due_at
           where m.state not in ('told', 'failed')`,
    values: [campaignId, ...columns(rows, ['serverId', 'wave', 'releaseWeek', 'rank', 'dueAt'])],
  });
}

/** Takes servers out of a campaign that are not patched any more, and hold no seat; returns how many. */
export async function removeMembers(db: Db, campaignId: string, serverIds: readonly string[]): Promise<number> {
  if (serverIds.length === 0) return 0;
  const { rowCount } = await db.query(
    `delete from campaign_server where campaign_id = $1 and server_id = any($2::uuid[]) and state not in ('told', 'failed')`,
    [campaignId, serverIds],
  );
  return rowCount ?? 0;
}

/** Takes servers out of a campaign that another customer owns now. */
export async function removeStrangers(db: Db, campaignId: string, customerId: string): Promise<number> {
  const { rowCount } = await db.query(
    `delete from campaign_server m using server s
     where m.campaign_id = $1 and s.server_id = m.server_id and s.customer_id is distinct from $2`,
    [campaignId, customerId],
  );
  return rowCount ?? 0;
}

/** Whom a member's row speaks of, for lists. */
export interface MemberRow {
  readonly serverId: string;
  readonly dnsName: string;
  readonly state: MemberState;
  readonly wave: number | null;
  readonly releaseWeek: number;
  readonly windowStart: Temporal.Instant | null;
  readonly windowEnd: Temporal.Instant | null;
  readonly toldAt: Temporal.Instant | null;
  readonly verifiedAt: Temporal.Instant | null;
  readonly failedAt: Temporal.Instant | null;
  readonly dueAt: Temporal.Instant | null;
}

/** What a page of members is asked for by; what is absent does not matter. `wave`: its place; null: those that no rule places. */
export interface MemberQuery {
  readonly campaignId: string;
  readonly wave: number | null | undefined;
  readonly state: MemberState | undefined;
  readonly after: Pick<MemberRow, 'dnsName' | 'serverId'> | undefined;
  readonly limit: number;
}

const MEMBER_FIELDS = `m.server_id as "serverId", s.dns_name as "dnsName", m.state, m.wave, m.release_week as "releaseWeek",
  m.window_start as "windowStart", m.window_end as "windowEnd", m.told_at as "toldAt", m.verified_at as "verifiedAt",
  m.failed_at as "failedAt", m.due_at as "dueAt"`;

/** Members of a campaign, by name. */
export async function pageOfMembers(db: Db, query: MemberQuery): Promise<MemberRow[]> {
  const { campaignId, wave, state, after, limit } = query;
  const { rows } = await db.query<MemberRow>(
    `select ${MEMBER_FIELDS} from campaign_server m join server s using (server_id)
     where m.campaign_id = $1 and ($2::text is null or m.state = $2) and (not $3 or m.wave is not distinct from $4)
       and ($5::text is null or (s.dns_name, s.server_id) > ($5, $6::uuid))
     order by s.dns_name, s.server_id limit $7`,
    [campaignId, state, wave !== undefined, wave, after?.dnsName, after?.serverId, limit],
  );
  return rows;
}

/** One member of a campaign, locked. */
export async function lockMember(db: Db, campaignId: string, serverId: string): Promise<MemberRow | undefined> {
  const { rows } = await db.query<MemberRow>(
    `select ${MEMBER_FIELDS} from campaign_server m join server s using (server_id)
     where m.campaign_id = $1 and m.server_id = $2 for update of m`,
    [campaignId, serverId],
  );
  return rows[0];
}

/** A turn that is given: for one window. */
export interface ToldMember {
  readonly serverId: string;
  readonly windowStart: Temporal.Instant;
  readonly windowEnd: Temporal.Instant;
  /** Until when its offer can be served. */
  readonly until: Temporal.Instant;
}

/** Tells members to start: each holds a seat from now on. */
export async function tellMembers(
  db: Db,
  campaignId: string,
  told: readonly ToldMember[],
  at: Temporal.Instant,
): Promise<void> {
  if (told.length === 0) return;
  const rows = told.map(({ serverId, windowStart, windowEnd, until }) => ({
    serverId,
    windowStart: sqlInstant(windowStart),
    windowEnd: sqlInstant(windowEnd),
    until: sqlInstant(until),
  }));
  await db.query({
    name: 'tell-members',
    text: `update campaign_server m set state = 'told', told_at = $2, told_until = n.until, window_start = n.window_start,
             window_end = n.window_end, due_at = null, held_code = null, held_text = null, held_subject = null, looked_at = null, lost = 0
           from unnest($3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[])
             as n (server_id, window_start, window_end, until)
           where m.campaign_id = $1 and m.server_id = n.server_id and m.state = 'waiting'`,
    values: [campaignId, sqlInstant(at), ...columns(rows, ['serverId', 'windowStart', 'windowEnd', 'until'])],
  });
}

/** Why a member that waits got no turn, and when it is asked again. */
export interface HeldMember {
  readonly serverId: string;
  readonly code: string;
  readonly text: string;
  readonly subject?: string;
  /** Absent: the next time. */
  readonly dueAt?: Temporal.Instant;
  /** Its next window is another one than before: if others of its groups took that from it, it has lost one. */
  readonly isLater?: boolean;
}

/** Notes why members wait; rows that say so already are left alone. */
export async function holdMembers(db: Db, campaignId: string, held: readonly HeldMember[]): Promise<void> {
  if (held.length === 0) return;
  const rows = held.map(({ subject = null, isLater = false, dueAt, ...row }) => ({
    ...{ ...row, subject, isLater },
    dueAt: sqlInstantOrNull(dueAt),
  }));
  await db.query({
    name: 'hold-members',
    text: `update campaign_server m set held_code = n.code, held_text = n.text, held_subject = n.subject,
             due_at = coalesce(n.due_at, m.due_at),
             lost = case when n.later then m.lost + (m.held_code is not null and m.held_code in ('order.group', 'order.own-night'))::int
               when n.due_at is not null then 0 else m.lost end
           from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[])
             as n (server_id, code, text, subject, due_at, later)
           where m.campaign_id = $1 and m.server_id = n.server_id and m.state = 'waiting'
             and (m.held_code, m.held_text, m.held_subject, m.due_at)
               is distinct from (n.code, n.text, n.subject, coalesce(n.due_at, m.due_at))`,
    values: [campaignId, ...columns(rows, ['serverId', 'code', 'text', 'subject', 'dueAt', 'isLater'])],
  });
}

/** Notes of all members of a wave that are due that no seat is free; those held by anything of their own keep that reason. */
export async function holdForSeats(
  db: Db,
  campaignId: string,
  wave: number,
  text: string,
  at: Temporal.Instant,
): Promise<void> {
  await db.query(
    `update campaign_server set held_code = 'wave.seats', held_text = $3, held_subject = null
     where campaign_id = $1 and wave = $2 and state = 'waiting' and due_at <= $4 and held_code is null`,
    [campaignId, wave, text, sqlInstant(at)],
  );
}

/** Frees a member's seat: it waits for another turn. False when it holds none. */
export async function releaseMember(db: Db, campaignId: string, serverId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update campaign_server set state = 'waiting', due_at = null, told_until = null, failed_at = null
     where campaign_id = $1 and server_id = $2 and state in ('told', 'failed')`,
    [campaignId, serverId],
  );
  return rowCount === 1;
}
