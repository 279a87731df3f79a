import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Skipped } from '#cli/import/send.ts';
import type { FoundFile } from '#cli/import/walk.ts';
import type { Service } from '#cli/service.ts';
import { contentMissing } from '#contract/endpoints/catalogue.ts';
import { CodedError } from '#contract/errors.ts';

/** A payload file on its way to the service. */
export interface Payload {
  readonly name: string;
  /** 40 hex digits. */
  readonly sha1: string;
  open(): Promise<Blob>;
}

/** Payloads that the service took, and what it refused. */
export interface Uploads {
  kept: number;
  bytes: number;
  readonly refused: Skipped[];
}

/** Size and digest of every payload of an approved update that the service does not hold yet. */
export async function missingPayloads(service: Service): Promise<ReadonlyMap<string, number>> {
  const missing = new Map<string, number>();
  let after: string | undefined;
  do {
    const query = { limit: 1000, ...(after === undefined ? {} : { after }) };
    const page = await service.call(contentMissing, { query });
    for (const { sha1, size } of page.items) missing.set(sha1.toLowerCase(), size);
    after = page.next;
  } while (after !== undefined);
  return missing;
}

/** Those of the files that are asked for: by size first, since a digest costs reading all of it. */
export async function* wantedFiles(
  files: readonly FoundFile[],
  missing: ReadonlyMap<string, number>,
): AsyncGenerator<Payload> {
  const sizes = new Set(missing.values());
  for (const { path, name } of files) {
    const about = await stat(path).catch(() => undefined);
    if (!about || !sizes.has(about.size)) continue;
    const sha1 = await sha1Of(path).catch(() => undefined);
    if (sha1 !== undefined && missing.has(sha1)) yield { name, sha1, open: () => openAsBlob(path) };
  }
}

/** Sends payloads one after the other; one that is refused does not hold up the others. `proceed` is asked before each. */
export async function sendPayloads(
  service: Service,
  payloads: AsyncIterable<Payload> | Iterable<Payload>,
  uploads: Uploads,
  proceed: (name: string) => boolean,
): Promise<void> {
  for await (const { name, sha1, open } of payloads) {
    if (!proceed(name)) return;
    try {
      const blob = await open();
      await (await service.stream('PUT', `/content/${sha1}`, blob)).arrayBuffer();
      uploads.kept += 1;
      uploads.bytes += blob.size;
    } catch (error) {
      if (!(error instanceof CodedError) || !error.code.startsWith('content.')) throw error;
      uploads.refused.push({ name, code: error.code, message: error.message });
    }
  }
}

async function sha1Of(path: string): Promise<string> {
  const hash = createHash('sha1');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
