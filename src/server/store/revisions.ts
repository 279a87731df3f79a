import type pg from 'pg';
import type { Revision } from '#domain/catalogue/revision.ts';
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
 * Adds a revision with its document, fragments and files: all of it or nothing. The same document again changes nothing; another document
 * under a known identity, or a file that contradicts a known one, is refused, because a published revision never changes.
 */
export async function importRevision(pool: pg.Pool, imported: ImportedRevision): Promise<ImportOutcome> {
  try {
    return await inTransaction(pool, (client) => importOne(client, imported));
  } catch (error) {
    if (error instanceof Refused) return error.outcome;
    throw error;
  }
}

/** Takes a half-done import back. */
class Refused extends Error {
  readonly outcome: ImportOutcome;

  constructor(outcome: ImportOutcome) {
    super('the import was refused');
    this.outcome = outcome;
  }
}

async function importOne(client: pg.PoolClient, imported: ImportedRevision): Promise<ImportOutcome> {
  await client.query('select pg_advisory_xact_lock($1)', [IMPORT_LOCK]);
  const { updateId, revisionNumber } = imported.revision;
  const known = await findIdentity(client, updateId, revisionNumber);
  if (known?.documentSha256.equals(imported.documentSha256)) {
    return { ok: true, outcome: 'unchanged', revisionId: known.revisionId };
  }
  if (known) {
    const message = `Revision ${revisionNumber} of update ${updateId} is known with another content; it came from ${known.source}.`;
    return { ok: false, code: 'revision.conflict', message };
  }
  const revisionId = await insertRevision(client, imported);
  await insertDocument(client, revisionId, imported.document);
  await insertFragments(client, revisionId, imported.fragments);
  const [conflict] = await addPayloads(client, imported.files);
  if (conflict === undefined) return { ok: true, outcome: 'added', revisionId };
  const message = `Update ${updateId} names the file ${conflict} (SHA-1) with another SHA-256 or size than an earlier update.`;
  throw new Refused({ ok: false, code: 'payload.conflict', message });
}

interface KnownRevision {
  readonly revisionId: number;
  readonly documentSha256: Buffer;
  readonly source: string;
}

async function findIdentity(db: Db, updateId: string, revisionNumber: number): Promise<KnownRevision | undefined> {
  const { rows } = await db.query<KnownRevision>({
    name: 'find-identity',
    text: `select revision_id as "revisionId", document_sha256 as "documentSha256", source from revision
           where update_id = $1 and revision_number = $2`,
    values: [updateId, revisionNumber],
  });
  return rows[0];
}

async function insertRevision(db: Db, { revision, documentSha256, source, at }: ImportedRevision): Promise<number> {
  const { rows } = await db.query<{ revisionId: number }>({
    name: 'insert-revision',
    text: `insert into revision (update_id, revision_number, metadata, document_sha256, source, imported_at)
           values ($1, $2, $3, $4, $5, $6) returning revision_id as "revisionId"`,
    values: [
      revision.updateId,
      revision.revisionNumber,
      writeMetadata(revision),
      documentSha256,
      source,
      sqlInstant(at),
    ],
  });
  if (!rows[0]) throw new Error('an insert returned no row');
  return rows[0].revisionId;
}

async function insertDocument(db: Db, revisionId: number, zstd: Uint8Array): Promise<void> {
  await db.query({
    name: 'insert-document',
    text: 'insert into revision_document (revision_id, zstd) values ($1, $2)',
    values: [revisionId, zstd],
  });
}

async function insertFragments(db: Db, revisionId: number, fragments: readonly Fragment[]): Promise<void> {
  await db.query({
    name: 'insert-fragments',
    text: `insert into fragment (revision_id, kind, locale, escaped, xpress)
           select $1, * from unnest($2::text[], $3::text[], $4::bytea[], $5::bytea[])`,
    values: [revisionId, ...columns(fragments, ['kind', 'locale', 'escaped', 'xpress'])],
  });
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
