import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Inventory } from '#domain/fleet/inventory.ts';
import type { Visits } from '#domain/fleet/visit.ts';
import { LOOP } from '#domain/status/install-loop.ts';
import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';
import type { AssignedServer } from './servers.ts';

/** What a scan must know of its server, in one statement. */
export interface ScanningServer extends AssignedServer, Visits, InventoryColumns {
  readonly isRegistered: boolean;
  /** What the latest status report called installed; empty before the first. */
  readonly installed: readonly UpdateId[];
  /** What failed, as it last said. */
  readonly failed: readonly UpdateId[];
  /** What was reported as installed again and again. */
  readonly looping: readonly UpdateId[];
}

/** What the inventory says of a server. */
export interface InventoryColumns {
  /** Null: nothing is known. */
  readonly inventory: Inventory | null;
  /** Its customer has servers that go in order, even without waves. */
  readonly ordered: boolean;
}

/** Of a server `s`: the columns of `InventoryColumns`. */
const INVENTORY = `(select profile from machine m where m.server_id = s.server_id) as inventory,
  exists (select from machine m where m.customer_id = s.customer_id
    and (m.groups <> '{}' or m.profile ?| '{needs,restartAfter}')) as ordered`;

/** The inventory's columns of these servers. */
export async function listInventoryColumns(
  db: Db,
  serverIds: readonly string[],
): Promise<Map<string, InventoryColumns>> {
  const { rows } = await db.query<InventoryColumns & { readonly serverId: string }>({
    name: 'list-inventory-columns',
    text: `select s.server_id as "serverId", ${INVENTORY} from server s where s.server_id = any($1::uuid[])`,
    values: [serverIds],
  });
  return new Map(rows.map(({ serverId, ...row }) => [serverId, row]));
}

export async function findScanningServer(
  db: Db,
  serverId: string,
  at: Temporal.Instant,
): Promise<ScanningServer | undefined> {
  const { rows } = await db.query<ScanningServer>({
    name: 'find-scanning-server',
    text: `select s.server_id as "serverId", s.customer_id as "customerId", zone, plan, mode, region,
             target_group as "targetGroup", os_build as "osBuild", product_type as "productType",
             kind_plans as "kindPlans", own_hours as "ownHours", last_sync as "lastSync", visit_before as "visitBefore", registration is not null as "isRegistered",
             coalesce(t.installed, '{}') as installed,
             array(select update_id from server_update u where u.server_id = s.server_id and state = 'failed') as failed,
             array(${LOOPING}) as looping, ${INVENTORY}
           from server s left join server_status t using (server_id) where s.server_id = $1`,
    values: [serverId, sqlInstant(at.subtract(LOOP.within)), LOOP.eventIds, LOOP.times],
  });
  return rows[0];
}

/** Updates of a server ($1) whose installation was reported as done ($3) so often ($4) since an instant ($2). */
const LOOPING = `select e.update_id from event e
  where e.server_id = $1 and e.received_at > $2 and e.event_id = any($3::int[]) and e.hresult >= 0 and e.update_id is not null
  group by e.update_id having count(*) >= $4`;

/** The same for one server alone. */
export async function listLooping(db: Db, serverId: string, at: Temporal.Instant): Promise<UpdateId[]> {
  const { rows } = await db.query<{ id: UpdateId }>(`select update_id as id from (${LOOPING}) as looping`, [
    serverId,
    sqlInstant(at.subtract(LOOP.within)),
    LOOP.eventIds,
    LOOP.times,
  ]);
  return rows.map(({ id }) => id);
}
