import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { MemberState } from '#domain/rollout/campaign.ts';
import { UNDER_WAY } from '#server/store/campaigns/campaigns.ts';
import { ASSIGNED, selected } from '#server/store/fleet-views.ts';
import { sqlInstant } from '#server/store/parameter.ts';
import type { Db } from '#server/store/pool.ts';
import type { AssignedServer } from '#server/store/servers.ts';

/** A server that stands in a group or in the dependencies of others, with what it may be doing. */
export interface NeighbourRow extends AssignedServer {
  readonly name: string;
  readonly groups: readonly string[];
  /** It holds a seat in a campaign that is under way, or a restart of it is pending. */
  readonly holds: boolean;
  /** Updates that it was told to install and has not said that it did. */
  readonly outstanding: readonly UpdateId[];
  /** Beginnings of the windows for which it was told, of the recent ones and those to come. */
  readonly windows: readonly string[];
  /** Its place in the campaign that asks; null: none. */
  readonly wave: number | null;
  readonly releaseWeek: number | null;
  readonly state: MemberState | null;
  /** Windows that it lost to others of its groups; null: no member. */
  readonly lost: number | null;
  /** When its next turn can be given. */
  readonly dueAt: Temporal.Instant | null;
}

/** A window that began longer ago than this has no night in common with one to come. */
const RECENT_NIGHTS = { hours: 48 };

/** The enrolled servers of a customer that are in one of some groups, or have one of some names. */
export async function listNeighbours(
  db: Db,
  { campaignId, customerId }: { readonly campaignId: string; readonly customerId: string },
  groups: readonly string[],
  names: readonly string[],
  at: Temporal.Instant,
): Promise<NeighbourRow[]> {
  if (groups.length === 0 && names.length === 0) return [];
  const { rows } = await db.query<NeighbourRow>({
    name: 'list-neighbours',
    text: `with p as (
             select server_id, name, groups from machine where customer_id = $2 and server_id is not null and groups && $3::text[]
             union select server_id, name, groups from machine
             where customer_id = $2 and server_id is not null and name = any($4::text[]))
           select ${selected(ASSIGNED)}, p.name, p.groups, m.wave, m.release_week as "releaseWeek", m.state,
             m.lost, m.due_at as "dueAt",
             s.pending_restart or coalesce(h.holds, false) as holds, coalesce(h.windows, '{}') as windows,
             array(select o.update_id from offer o left join server_status t using (server_id)
               where o.server_id = s.server_id and o.withdrawn_at is null
                 and not coalesce(o.update_id = any(t.installed), false)) as outstanding
           from p join server s using (server_id)
           left join campaign_server m on m.campaign_id = $1 and m.server_id = s.server_id
           left join lateral (
             select bool_or(o.state in ('told', 'failed')) as holds,
               array_agg(o.window_start::text) filter (where o.window_start > $5) as windows
             from campaign_server o join campaign c using (campaign_id)
             where o.server_id = s.server_id and c.state in ${UNDER_WAY}) h on true
           order by p.name`,
    values: [campaignId, customerId, groups, names, sqlInstant(at.subtract(RECENT_NIGHTS))],
  });
  return rows;
}

/** How many of each group may be down at a time, of those groups that have a limit of their own. */
export async function listGroupLimits(
  db: Db,
  customerId: string,
  groups: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await db.query<{ name: string; atOnce: number }>(
    `select name, at_once as "atOnce" from redundancy_group where customer_id = $1 and name = any($2::text[])`,
    [customerId, groups],
  );
  return new Map(rows.map(({ name, atOnce }) => [name, atOnce]));
}

/** What the inventory says of the order of a customer's servers; empty when nothing depends on anything. */
export async function listDependencies(
  db: Db,
  customerId: string,
): Promise<{ readonly name: string; readonly needs?: readonly string[]; readonly restartAfter?: readonly string[] }[]> {
  const { rows } = await db.query<{ name: string; needs: string[] | null; restartAfter: string[] | null }>(
    `select name, profile -> 'needs' as needs, profile -> 'restartAfter' as "restartAfter" from machine
     where customer_id = $1 and exists (
       select from machine d where d.customer_id = $1 and d.profile ?| array['needs', 'restartAfter'])
     order by name`,
    [customerId],
  );
  return rows.map(({ name, needs, restartAfter }) => ({
    name,
    ...(needs ? { needs } : {}),
    ...(restartAfter ? { restartAfter } : {}),
  }));
}
