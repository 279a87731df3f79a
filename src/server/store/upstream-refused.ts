import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import { columns, sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** A revision that an upstream listed and that could not be taken. */
export interface RefusedRevision extends UpdateIdentity {
  readonly code: string;
  readonly message: string;
}

export interface RefusedRow extends RefusedRevision {
  readonly at: Temporal.Instant;
}

/** Puts revisions into quarantine, or renews why they are there. */
export async function addRefused(
  db: Db,
  upstreamId: number,
  refused: readonly RefusedRevision[],
  at: Temporal.Instant,
): Promise<void> {
  await db.query(
    `insert into upstream_refused (upstream_id, update_id, revision_number, code, message, at)
     select $1, f.*, $2 from unnest($3::uuid[], $4::int[], $5::text[], $6::text[]) f
     on conflict (upstream_id, update_id, revision_number)
     do update set code = excluded.code, message = excluded.message, at = excluded.at`,
    [upstreamId, sqlInstant(at), ...columns(refused, ['updateId', 'revisionNumber', 'code', 'message'])],
  );
}

/** These revisions came after all. */
export async function removeRefused(db: Db, upstreamId: number, taken: readonly UpdateIdentity[]): Promise<void> {
  await db.query({
    name: 'remove-refused',
    text: `delete from upstream_refused q using unnest($2::uuid[], $3::int[]) as d (update_id, revision_number)
           where q.upstream_id = $1 and q.update_id = d.update_id and q.revision_number = d.revision_number`,
    values: [upstreamId, ...columns(taken, ['updateId', 'revisionNumber'])],
  });
}

/** What is in quarantine after an identity, by update id and revision number, at most `limit`. */
export async function listRefused(
  db: Db,
  upstreamId: number,
  after: UpdateIdentity,
  limit: number,
): Promise<RefusedRow[]> {
  const { rows } = await db.query<RefusedRow>(
    `select update_id as "updateId", revision_number as "revisionNumber", code, message, at from upstream_refused
     where upstream_id = $1 and (update_id, revision_number) > ($2::uuid, $3::int)
     order by update_id, revision_number limit $4`,
    [upstreamId, after.updateId, after.revisionNumber, limit],
  );
  return rows;
}

export async function countRefused(db: Db, upstreamId: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>('select count(*) from upstream_refused where upstream_id = $1', [
    upstreamId,
  ]);
  return rows[0]?.count ?? 0;
}
