import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { UpdateState } from '#domain/status/event-state.ts';
import type { Db } from './pool.ts';

/** What the agent of a server last said, counted; `unsettled` is all that is not installed. */
export interface ServerStanding {
  readonly serverId: string;
  readonly hasStatus: boolean;
  readonly pendingRestart: boolean;
  /** Updates that the status report or a later event called installed. */
  readonly installed: number;
  readonly unsettled: readonly { readonly updateId: UpdateId; readonly state: Exclude<UpdateState, 'installed'> }[];
}

/** How these servers stand; in no certain order. */
export async function listStandings(db: Db, serverIds: readonly string[]): Promise<ServerStanding[]> {
  const { rows } = await db.query<ServerStanding>({
    name: 'list-standings',
    text: `select s.server_id as "serverId", t.at is not null as "hasStatus", s.pending_restart as "pendingRestart",
             coalesce(cardinality(t.installed), 0) + coalesce(u.installed, 0) as installed,
             coalesce(u.unsettled, '[]') as unsettled
           from server s left join server_status t using (server_id) left join lateral (
             select count(*) filter (where state = 'installed' and u.update_id <> all(coalesce(t.installed, '{}'))) as installed,
               jsonb_agg(jsonb_build_object('updateId', update_id, 'state', state) order by update_id)
                 filter (where state <> 'installed') as unsettled
             from server_update u where u.server_id = s.server_id) u on true
           where s.server_id = any($1::uuid[])`,
    values: [serverIds],
  });
  return rows;
}

/** Ids of the servers that claim a DNS name, in any letter case; several are a conflict to show. */
export async function findServerIdsByDnsName(db: Db, dnsName: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select server_id as id from server where lower(dns_name) = lower($1) order by server_id limit 20',
    [dnsName],
  );
  return rows.map(({ id }) => id);
}

/** How many servers each customer has; customers without any are absent. */
export async function countServersByCustomer(db: Db): Promise<Map<string, number>> {
  const { rows } = await db.query<{ id: string; servers: number }>(
    'select customer_id as id, count(*) as servers from server where customer_id is not null group by customer_id',
  );
  return new Map(rows.map(({ id, servers }) => [id, servers]));
}

/** The kinds of machine that there are in the fleet. */
export async function listTargets(
  db: Db,
): Promise<{ readonly osBuild: number; readonly productType: number | null }[]> {
  const { rows } = await db.query<{ osBuild: number; productType: number | null }>(
    `select distinct os_build as "osBuild", product_type as "productType" from server where os_build is not null
     order by os_build, product_type`,
  );
  return rows;
}
