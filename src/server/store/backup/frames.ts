import { createHash } from 'node:crypto';
import { CodedError } from '#contract/errors.ts';
import type { Sequence, Table } from './tables.ts';

/**
 * A backup inside its compression: frames of a kind (1 byte), a length (4 bytes, big-endian) and a content. H header, T start of a table,
 * D rows as COPY's text, E end of the table, Z end of the backup; all but D are JSON.
 */
export type Frame =
  | { readonly kind: 'H'; readonly content: BackupHeader }
  | { readonly kind: 'T'; readonly content: Table }
  | { readonly kind: 'D'; readonly content: Uint8Array }
  | { readonly kind: 'E'; readonly content: { readonly name: string; readonly rows: number } }
  | { readonly kind: 'Z'; readonly content: BackupEnd };

export interface BackupHeader {
  readonly format: number;
  /** Names of the migrations that the database had had. */
  readonly migrations: readonly string[];
  /** Null: the service had never started on it. */
  readonly clock: 'real' | 'simulated' | null;
  /** ISO instant of the snapshot, on the service's clock. */
  readonly at: string;
}

export interface BackupEnd {
  readonly tables: number;
  readonly rows: number;
  readonly sequences: readonly Sequence[];
  /** SHA-256 (hex) over every byte before this frame. */
  readonly sha256: string;
}

/** The format that this program writes, and the newest that it reads. */
export const FORMAT = 1;

const KINDS = ['H', 'T', 'D', 'E', 'Z'] as const;
const HEAD_BYTES = 5;
const LONGEST_FRAME = 1 << 30;

/** Frames as bytes. The end's digest is filled in here. */
export async function* writeFrames(
  frames: AsyncIterable<Frame | { readonly kind: 'Z'; readonly content: Omit<BackupEnd, 'sha256'> }>,
): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  for await (const { kind, content } of frames) {
    const sealed = kind === 'Z' ? { ...content, sha256: digest.copy().digest('hex') } : content;
    const bytes = sealed instanceof Uint8Array ? sealed : Buffer.from(JSON.stringify(sealed));
    const head = Buffer.alloc(HEAD_BYTES);
    head.write(kind, 'latin1');
    head.writeUInt32BE(bytes.length, 1);
    digest.update(head).update(bytes);
    yield Buffer.concat([head, bytes]);
  }
}

/**
 * Bytes as frames. Throws `backup.corrupt` or `backup.truncated` with the byte at which it happened; the end's digest has been checked when
 * the Z frame comes, and nothing may follow it.
 */
export async function* readFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const digest = createHash('sha256');
  const reader = byteReader(source);
  for (let at = 0; ; ) {
    const head = await reader.take(HEAD_BYTES);
    if (!head) throw new CodedError('backup.truncated', `The backup breaks off at byte ${at}.`);
    const kind = KINDS.find((one) => one.charCodeAt(0) === head[0]);
    const length = head.readUInt32BE(1);
    if (!kind || length > LONGEST_FRAME) throw corrupt(at, 'no frame begins here');
    const bytes = await reader.take(length);
    if (!bytes) throw new CodedError('backup.truncated', `The backup breaks off after byte ${at}.`);
    const frame = kind === 'D' ? { kind, content: bytes } : ({ kind, content: parse(bytes, at) } as Frame);
    if (frame.kind === 'Z') {
      if (frame.content.sha256 !== digest.digest('hex'))
        throw corrupt(at, 'the digest of everything before is another');
      if (await reader.take(1)) throw corrupt(at, 'something follows the end');
      yield frame;
      return;
    }
    digest.update(head).update(bytes);
    yield frame;
    at += HEAD_BYTES + length;
  }
}

function parse(bytes: Buffer, at: number): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw corrupt(at, 'its content is no JSON');
  }
}

function corrupt(at: number, why: string): CodedError {
  return new CodedError('backup.corrupt', `The backup is corrupt at byte ${at}: ${why}.`);
}

/** Takes exact numbers of bytes from a source; undefined when it ends before. */
function byteReader(source: AsyncIterable<Uint8Array>): { take(count: number): Promise<Buffer | undefined> } {
  const chunks = source[Symbol.asyncIterator]();
  let parts: Uint8Array[] = [];
  let held = 0;
  return {
    async take(count) {
      while (held < count) {
        const { value, done } = await chunks.next();
        if (done) return undefined;
        parts.push(value);
        held += value.length;
      }
      const all =
        parts.length === 1 && parts[0]
          ? Buffer.from(parts[0].buffer, parts[0].byteOffset, held)
          : Buffer.concat(parts, held);
      parts = held > count ? [all.subarray(count)] : [];
      held -= count;
      return all.subarray(0, count);
    },
  };
}
