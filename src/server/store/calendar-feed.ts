import { ASSIGNED, selected } from './fleet-views.ts';
import type { Db } from './pool.ts';
import type { AssignedServer } from './servers.ts';

/** Gives the calendar of a customer another address, by the SHA-256 of its token. */
export async function replaceCalendarToken(db: Db, customerId: string, sha256: Uint8Array): Promise<void> {
  await db.query('update customer set calendar_token_sha256 = $2 where customer_id = $1', [customerId, sha256]);
}

/** The customer whose calendar an address is. */
export async function findCustomerOfCalendar(db: Db, sha256: Uint8Array): Promise<string | undefined> {
  const { rows } = await db.query<{ customerId: string }>({
    name: 'find-customer-of-calendar',
    text: 'select customer_id as "customerId" from customer where calendar_token_sha256 = $1',
    values: [sha256],
  });
  return rows[0]?.customerId;
}

/** Servers that the same plans and calendars reach, as one of them. */
export type ServerGroup = AssignedServer & { readonly servers: number };

/** The servers of a customer, those that are assigned alike as one; those that are named stay by themselves. */
export async function listServerGroups(
  db: Db,
  customerId: string,
  single: readonly string[],
): Promise<readonly ServerGroup[]> {
  const { serverId: _id, osBuild: _build, productType: _type, ...assigned } = ASSIGNED;
  const { rows } = await db.query<ServerGroup>(
    `select (array_agg(s.server_id))[1] as "serverId", null as "osBuild", null as "productType", count(*) as servers,
       ${selected(assigned)}
     from server s where s.customer_id = $1
     group by ${Object.values(assigned).join(', ')}, case when s.server_id = any($2::uuid[]) then s.server_id end
     order by servers desc limit 1000`,
    [customerId, single],
  );
  return rows;
}
