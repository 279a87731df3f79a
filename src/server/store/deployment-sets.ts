import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** Keeps what a cookie's version stands for, and notes that it is in use. */
export async function saveDeploymentSet(
  db: Db,
  version: string,
  content: Uint8Array,
  at: Temporal.Instant,
): Promise<void> {
  await db.query({
    name: 'save-deployment-set',
    text: `insert into deployment_set as s (version, content, last_used) values ($1, $2, $3)
           on conflict (version) do update set last_used = greatest(s.last_used, excluded.last_used)`,
    values: [version, content, sqlInstant(at)],
  });
}

export async function findDeploymentSet(db: Db, version: string): Promise<Buffer | undefined> {
  const { rows } = await db.query<{ content: Buffer }>({
    name: 'find-deployment-set',
    text: 'select content from deployment_set where version = $1',
    values: [version],
  });
  return rows[0]?.content;
}

/** Forgets sets that nobody was told since `before`, at most `limit`; returns how many. Their holders are told everything once more. */
export async function pruneDeploymentSets(db: Db, before: Temporal.Instant, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from deployment_set where version in (
       select version from deployment_set where last_used < $1 order by last_used limit $2 for update skip locked)`,
    [sqlInstant(before), limit],
  );
  return rowCount ?? 0;
}
