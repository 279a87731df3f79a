import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type pg from 'pg';
import type { ServedFile } from '#server/content/answer.ts';
import type { PayloadStore } from '#server/content/payload-store.ts';
import { findPayloads } from '#server/store/payloads.ts';

/** The files that clients may fetch, by the part of the path behind `/Content/` or `/SelfUpdate/`. */
export interface ContentFiles {
  payload(path: string): Promise<ServedFile | undefined>;
  selfUpdate(path: string): Promise<ServedFile | undefined>;
}

/** A payload's path has its SHA-1; nothing else of it is used, so no path of a client ever reaches the disk. */
const PAYLOAD_PATH = /^[0-9a-f]{2}\/([0-9a-f]{40})(\.[a-z0-9]{1,8})?$/i;
const SELF_UPDATE_PATH = /^[a-z0-9][a-z0-9._/-]{0,200}$/i;

export function contentFiles(pool: pg.Pool, store: PayloadStore, selfUpdateDir: string | undefined): ContentFiles {
  return {
    async payload(path) {
      const sha1 = PAYLOAD_PATH.exec(path)?.[1]?.toLowerCase();
      const [known] = sha1 ? await findPayloads(pool, [sha1]) : [];
      if (!known?.heldAt || (await store.sizeOf(known)) !== known.size) return undefined;
      return { size: known.size, tag: known.sha1, read: (first, last) => store.read(known, first, last) };
    },
    async selfUpdate(path) {
      if (!selfUpdateDir || !SELF_UPDATE_PATH.test(path) || path.includes('..')) return undefined;
      return insideFile(selfUpdateDir, path);
    },
  };
}

/** A file below a folder, links followed but never out of it. */
async function insideFile(folder: string, path: string): Promise<ServedFile | undefined> {
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, path));
    const about = await stat(file);
    if (!file.startsWith(root + sep) || !about.isFile()) return undefined;
    const tag = `${about.size.toString(16)}-${Math.floor(about.mtimeMs).toString(16)}`;
    return { size: about.size, tag, read: (start, end) => createReadStream(file, { start, end }) };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
