import type { Inventory } from '#domain/fleet/inventory.ts';
import { ASSIGNED, selected } from './fleet-views.ts';
import type { Db } from './pool.ts';
import type { AssignedServer } from './servers.ts';

/** What a rollout plan places a server by. */
export interface PlacedServerRow extends AssignedServer {
  readonly dnsName: string;
  /** Null: nothing is known. */
  readonly inventory: Inventory | null;
}

const COLUMNS = selected({ ...ASSIGNED, dnsName: 's.dns_name', inventory: 'm.profile' });

/** A customer's servers in the order of their names, at most `limit`, after the last one of the page before. */
export async function listServersToPlace(
  db: Db,
  customerId: string,
  after: Pick<PlacedServerRow, 'dnsName' | 'serverId'> | undefined,
  limit: number,
): Promise<PlacedServerRow[]> {
  const { rows } = await db.query<PlacedServerRow>(
    `select ${COLUMNS} from server s left join machine m using (server_id)
     where s.customer_id = $1 and ($2::text is null or (s.dns_name, s.server_id) > ($2, $3::uuid))
     order by s.dns_name, s.server_id limit $4`,
    [customerId, after?.dnsName ?? null, after?.serverId ?? null, limit],
  );
  return rows;
}

/** One server. */
export async function findServerToPlace(db: Db, serverId: string): Promise<PlacedServerRow | undefined> {
  const { rows } = await db.query<PlacedServerRow>(
    `select ${COLUMNS} from server s left join machine m using (server_id) where s.server_id = $1`,
    [serverId],
  );
  return rows[0];
}
