import { refuse } from './failure.ts';

/** Reads little-endian numbers, in order, and refuses to read beyond the end. */
export interface ByteReader {
  readonly position: () => number;
  readonly u8: () => number;
  readonly u16: () => number;
  readonly u32: () => number;
  /** A view, not a copy. */
  readonly bytes: (length: number) => Uint8Array;
  /** The bytes before the next NUL, of which there are at most 255; goes on behind it. */
  readonly cString: () => Uint8Array;
}

export function byteReader(source: Uint8Array, start = 0): ByteReader {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  let at = start;

  function take(length: number): number {
    const from = at;
    if (length > source.length - from) refuse('cabinet.malformed', `ends before byte ${from + length}`);
    at = from + length;
    return from;
  }

  return {
    position: () => at,
    u8: () => view.getUint8(take(1)),
    u16: () => view.getUint16(take(2), true),
    u32: () => view.getUint32(take(4), true),
    bytes(length) {
      const from = take(length);
      return source.subarray(from, from + length);
    },
    cString() {
      const from = at;
      const end = source.subarray(from, from + MAX_STRING).indexOf(0);
      if (end < 0) refuse('cabinet.malformed', `a text at byte ${from} has no end`);
      return source.subarray(from, take(end + 1) + end);
    },
  };
}

/** Characters of a name, and its NUL. */
const MAX_STRING = 256;
