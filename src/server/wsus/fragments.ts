import type pg from 'pg';
import type { FragmentRef } from '#protocol/wusp/responses.ts';
import { type Chunk, type StoredUpdate, writeStoredUpdate } from '#protocol/wusp/write-response.ts';
import { compress, store } from '#protocol/xpress/xpress.ts';
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
  /** An answer's chunks as bytes, with each fragment and each update in its place. */
  fill(chunks: readonly Chunk[], encoding: Encoding): Promise<Buffer[]>;
  /** Learns of revisions that were imported since. */
  refresh(): Promise<void>;
}

/** Bytes that are kept in memory: of fragments, and of updates in each encoding. */
const MOST_FRAGMENT_BYTES = 64 * 1024 * 1024;
const MOST_UPDATE_BYTES = 48 * 1024 * 1024;

export async function fragmentCache(pool: pg.Pool): Promise<FragmentCache> {
  const sizes = new Map<number, number>();
  const fragments = keptBytes<string, Buffer>(MOST_FRAGMENT_BYTES, (bytes) => bytes.length);
  const elements = {
    escaped: keptBytes<number, KeptElement>(MOST_UPDATE_BYTES, ({ bytes }) => bytes.length),
    xpress: keptBytes<number, KeptElement>(MOST_UPDATE_BYTES, ({ bytes }) => bytes.length),
  };
  let newest = 0;

  async function refresh(): Promise<void> {
    for (const { revisionId, bytes } of await listCoreSizes(pool, newest)) {
      sizes.set(revisionId, bytes);
      newest = Math.max(newest, revisionId);
    }
  }
  function known(chunk: FragmentRef | StoredUpdate, encoding: Encoding): Buffer | undefined {
    if ('fragment' in chunk) return fragments.get(keyOf(chunk, encoding));
    const element = elements[encoding].get(chunk.deployment.id);
    return element && isSame(element.update, chunk) ? element.bytes : undefined;
  }
  function made(chunk: FragmentRef | StoredUpdate, fragment: Buffer, encoding: Encoding): Buffer {
    if ('fragment' in chunk) return fragments.keep(keyOf(chunk, encoding), fragment);
    const bytes = elementOf(chunk, fragment, encoding);
    return elements[encoding].keep(chunk.deployment.id, { update: chunk, bytes }).bytes;
  }
  /** Fragments that are not in memory, in the order of the chunks that need them; none for text. */
  async function fetch(chunks: readonly Chunk[], encoding: Encoding): Promise<Buffer[]> {
    const refs = chunks.flatMap((chunk) => (typeof chunk === 'string' ? [] : [refOf(chunk)]));
    if (refs.length === 0) return [];
    const keys = refs.map(({ revisionId, fragment, locale = '' }) => ({ revisionId, kind: fragment, locale }));
    const found = await findFragments(pool, keys, encoding);
    return found.map((bytes, index) => bytes ?? missing(refs[index] as FragmentRef));
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
      const filled = chunks.map((chunk) =>
        typeof chunk === 'string' ? once(chunk, encoding) : known(chunk, encoding),
      );
      const absent = chunks.filter((_chunk, at) => filled[at] === undefined);
      const fetched = (await fetch(absent, encoding)).values();
      return chunks.map((chunk, at) => {
        const bytes = filled[at];
        if (bytes || typeof chunk === 'string') return bytes ?? NOTHING;
        return made(chunk, fetched.next().value ?? NOTHING, encoding);
      });
    },
  };
}

interface KeptElement {
  readonly update: StoredUpdate;
  readonly bytes: Buffer;
}

/** The id of a deployment stands for revision, action and whether there is a deadline. */
function isSame({ id, deployment, isLeaf }: StoredUpdate, other: StoredUpdate): boolean {
  const { lastChangeTime, deadline } = other.deployment;
  const isSameDeadline = deadline === deployment.deadline || (deadline && deployment.deadline?.equals(deadline));
  return (
    id === other.id &&
    isLeaf === other.isLeaf &&
    lastChangeTime === deployment.lastChangeTime &&
    isSameDeadline === true
  );
}

/** A map that forgets its oldest entries when all together are larger than they may be. */
function keptBytes<Key, Value>(most: number, sizeOf: (value: Value) => number) {
  const entries = new Map<Key, Value>();
  let bytes = 0;
  return {
    get: (key: Key) => entries.get(key),
    keep(key: Key, value: Value): Value {
      const before = entries.get(key);
      bytes += sizeOf(value) - (before === undefined ? 0 : sizeOf(before));
      entries.set(key, value);
      for (const [oldest, gone] of entries) {
        if (bytes <= most) break;
        entries.delete(oldest);
        bytes -= sizeOf(gone);
      }
      return value;
    },
  };
}

const NOTHING = Buffer.alloc(0);

/** What is only ever sent once is compressed where that saves a packet. */
const WORTH_IT = 4096;

function once(text: string, encoding: Encoding): Buffer {
  if (encoding !== 'xpress' || text.length >= WORTH_IT) return encoded(text, encoding);
  return Buffer.from(store(Buffer.from(text)));
}

function encoded(text: string, encoding: Encoding): Buffer {
  const bytes = Buffer.from(text);
  return encoding === 'xpress' ? Buffer.from(compress(bytes)) : bytes;
}

function elementOf(update: StoredUpdate, fragment: Buffer, encoding: Encoding): Buffer {
  const { head, tail } = writeStoredUpdate(update);
  return Buffer.concat([encoded(head, encoding), fragment, encoded(tail, encoding)]);
}

function refOf(chunk: FragmentRef | StoredUpdate): FragmentRef {
  return 'fragment' in chunk ? chunk : chunk.xml;
}

function missing({ revisionId, fragment, locale = '' }: FragmentRef): never {
  throw new Error(`revision ${revisionId} has no ${fragment} fragment ${locale}`);
}

function keyOf({ revisionId, fragment, locale = '' }: FragmentRef, encoding: Encoding): string {
  return `${encoding} ${revisionId} ${fragment} ${locale}`;
}
