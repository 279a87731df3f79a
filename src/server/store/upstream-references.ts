import type { Db } from './pool.ts';

/**
 * Notes the parts of bundles that the catalogue lacks, whoever brought the bundle, unless this upstream failed to deliver them before.
 * Returns how many there are.
 */
export async function addMissingParts(db: Db, upstreamId: number): Promise<number> {
  const { rowCount } = await db.query(
    `insert into upstream_pending (upstream_id, update_id, revision_number)
     select distinct $1::int, (part->>'updateId')::uuid as update_id, (part->>'revisionNumber')::int as revision_number
     from revision, jsonb_array_elements(metadata->'bundles') clause, jsonb_array_elements(clause) part
     where not exists (select from revision r where r.update_id = (part->>'updateId')::uuid
                       and r.revision_number = (part->>'revisionNumber')::int)
       and not exists (select from upstream_refused q where q.upstream_id = $1
                       and q.update_id = (part->>'updateId')::uuid
                       and q.revision_number = (part->>'revisionNumber')::int)
     order by update_id, revision_number on conflict do nothing`,
    [upstreamId],
  );
  return rowCount ?? 0;
}

/** The highest revision id; 0 in an empty catalogue. */
export async function newestRevision(db: Db): Promise<number> {
  const { rows } = await db.query<{ id: number | null }>('select max(revision_id) as id from revision');
  return rows[0]?.id ?? 0;
}

/** How many revisions with a higher id than `after` have a prerequisite clause of which the catalogue has no update. */
export async function countWithoutPrerequisite(db: Db, after: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(distinct r.revision_id) from revision r, jsonb_array_elements(r.metadata->'prerequisites') clause
     where r.revision_id > $1 and not exists (
       select from jsonb_array_elements_text(clause->'anyOf') id join revision k on k.update_id = id::uuid
     )`,
    [after],
  );
  return rows[0]?.count ?? 0;
}
