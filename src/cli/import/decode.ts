import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';

/** The text of a document, or why there is none. */
export type Decoded = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** Characters that the service takes of one document; UTF-16 has two bytes for each. */
const MOST_CHARACTERS = 96 * 1024 * 1024;
const MOST_BYTES = 2 * MOST_CHARACTERS + 2;
const ZSTD_MAGIC = 0xfd2fb528;

const unzstd = promisify(zstdDecompress);

/** Reads the bytes of a document file: zstd or plain, UTF-8 or UTF-16 with or without a byte order mark. */
export async function decodeDocument(bytes: Uint8Array): Promise<Decoded> {
  const plain = isZstd(bytes) ? await decompressed(bytes) : bytes;
  if (plain === undefined) return { ok: false, message: `not whole zstd data, or more than ${MOST_BYTES} bytes of it` };
  if (plain.length > MOST_BYTES) return { ok: false, message: `larger than ${MOST_BYTES} bytes` };
  const encoding = encodingOf(plain);
  const text = decoded(plain, encoding);
  if (text === undefined) return { ok: false, message: `not ${encoding.toUpperCase()} text` };
  if (text.length > MOST_CHARACTERS) return { ok: false, message: `larger than ${MOST_CHARACTERS} characters` };
  if (!text.trimStart().startsWith('<')) return { ok: false, message: 'not an XML document' };
  return { ok: true, text };
}

/** Whether a file of this size can be read at all. */
export function isTooLarge(size: number): boolean {
  return size > MOST_BYTES;
}

/** By the byte order mark, else by the `<` with which a document begins ([XML] appendix F). */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  return 'utf-8';
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isZstd(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === ZSTD_MAGIC;
}

async function decompressed(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  return unzstd(bytes, { maxOutputLength: MOST_BYTES }).catch(() => undefined);
}
