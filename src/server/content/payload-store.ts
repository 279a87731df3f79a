import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CodedError } from '#contract/errors.ts';

/** What the metadata promises of a payload file. Digests in lower-case hex. */
export interface PromisedFile {
  readonly sha1: string;
  readonly sha256?: string;
  /** Bytes. */
  readonly size: number;
  readonly name: string;
}

/** What a file is found by: its digest, and the extension of its name. */
export type StoredName = Pick<PromisedFile, 'sha1' | 'name'>;

/** Payload files on disk, laid out as WSUS does: `<last two hex digits>/<SHA-1>.<extension>`. Names come from digests alone. */
export interface PayloadStore {
  /** Takes a file in, and keeps it only when size and both digests are what the metadata promises; `content.mismatch` else. */
  keep(promised: PromisedFile, bytes: Readable): Promise<void>;
  /** The size in bytes of a file that is here; undefined where it is not. */
  sizeOf(file: StoredName): Promise<number | undefined>;
  /** Bytes `first` to `last`, both inclusive. */
  read(file: StoredName, first: number, last: number): Readable;
}

export function payloadStore(folder: string): PayloadStore {
  const pathOf = (file: StoredName): string => join(folder, ...contentPath(file).split('/'));
  return {
    async keep(promised, bytes) {
      const aside = join(folder, `incoming-${randomUUID()}`);
      await mkdir(folder, { recursive: true });
      try {
        await pipeline(bytes, verifier(promised), createWriteStream(aside, { flush: true }));
        await mkdir(join(pathOf(promised), '..'), { recursive: true });
        await rename(aside, pathOf(promised));
      } finally {
        await rm(aside, { force: true });
      }
    },
    async sizeOf(promised) {
      try {
        return (await stat(pathOf(promised))).size;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    read: (promised, start, end) => createReadStream(pathOf(promised), { start, end }),
  };
}

/** `D2/HEX.ext` below `/Content/`, as [MS-WUSP] 2.2.2.5 and real servers have it. */
export function contentPath({ sha1, name }: StoredName): string {
  const hex = sha1.toUpperCase();
  const extension = /\.([A-Za-z0-9]{1,8})$/.exec(name)?.[1] ?? 'bin';
  return `${hex.slice(-2)}/${hex}.${extension}`;
}

/** Lets bytes through and fails at the end, or as soon as there are too many, when they are not what was promised. */
function verifier(promised: PromisedFile): Transform {
  const sha1 = createHash('sha1');
  const sha256 = createHash('sha256');
  let size = 0;
  const mismatch = (what: string): CodedError =>
    new CodedError('content.mismatch', `${promised.name} (${promised.sha1}): ${what}`);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > promised.size) return done(mismatch(`it has more than ${promised.size} bytes`));
      sha1.update(chunk);
      sha256.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      if (size !== promised.size) return done(mismatch(`it has ${size} bytes, not ${promised.size}`));
      if (sha1.digest('hex') !== promised.sha1) return done(mismatch('its SHA-1 differs'));
      if (promised.sha256 && sha256.digest('hex') !== promised.sha256) return done(mismatch('its SHA-256 differs'));
      done();
    },
  });
}
