import type pg from 'pg';
import type { Revision, UpdateIdentity } from '#domain/catalogue/revision.ts';
import type { Fragment } from './fragments.ts';
import { columns, sqlInstant } from './parameter.ts';
import { addPayloads, type PayloadFile } from './payloads.ts';
import { type Db, inTransaction } from './pool.ts';
import { readMetadata, writeMetadata } from './revision-metadata.ts';

/** A revision as an import brings it. */
export interface ImportedRevision {
  readonly revision: Omit<Revision, 'revisionId'>;
  /** SHA-256 of the document. */
  readonly documentSha256: Uint8Array;
  /** The whole document, compressed with zstd. */
  readonly document: Uint8Array;
  /** The file or upstream that it came from. */
  readonly source: string;
  readonly at: Temporal.Instant;
  readonly fragments: readonly Fragment[];
  readonly files: readonly PayloadFile[];
}

export type ImportOutcome =
  | { readonly ok: true; readonly outcome: 'added' | 'unchanged'; readonly revisionId: number }
  | { readonly ok: false; readonly code: 'revision.conflict' | 'payload.conflict'; readonly message: string };

/** Imports run one after the other, so that revision ids become visible in order and nobody's `after` skips one. */
const IMPORT_LOCK = 7_265_002;
const PAGE = 1_000;

/**
 * Adds revisions with their documents, fragments and files, each whole or not at all; outcomes are in the order of what was given. The
 * same document again changes nothing; another document under a known identity, or a file that contradicts a known one, is refused,
 * because a published revision never changes. The commit does not wait for the disk: the next one that does makes all before it last.
 */
export async function importRevisions(pool: pg.Pool, imported: readonly ImportedRevision[]): Promise<ImportOutcome[]> {
  try {
    return await inTransaction(pool, (client) => importAll(client, imported), BEGIN);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (imported.length === 1) return [error.outcome];
    const outcomes: ImportOutcome[] = [];
    for (const one of imported) outcomes.push(...(await importRevisions(pool, [one]))); // the others are to be kept
    return outcomes;
  }
}

/** The same for one revision. */
export async function importRevision(pool: pg.Pool, imported: ImportedRevision): Promise<ImportOutcome> {
  const [outcome] = await importRevisions(pool, [imported]);
  if (!outcome) throw new Error('an import had no outcome');
  return outcome;
}

const BEGIN = 'begin; set local synchronous_commit = off';

/** Takes a half-done import back. */
class Refused extends Error {
  readonly outcome: ImportOutcome;

  constructor(outcome: ImportOutcome) {
    super('the import was refused');
    this.outcome = outcome;
  }
}

async function importAll(client: pg.PoolClient, imported: readonly ImportedRevision[]): Promise<ImportOutcome[]> {
  await client.query('select pg_advisory_xact_lock($1)', [IMPORT_LOCK]);
  const known = new Map((await findIdentities(client, imported)).map((row) => [identityOf(row), row]));
  const fresh: ImportedRevision[] = [];
  const firsts = new Map<string, ImportedRevision>();
  for (const one of imported) {
    const identity = identityOf(one.revision);
    if (known.has(identity) || firsts.has(identity)) continue;
    firsts.set(identity, one);
    fresh.push(one);
  }
  const ids = await insertAll(client, fresh);
  return imported.map((one): ImportOutcome => {
    const identity = identityOf(one.revision);
    const before = known.get(identity) ?? firsts.get(identity);
    const revisionId = known.get(identity)?.revisionId ?? ids.get(identity);
    if (!before || revisionId === undefined) throw new Error('an insert returned no row');
    if (before === one) return { ok: true, outcome: 'added', revisionId };
    if (Buffer.compare(before.documentSha256, one.documentSha256) === 0)
      return { ok: true, outcome: 'unchanged', revisionId };
    const { updateId, revisionNumber } = one.revision;
    const message = `Revision ${revisionNumber} of update ${updateId} is known with another content; it came from ${before.source}.`;
    return { ok: false, code: 'revision.conflict', message };
  });
}

/** Revision ids by identity. */
async function insertAll(client: pg.PoolClient, fresh: readonly ImportedRevision[]): Promise<Map<string, number>> {
  if (fresh.length === 0) return new Map();
  const rows = await insertRevisions(client, fresh);
  const ids = new Map(rows.map((row) => [identityOf(row), row.revisionId]));
  const idOf = ({ revision }: ImportedRevision): number => ids.get(identityOf(revision)) ?? 0;
  await insertDocuments(
    client,
    fresh.map((one) => ({ revisionId: idOf(one), zstd: one.document })),
  );
  await insertFragments(
    client,
    fresh.flatMap((one) => one.fragments.map((fragment) => ({ revisionId: idOf(one), ...fragment }))),
  );
  const [conflict] = await addPayloads(
    client,
    fresh.flatMap(({ files }) => files),
  );
  if (conflict === undefined) return ids;
  const [{ revision }] = fresh as [ImportedRevision];
  const message = `Update ${revision.updateId} names the file ${conflict} (SHA-1) with another SHA-256 or size than an earlier update.`;
  throw new Refused({ ok: false, code: 'payload.conflict', message });
}

function identityOf({ updateId, revisionNumber }: UpdateIdentity): string {
  return `${updateId}/${revisionNumber}`;
}

interface KnownRevision extends UpdateIdentity {
  readonly revisionId: number;
  readonly documentSha256: Buffer;
  readonly source: string;
}

async function findIdentities(db: Db, imported: readonly ImportedRevision[]): Promise<KnownRevision[]> {
  const { rows } = await db.query<KnownRevision>({
    name: 'find-identities',
    text: `select revision_id as "revisionId", update_id as "updateId", revision_number as "revisionNumber",
             document_sha256 as "documentSha256", source
           from unnest($1::uuid[], $2::int[]) as wanted (update_id, revision_number)
           join revision using (update_id, revision_number)`,
    values: columns(
      imported.map(({ revision }) => revision),
      ['updateId', 'revisionNumber'],
    ),
  });
  return rows;
}

/** Ids follow the order that is given. */
async function insertRevisions(
  db: Db,
  fresh: readonly ImportedRevision[],
): Promise<(UpdateIdentity & { readonly revisionId: number })[]> {
  const each = fresh.map(({ revision, documentSha256, source, at }) => ({
    updateId: revision.updateId,
    revisionNumber: revision.revisionNumber,
    metadata: writeMetadata(revision),
    documentSha256,
    source,
    at: sqlInstant(at),
  }));
  const { rows } = await db.query<UpdateIdentity & { readonly revisionId: number }>({
    name: 'insert-revisions',
    text: `insert into revision (update_id, revision_number, metadata, document_sha256, source, imported_at)
           select update_id, revision_number, metadata, sha256, source, at
           from unnest($1::uuid[], $2::int[], $3::jsonb[], $4::bytea[], $5::text[], $6::timestamptz[])
             with ordinality as r (update_id, revision_number, metadata, sha256, source, at, place) order by place
           returning revision_id as "revisionId", update_id as "updateId", revision_number as "revisionNumber"`,
    values: columns(each, ['updateId', 'revisionNumber', 'metadata', 'documentSha256', 'source', 'at']),
  });
  return rows;
}

async function insertDocuments(
  db: Db,
  documents: readonly { readonly revisionId: number; readonly zstd: Uint8Array }[],
): Promise<void> {
  const all = laidEndToEnd(documents.map(({ zstd }) => zstd));
  await db.query({
    name: 'insert-documents',
    text: `insert into revision_document (revision_id, zstd) select id, substring($2::bytea from first for length)
           from unnest($1::int[], $3::int[], $4::int[]) as d (id, first, length)`,
    values: [documents.map(({ revisionId }) => revisionId), all.bytes, all.firsts, all.lengths],
  });
}

async function insertFragments(
  db: Db,
  fragments: readonly (Fragment & { readonly revisionId: number })[],
): Promise<void> {
  const escaped = laidEndToEnd(fragments.map((fragment) => fragment.escaped));
  const xpress = laidEndToEnd(fragments.map((fragment) => fragment.xpress));
  await db.query({
    name: 'insert-fragments',
    text: `insert into fragment (revision_id, kind, locale, escaped, xpress)
           select id, kind, locale, substring($4::bytea from e_first for e_length), substring($5::bytea from x_first for x_length)
           from unnest($1::int[], $2::text[], $3::text[], $6::int[], $7::int[], $8::int[], $9::int[])
             as f (id, kind, locale, e_first, e_length, x_first, x_length)`,
    values: [
      ...columns(fragments, ['revisionId', 'kind', 'locale']),
      ...[escaped.bytes, xpress.bytes, escaped.firsts, escaped.lengths, xpress.firsts, xpress.lengths],
    ],
  });
}

/** Many byte strings as one parameter: in an array each would travel as text, twice as long. `firsts` count from 1, as SQL does. */
function laidEndToEnd(parts: readonly Uint8Array[]) {
  const lengths = parts.map(({ length }) => length);
  let next = 1;
  const firsts = lengths.map((length) => {
    const first = next;
    next += length;
    return first;
  });
  return { bytes: parts.length === 1 ? parts[0] : Buffer.concat(parts), firsts, lengths };
}

/** Every revision with a higher id than `after`, by id, some pages at a time. Expired and superseded ones too. */
export async function* loadRevisions(db: Db, after = 0): AsyncGenerator<Revision> {
  for (let from = after; ; ) {
    const page = await revisionsAfter(db, from);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    from = last.revisionId;
  }
}

async function revisionsAfter(db: Db, after: number): Promise<Revision[]> {
  const { rows } = await db.query<{ id: number; updateId: string; number: number; metadata: unknown }>(
    `select revision_id as id, update_id as "updateId", revision_number as number, metadata from revision
     where revision_id > $1 order by revision_id limit ${PAGE}`,
    [after],
  );
  return rows.map(({ id, updateId, number, metadata }) => readMetadata(id, updateId, number, metadata));
}

/** The whole document of a revision as it came, compressed with zstd. */
export async function findDocument(db: Db, revisionId: number): Promise<Buffer | undefined> {
  const { rows } = await db.query<{ zstd: Buffer }>('select zstd from revision_document where revision_id = $1', [
    revisionId,
  ]);
  return rows[0]?.zstd;
}
