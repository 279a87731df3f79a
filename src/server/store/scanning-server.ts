import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Db } from './pool.ts';
import type { AssignedServer } from './servers.ts';

/** What a scan must know of its server, in one statement. */
export interface ScanningServer extends AssignedServer {
  readonly isRegistered: boolean;
  /** What the latest status report called installed; empty before the first. */
  readonly installed: readonly UpdateId[];
  /** What failed, as it last said. */
  readonly failed: readonly UpdateId[];
}

export async function findScanningServer(db: Db, serverId: string): Promise<ScanningServer | undefined> {
  const { rows } = await db.query<ScanningServer>({
    name: 'find-scanning-server',
    text: `select s.server_id as "serverId", s.customer_id as "customerId", zone, plan, mode, os_build as "osBuild",
             product_type as "productType", registration is not null as "isRegistered",
             coalesce(t.installed, '{}') as installed,
             array(select update_id from server_update u where u.server_id = s.server_id and state = 'failed') as failed
           from server s left join server_status t using (server_id) where s.server_id = $1`,
    values: [serverId],
  });
  return rows[0];
}
