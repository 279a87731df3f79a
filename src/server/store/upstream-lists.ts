import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import { columns } from './parameter.ts';
import type { Db } from './pool.ts';

/** The two kinds of GetRevisionIdList: with GetConfig, and with a filter. */
export type ListKind = 'categories' | 'updates';
export type FilterKind = 'category' | 'classification' | 'language';

/** One entry of the filter that updates are listed by. */
export interface FilterEntry {
  readonly kind: FilterKind;
  readonly id: string;
  /** By the anchor: only changes are of interest. */
  readonly covered: boolean;
}

/** The anchor until which all that was listed is in; undefined at first. */
export async function findAnchor(db: Db, upstreamId: number, kind: ListKind): Promise<string | undefined> {
  const { rows } = await db.query<{ anchor: string | null }>(
    'select anchor from upstream_list where upstream_id = $1 and kind = $2',
    [upstreamId, kind],
  );
  return rows[0]?.anchor ?? undefined;
}

/** Notes that a list was received whose revisions are to be fetched now. */
export async function openList(db: Db, upstreamId: number, kind: ListKind, anchor: string): Promise<void> {
  await db.query(
    `insert into upstream_list (upstream_id, kind, open_anchor) values ($1, $2, $3)
     on conflict (upstream_id, kind) do update set open_anchor = excluded.open_anchor`,
    [upstreamId, kind, anchor],
  );
}

/** All of the open lists is in: from here on only what changes after them is asked for. */
export async function closeLists(db: Db, upstreamId: number): Promise<void> {
  await db.query(
    `with closed as (
       update upstream_list set anchor = open_anchor, open_anchor = null
       where upstream_id = $1 and open_anchor is not null returning kind
     )
     update upstream_filter set covered = covered or open, open = false
     where upstream_id = $1 and open and exists (select from closed where kind = 'updates')`,
    [upstreamId],
  );
}

/** Forgets what was listed and what is pending: everything will be listed again. What is in the catalogue is not fetched twice. */
export async function forgetLists(db: Db, upstreamId: number): Promise<void> {
  await db.query(
    `with list as (delete from upstream_list where upstream_id = $1),
          filter as (delete from upstream_filter where upstream_id = $1)
     delete from upstream_pending where upstream_id = $1`,
    [upstreamId],
  );
}

/** Makes the filter these entries; those that it had before stay covered. Returns all of them. */
export async function setFilter(
  db: Db,
  upstreamId: number,
  entries: readonly Pick<FilterEntry, 'kind' | 'id'>[],
): Promise<FilterEntry[]> {
  const given = columns(entries, ['kind', 'id']);
  await db.query(
    `delete from upstream_filter where upstream_id = $1
     and (kind, id) not in (select * from unnest($2::text[], $3::text[]))`,
    [upstreamId, ...given],
  );
  await db.query(
    `insert into upstream_filter (upstream_id, kind, id) select $1, * from unnest($2::text[], $3::text[])
     on conflict do nothing`,
    [upstreamId, ...given],
  );
  const { rows } = await db.query<FilterEntry>(
    'select kind, id, covered from upstream_filter where upstream_id = $1 order by kind, id',
    [upstreamId],
  );
  return rows;
}

/** The list that is being received was asked for with the whole filter. */
export async function openFilter(db: Db, upstreamId: number): Promise<void> {
  await db.query('update upstream_filter set open = true where upstream_id = $1', [upstreamId]);
}

/** Notes categories and detectoids that the upstream listed. */
export async function addListedCategories(db: Db, upstreamId: number, updateIds: readonly string[]): Promise<void> {
  await db.query(
    `insert into upstream_category (upstream_id, update_id) select distinct $1::int, u from unnest($2::uuid[]) u
     on conflict do nothing`,
    [upstreamId, updateIds],
  );
}

export async function listListedCategories(db: Db, upstreamId: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select update_id as id from upstream_category where upstream_id = $1',
    [upstreamId],
  );
  return rows.map(({ id }) => id);
}

/**
 * Notes which of these revisions are to be fetched, in their order: those that the catalogue does not have, and those that name a file
 * of which nobody knows where Microsoft has it. Returns how many there are.
 */
export async function addPending(db: Db, upstreamId: number, listed: readonly UpdateIdentity[]): Promise<number> {
  const { rowCount } = await db.query(
    `insert into upstream_pending (upstream_id, update_id, revision_number)
     select $1, w.update_id, w.revision_number
     from unnest($2::uuid[], $3::int[]) with ordinality as w (update_id, revision_number, place)
     where not exists (
       select from revision r where r.update_id = w.update_id and r.revision_number = w.revision_number
       and not exists (
         select from jsonb_array_elements(r.metadata->'files') f join payload p on p.sha1 = decode(f->>'sha1', 'hex')
         where p.mu_url is null and p.held_at is null
       )
     )
     order by w.place on conflict do nothing`,
    [upstreamId, ...columns(listed, ['updateId', 'revisionNumber'])],
  );
  return rowCount ?? 0;
}

export interface PendingRevision extends UpdateIdentity {
  /** Grows from one to the next. */
  readonly place: number;
}

/** The next revisions to fetch after a place, in the order in which they were listed. */
export async function listPending(
  db: Db,
  upstreamId: number,
  after: number,
  limit: number,
): Promise<PendingRevision[]> {
  const { rows } = await db.query<PendingRevision>({
    name: 'list-pending',
    text: `select update_id as "updateId", revision_number as "revisionNumber", place from upstream_pending
           where upstream_id = $1 and place > $2 order by place limit $3`,
    values: [upstreamId, after, limit],
  });
  return rows;
}

export async function countPending(db: Db, upstreamId: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>('select count(*) from upstream_pending where upstream_id = $1', [
    upstreamId,
  ]);
  return rows[0]?.count ?? 0;
}

/** Of these revisions those that the catalogue has. */
export async function findKnown(db: Db, wanted: readonly UpdateIdentity[]): Promise<UpdateIdentity[]> {
  const { rows } = await db.query<UpdateIdentity>({
    name: 'find-known',
    text: `select update_id as "updateId", revision_number as "revisionNumber" from revision
           join unnest($1::uuid[], $2::int[]) as w (update_id, revision_number) using (update_id, revision_number)`,
    values: columns(wanted, ['updateId', 'revisionNumber']),
  });
  return rows;
}

/** These revisions are dealt with. */
export async function removePending(db: Db, upstreamId: number, done: readonly UpdateIdentity[]): Promise<void> {
  await db.query({
    name: 'remove-pending',
    text: `delete from upstream_pending p using unnest($2::uuid[], $3::int[]) as d (update_id, revision_number)
           where p.upstream_id = $1 and p.update_id = d.update_id and p.revision_number = d.revision_number`,
    values: [upstreamId, ...columns(done, ['updateId', 'revisionNumber'])],
  });
}
