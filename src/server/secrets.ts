import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '#contract/errors.ts';

/** Keeps passwords and signing secrets out of the database and its backups: they hold sealed bytes only. */
export interface Secrets {
  /** Seals a text; each time into other bytes. */
  seal(text: string): Uint8Array;
  /** The text again; undefined when the bytes were changed, or sealed with another key. */
  open(sealed: Uint8Array): string | undefined;
}

const FILE = 'secrets.key';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of everything sealed: the form that follows it. */
const FORM = 1;

/**
 * Opens the key in `secrets.key` of the data directory, which the first use makes, readable by its owner only. Processes that share a
 * database share this file too. Throws `secrets.key` when the file is there and is no key.
 */
export async function openSecrets(dataDir: string): Promise<Secrets> {
  const key = await readKey(dataDir);
  return {
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(FORM), nonce, cipher.getAuthTag(), body]);
    },
    open(sealed) {
      const body = 1 + NONCE_BYTES + TAG_BYTES;
      if (sealed[0] !== FORM || sealed.length < body) return undefined;
      const decipher = createDecipheriv(CIPHER, key, sealed.subarray(1, 1 + NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, body));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(body)), decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

async function readKey(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, FILE);
  const text = (await readIfThere(file)) ?? (await makeKey(dataDir, file));
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== KEY_BYTES) throw new CodedError('secrets.key', `${file}: not a key of ${KEY_BYTES} bytes`);
  return key;
}

/** Another process may be making it as well: the first to put a whole file there wins, and both read that one. */
async function makeKey(dataDir: string, file: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  return readFile(file, 'utf8');
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
