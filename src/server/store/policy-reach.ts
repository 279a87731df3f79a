import type { ServerClass } from '#domain/approval/effect.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Db } from './pool.ts';

interface ClassRow {
  readonly customerId: string;
  readonly serverId: string | null;
  readonly osBuild: number | null;
  readonly productType: number | null;
  /** One bit an update that was asked about, in its order. */
  readonly needed: string | null;
  readonly held: string | null;
  readonly servers: number;
}

/**
 * The managed servers that have a plan and need, or were told to install, any of these updates, as classes. Servers in `alone` are classes
 * of their own.
 */
export async function listServerClasses(
  db: Db,
  updateIds: readonly UpdateId[],
  alone: readonly string[],
): Promise<ServerClass[]> {
  const { rows } = await db.query<ClassRow>(
    `with asked as materialized (
       select id, set_bit(repeat('0', cardinality($1::uuid[]))::varbit, place::int - 1, 1)::varbit as bit
       from unnest($1::uuid[]) with ordinality as a (id, place)
     ), needs as (
       select u.server_id, bit_or(bit) as bits from asked join server_update u on u.update_id = asked.id
       where u.state in ('needed', 'downloaded', 'failed') group by u.server_id
     ), holds as (
       select o.server_id, bit_or(bit) as bits
       from asked join offer o on o.update_id = asked.id and o.withdrawn_at is null
       left join server_update u on u.server_id = o.server_id and u.update_id = o.update_id
       left join server_status t on t.server_id = o.server_id
       where not coalesce(u.state in ('installed', 'pending-restart'), o.update_id = any(t.installed), false)
       group by o.server_id
     )
     select s.customer_id as "customerId", case when s.server_id = any($2::uuid[]) then s.server_id end as "serverId",
       s.os_build as "osBuild", s.product_type as "productType", needs.bits::text as needed, holds.bits::text as held,
       count(*) as servers
     from server s join customer c using (customer_id) left join needs using (server_id) left join holds using (server_id)
     where c.mode = 'managed' and s.mode is distinct from 'observe' and coalesce(s.plan, c.plan) is not null
       and (needs.bits is not null or holds.bits is not null)
     group by 1, 2, 3, 4, needs.bits, holds.bits`,
    [updateIds, alone],
  );
  const marked = (bits: string | null) => updateIds.filter((_, place) => bits?.[place] === '1');
  return rows.map(({ customerId, serverId, osBuild, productType, needed, held, servers }) => ({
    customerId,
    ...(serverId === null ? {} : { serverId }),
    target: {
      ...(osBuild === null ? {} : { osBuild }),
      ...(productType === null ? {} : { productType }),
    },
    needed: marked(needed),
    held: marked(held),
    servers,
  }));
}
