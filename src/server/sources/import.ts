import { setImmediate as otherWork } from 'node:timers/promises';
import type pg from 'pg';
import { readUpdate } from '#protocol/update-xml/read-update.ts';
import { importedRevision } from '#server/sources/imported-revision.ts';
import { microsoftUrl } from '#server/sources/microsoft-url.ts';
import { setMicrosoftUrls } from '#server/store/microsoft-urls.ts';
import { type ImportedRevision, importRevisions } from '#server/store/revisions.ts';

/** A whole `upd:Update` document and what people know it by: a file name, an identity. */
export interface SourceDocument {
  readonly name: string;
  readonly xml: string | Uint8Array;
}

export interface FileUrl {
  /** Lower-case hex. */
  readonly sha1: string;
  readonly url: string;
}

/** Something that was not taken, and why; nothing of it was kept. */
export interface Skipped {
  readonly name: string;
  readonly code: 'import.malformed' | 'import.conflict' | 'import.url-refused';
  readonly message: string;
  /** What exactly is malformed, e.g. `update.bad-guid`. */
  readonly problem?: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ImportSummary {
  readonly imported: number;
  readonly unchanged: number;
  readonly skipped: readonly Skipped[];
  /** Payload files whose URL at Microsoft is known now. */
  readonly urls: number;
}

export interface ImportOptions {
  /** The file, the upstream or the person that the documents come from. */
  readonly source: string;
  readonly at: Temporal.Instant;
  readonly documents: Iterable<SourceDocument> | AsyncIterable<SourceDocument>;
  /** Where Microsoft has payload files; other hosts are refused. */
  readonly fileUrls?: readonly FileUrl[];
}

/**
 * Takes documents into the catalogue, each whole or not at all. Fragments are derived once, here. One that does not read, and one that
 * contradicts what is on record, is skipped and named; the same document again changes nothing. The caller tells the facts'
 * keeper (`touchFacts`) when something was imported.
 */
export async function importDocuments(pool: pg.Pool, options: ImportOptions): Promise<ImportSummary> {
  const { source, at, documents, fileUrls = [] } = options;
  const urls = new Map(fileUrls.flatMap(({ sha1, url }) => fromMicrosoft(sha1, url)));
  const tally: Tally = {
    added: 0,
    unchanged: 0,
    skipped: fileUrls.filter(({ url }) => !microsoftUrl(url)).map(refusedUrl),
  };
  let batch = new Batch();
  let writing = Promise.resolve(); // the database writes a batch while the next one is read
  for await (const { name, xml } of documents) {
    await otherWork(); // a large document is read in one piece; clients are served in between
    const read = await readDocument(name, xml, { source, at, urlOf: (sha1) => urls.get(sha1) });
    if ('code' in read) {
      tally.skipped.push(read);
      continue;
    }
    batch.add(name, read);
    if (!batch.isFull()) continue;
    await writing;
    writing = batch.write(pool, tally);
    writing.catch(() => undefined); // it is awaited below
    batch = new Batch();
  }
  await writing;
  await batch.write(pool, tally);
  const named = await setMicrosoftUrls(
    pool,
    [...urls].map(([sha1, url]) => ({ sha1, url })),
  );
  const known = new Set(named);
  const unknown = [...urls.keys()].filter((sha1) => !known.has(sha1)).map(unknownFile);
  const { added, unchanged, skipped } = tally;
  return { imported: added, unchanged, skipped: [...skipped, ...unknown], urls: named.length };
}

interface Tally {
  added: number;
  unchanged: number;
  readonly skipped: Skipped[];
}

const MOST_REVISIONS = 50;
/** Of fragments in both forms; a larger revision is a batch of its own. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Revisions that go into the store together: round trips are dear, and so is memory. */
class Batch {
  readonly #names: string[] = [];
  readonly #revisions: ImportedRevision[] = [];
  #bytes = 0;

  add(name: string, revision: ImportedRevision): void {
    this.#names.push(name);
    this.#revisions.push(revision);
    for (const { escaped, xpress } of revision.fragments) this.#bytes += escaped.length + xpress.length;
  }

  isFull(): boolean {
    return this.#revisions.length >= MOST_REVISIONS || this.#bytes >= MOST_BYTES;
  }

  async write(pool: pg.Pool, tally: Tally): Promise<void> {
    if (this.#revisions.length === 0) return;
    for (const [at, outcome] of (await importRevisions(pool, this.#revisions)).entries()) {
      if (outcome.ok) tally[outcome.outcome]++;
      else tally.skipped.push({ name: this.#names[at] ?? '', code: 'import.conflict', message: outcome.message });
    }
  }
}

async function readDocument(
  name: string,
  xml: string | Uint8Array,
  from: Parameters<typeof importedRevision>[2],
): Promise<ImportedRevision | Skipped> {
  const reading = readUpdate(xml);
  if (!reading.ok) {
    const { code: problem, message, line, column, path } = reading;
    return { name, code: 'import.malformed', message: path ? `${path}: ${message}` : message, problem, line, column };
  }
  const document = typeof xml === 'string' ? Buffer.from(xml) : xml;
  return importedRevision(reading.update, document, from);
}

function fromMicrosoft(sha1: string, text: string): [string, string][] {
  const url = microsoftUrl(text);
  return url ? [[sha1, url]] : [];
}

function refusedUrl({ sha1, url }: FileUrl): Skipped {
  return { name: sha1, code: 'import.url-refused', message: `${url.slice(0, 200)} is not an address of Microsoft's.` };
}

function unknownFile(sha1: string): Skipped {
  return {
    name: sha1,
    code: 'import.url-refused',
    message: 'No update in the catalogue names a file with this SHA-1.',
  };
}
