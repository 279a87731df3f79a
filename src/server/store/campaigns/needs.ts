import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Target } from '#domain/fleet/server.ts';
import { sqlInstant } from '#server/store/parameter.ts';
import type { Db } from '#server/store/pool.ts';

/** Of a server `s` and its customer `c`: it is patched. */
const PATCHED = `coalesce(s.mode, 'managed') = 'managed' and c.mode = 'managed' and coalesce(s.plan, c.plan) is not null`;

/** Customers without waves whose servers still go in an order: they have groups or dependencies. */
export async function listOrderedCustomers(db: Db): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    `select customer_id as id from customer c where exists (select from machine m where m.customer_id = c.customer_id
       and (m.groups <> '{}' or m.profile ?| array['needs', 'restartAfter']))`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** Grows with every change that may move a server to another wave, or change the order of servers. */
export async function inventoryVersions(db: Db): Promise<{ readonly inventory: number; readonly facts: number }> {
  const { rows } = await db.query<{ inventory: number; facts: number }>(
    'select inventory_version as inventory, facts_version as facts from service',
  );
  return rows[0] ?? { inventory: 0, facts: 0 };
}

/** The kinds of machines that a customer has. */
export async function listTargets(db: Db, customerId: string): Promise<Target[]> {
  const { rows } = await db.query<{ osBuild: number | null; productType: number | null }>(
    `select distinct os_build as "osBuild", product_type as "productType" from server where customer_id = $1`,
    [customerId],
  );
  return rows.map(({ osBuild, productType }) => ({
    ...(osBuild === null ? {} : { osBuild }),
    ...(productType === null ? {} : { productType }),
  }));
}

/** Which of these servers belong to a customer. */
export async function listOwnServers(db: Db, customerId: string, serverIds: readonly string[]): Promise<string[]> {
  if (serverIds.length === 0) return [];
  const { rows } = await db.query<{ id: string }>(
    'select server_id as id from server where customer_id = $1 and server_id = any($2::uuid[])',
    [customerId, serverIds],
  );
  return rows.map(({ id }) => id);
}

/** Which of these updates some patched server of a customer needs. */
export async function listNeeded(db: Db, customerId: string, updateIds: readonly UpdateId[]): Promise<UpdateId[]> {
  const { rows } = await db.query<{ id: UpdateId }>({
    name: 'list-needed',
    text: `select id from unnest($2::uuid[]) as id where exists (
             select from server_update u join server s using (server_id) join customer c on c.customer_id = s.customer_id
             where u.update_id = id and u.customer_id = $1 and u.state in ('needed', 'downloaded', 'pending-restart', 'failed')
               and s.customer_id = $1 and ${PATCHED})`,
    values: [customerId, updateIds],
  });
  return rows.map(({ id }) => id);
}

/** Whether an agent of a customer reported since an instant. */
export async function hasReportedSince(db: Db, customerId: string, since: Temporal.Instant): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(
    'select exists (select from server where customer_id = $1 and last_status >= $2) as found',
    [customerId, sqlInstant(since)],
  );
  return rows[0]?.found === true;
}
