import { readFile } from 'node:fs/promises';
import { batches, type ImportDocument } from '#cli/import/batches.ts';
import { decodeDocument, isTooLarge } from '#cli/import/decode.ts';
import { type FileUrl, readUrlList } from '#cli/import/url-list.ts';
import type { FoundFile } from '#cli/import/walk.ts';
import type { Service } from '#cli/service.ts';
import { importDocuments } from '#contract/endpoints/catalogue.ts';
import { CodedError } from '#contract/errors.ts';

/** Something that was not taken, and where it does not read. */
export interface Skipped {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** What an import has come to so far. */
export interface Tally {
  /** Documents that were looked at. */
  done: number;
  imported: number;
  unchanged: number;
  /** Payload files whose URL is known now. */
  urls: number;
  readonly skipped: Skipped[];
}

const MOST_URLS = 5000;
const LONGEST_NAME = 1000;

/** Sends documents in batches; `proceed` is asked before each and told of each. Nothing is lost when it says no: all can be sent again. */
export async function sendDocuments(
  service: Service,
  source: string,
  documents: AsyncIterable<ImportDocument> | Iterable<ImportDocument>,
  tally: Tally,
  proceed: () => boolean,
): Promise<void> {
  for await (const batch of batches(documents)) {
    await sendBatch(service, source, batch, tally);
    tally.done += batch.length;
    if (!proceed()) return;
  }
}

/** Sends the URLs of payload files, after the documents that name those files. */
export async function sendUrls(
  service: Service,
  source: string,
  fileUrls: readonly FileUrl[],
  tally: Tally,
  proceed: () => boolean,
): Promise<void> {
  for (let at = 0; at < fileUrls.length && proceed(); at += MOST_URLS) {
    const body = { source, documents: [], fileUrls: fileUrls.slice(at, at + MOST_URLS) };
    add(tally, await service.call(importDocuments, { body }));
  }
}

/** The documents in files, read one at a time; what is no text is skipped here. */
export async function* readDocuments(files: readonly FoundFile[], tally: Tally): AsyncGenerator<ImportDocument> {
  for (const { path, name } of files) {
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => error);
    const decoded =
      bytes instanceof Error
        ? ({ ok: false, message: `cannot be read (${bytes.code})` } as const)
        : isTooLarge(bytes.length)
          ? ({ ok: false, message: `${bytes.length} bytes are more than a document may have` } as const)
          : await decodeDocument(bytes);
    if (decoded.ok) yield { name: name.slice(-LONGEST_NAME), xml: decoded.text };
    else {
      tally.done += 1;
      tally.skipped.push({ name, code: 'import.malformed', message: decoded.message });
    }
  }
}

/** All entries of the lists; a list that does not read is skipped as a whole. */
export async function readUrlLists(files: readonly FoundFile[], tally: Tally): Promise<readonly FileUrl[]> {
  const lists = await Promise.all(
    files.map(async ({ path, name }) => {
      const list = readUrlList(await readFile(path, 'utf8').catch(() => ''));
      if (!list) tally.skipped.push({ name, code: 'import.malformed', message: 'not a list of { "sha1", "url" }' });
      return list ?? [];
    }),
  );
  return lists.flat();
}

/** A batch that is too large for the service, or for a proxy before it, goes in halves. */
async function sendBatch(
  service: Service,
  source: string,
  documents: readonly ImportDocument[],
  tally: Tally,
): Promise<void> {
  try {
    add(tally, await service.call(importDocuments, { body: { source, documents: [...documents] } }));
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'request.too-large') throw error;
    const [first] = documents;
    if (documents.length === 1 && first) {
      tally.skipped.push({ name: first.name, code: error.code, message: error.message });
      return;
    }
    const middle = Math.ceil(documents.length / 2);
    await sendBatch(service, source, documents.slice(0, middle), tally);
    await sendBatch(service, source, documents.slice(middle), tally);
  }
}

interface Answer {
  readonly imported: number;
  readonly unchanged: number;
  readonly urls: number;
  readonly skipped: readonly Skipped[];
}

function add(tally: Tally, { imported, unchanged, urls, skipped }: Answer): void {
  tally.imported += imported;
  tally.unchanged += unchanged;
  tally.urls += urls;
  tally.skipped.push(...skipped);
}
