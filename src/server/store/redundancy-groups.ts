import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** A group of servers of which only so many may be down at a time. */
export interface RedundancyGroupRow {
  readonly name: string;
  /** One, unless somebody said otherwise. */
  readonly atOnce: number;
  readonly members: number;
}

/** The groups of a customer that have members or a limit of their own, by name. */
export async function listRedundancyGroups(
  db: Db,
  customerId: string,
  after: string | undefined,
  limit: number,
): Promise<RedundancyGroupRow[]> {
  const { rows } = await db.query<RedundancyGroupRow>(
    `with members as (
       select g.name, count(*) as members from machine m, unnest(m.groups) as g (name) where m.customer_id = $1 group by g.name)
     select name, coalesce(at_once, 1) as "atOnce", coalesce(members, 0) as members
     from members full join (select name, at_once from redundancy_group where customer_id = $1) l using (name)
     where $2::text is null or name > $2 order by name limit $3`,
    [customerId, after, limit],
  );
  return rows;
}

/** Says how many of a group may be down at a time. */
export async function setRedundancyGroup(
  db: Db,
  group: { readonly customerId: string; readonly name: string; readonly atOnce: number },
  at: Temporal.Instant,
): Promise<void> {
  await db.query(
    `insert into redundancy_group (customer_id, name, at_once, changed_at) values ($1, $2, $3, $4)
     on conflict (customer_id, name) do update set at_once = excluded.at_once, changed_at = excluded.changed_at`,
    [group.customerId, group.name, group.atOnce, sqlInstant(at)],
  );
}
