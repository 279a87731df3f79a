import { UpdateRefusal } from './failure.ts';

// The pure rooms are checked without the types of any host; both Node and browsers have this one.
declare const TextDecoder: new (
  encoding: string,
  options: { readonly fatal: boolean },
) => { decode(bytes?: Uint8Array, options?: { readonly stream: boolean }): string };

/** Bytes that are decoded at a time: small texts cut from a piece keep no more than this alive. */
const PIECE = 1 << 18;

/**
 * The characters of a document, piece by piece: UTF-8, or UTF-16 where a byte order mark says so or, as in the blobs of
 * GetUpdateData, a zero byte beside the first `<` shows it. A declared encoding is not looked at.
 *
 * @throws UpdateRefusal `update.bad-encoding`
 */
export function* decodeText(input: string | Uint8Array): Generator<string, void, undefined> {
  if (typeof input === 'string') {
    yield input;
    return;
  }
  const encoding = encodingOf(input);
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for (let at = 0; at < input.length; at += PIECE) {
      yield decoder.decode(input.subarray(at, at + PIECE), { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UpdateRefusal('update.bad-encoding', `the bytes are not valid ${encoding}`, {
      line: 0,
      column: 0,
      path: '',
    });
  }
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  return 'utf-8';
}
