import type { Db } from './pool.ts';

/** Whose chains there are: customers' ids, and the nil id for the service itself. A chain without its head counts too. */
export async function listRecordChains(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select customer_id as id from record_head union select customer_id from record order by id',
  );
  return rows.map(({ id }) => id);
}
