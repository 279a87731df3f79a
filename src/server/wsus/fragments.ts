import type pg from 'pg';
import type { FragmentRef } from '#protocol/wusp/responses.ts';
import type { Chunk } from '#protocol/wusp/write-response.ts';
import { compress } from '#protocol/xpress/xpress.ts';
import { findFragments, listCoreSizes, listFragments } from '#server/store/fragments.ts';

/** How an answer is encoded; fragments are stored in both forms. */
export type Encoding = 'escaped' | 'xpress';

/** Stored fragments, the often asked ones in memory. A copy: the rows never change. */
export interface FragmentCache {
  /** Bytes of a core fragment in an answer; 0 where there is none. */
  coreBytes(revisionId: number): number;
  /** Those that exist of some revisions, types and locales: all of one type before the next, in the order asked for. */
  list(
    revisionIds: readonly number[],
    kinds: readonly FragmentRef['fragment'][],
    locales: readonly string[],
  ): Promise<FragmentRef[]>;
  /** An answer's chunks as bytes, with each fragment in its place. */
  fill(chunks: readonly Chunk[], encoding: Encoding): Promise<Buffer[]>;
  /** Learns of revisions that were imported since. */
  refresh(): Promise<void>;
}

/** Bytes of fragments that are kept in memory. */
const MOST_BYTES = 192 * 1024 * 1024;

export async function fragmentCache(pool: pg.Pool): Promise<FragmentCache> {
  const sizes = new Map<number, number>();
  const kept = new Map<string, Buffer>();
  let keptBytes = 0;
  let newest = 0;

  async function refresh(): Promise<void> {
    for (const { revisionId, bytes } of await listCoreSizes(pool, newest)) {
      sizes.set(revisionId, bytes);
      newest = Math.max(newest, revisionId);
    }
  }
  function keep(key: string, bytes: Buffer): void {
    kept.set(key, bytes);
    keptBytes += bytes.length;
    for (const [oldest, { length }] of kept) {
      if (keptBytes <= MOST_BYTES) return;
      kept.delete(oldest);
      keptBytes -= length;
    }
  }
  async function fetch(refs: readonly FragmentRef[], encoding: Encoding): Promise<void> {
    const missing = refs.filter((ref) => !kept.has(keyOf(ref, encoding)));
    if (missing.length === 0) return;
    const keys = missing.map(({ revisionId, fragment, locale = '' }) => ({ revisionId, kind: fragment, locale }));
    for (const [index, bytes] of (await findFragments(pool, keys, encoding)).entries()) {
      const ref = missing[index];
      if (ref && bytes && !kept.has(keyOf(ref, encoding))) keep(keyOf(ref, encoding), bytes);
    }
  }
  await refresh();
  return {
    refresh,
    coreBytes: (revisionId) => sizes.get(revisionId) ?? 0,
    async list(revisionIds, kinds, locales) {
      const found = await listFragments(pool, revisionIds, kinds, locales);
      return found.map(({ revisionId, kind, locale }) => ({
        fragment: kind,
        revisionId,
        ...(locale ? { locale } : {}),
      }));
    },
    async fill(chunks, encoding) {
      const refs = chunks.filter((chunk) => typeof chunk !== 'string');
      await fetch(refs, encoding);
      const filled: Buffer[] = [];
      for (const chunk of chunks) {
        if (typeof chunk === 'string') filled.push(encoded(chunk, encoding));
        else filled.push(kept.get(keyOf(chunk, encoding)) ?? (await alone(pool, chunk, encoding)));
      }
      return filled;
    },
  };
}

function encoded(text: string, encoding: Encoding): Buffer {
  const bytes = Buffer.from(text);
  return encoding === 'xpress' ? Buffer.from(compress(bytes)) : bytes;
}

/** For a fragment that did not stay in memory while the answer was put together. */
async function alone(
  pool: pg.Pool,
  { revisionId, fragment, locale = '' }: FragmentRef,
  encoding: Encoding,
): Promise<Buffer> {
  const [bytes] = await findFragments(pool, [{ revisionId, kind: fragment, locale }], encoding);
  if (!bytes) throw new Error(`revision ${revisionId} has no ${fragment} fragment ${locale}`);
  return bytes;
}

function keyOf({ revisionId, fragment, locale = '' }: FragmentRef, encoding: Encoding): string {
  return `${encoding} ${revisionId} ${fragment} ${locale}`;
}
