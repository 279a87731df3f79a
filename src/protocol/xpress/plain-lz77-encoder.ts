import { LONG_LENGTH } from './plain-lz77-decoder.ts';

/** How far back a match may begin: 13 bits of the token ([MS-XCA] 2.3). */
const WINDOW = 8192;
const MIN_MATCH = 3;
/** Earlier places that are tried for each match: more costs time and gains little on metadata. */
const MAX_TRIES = 6;
/** From this length on a match is taken without a look at further places. */
const GOOD_MATCH = 48;
const HASH_FACTOR = 0x9e3779b1;

/** What one run of the encoder remembers: by hash of three bytes the last place, and for each place the one before. */
export interface MatchFinder {
  readonly hashShift: number;
  readonly heads: Int32Array;
  readonly previous: Int32Array;
}

/** A match finder for an input of so many bytes; it may serve all blocks of that input in turn. */
export function createMatchFinder(inputLength: number): MatchFinder {
  const hashBits = inputLength > 4096 ? 14 : 10;
  return {
    hashShift: 32 - hashBits,
    heads: new Int32Array(1 << hashBits).fill(-1),
    previous: new Int32Array(WINDOW),
  };
}

/** Bytes that the output must have beyond `limit`: the longest thing written between two looks at it. */
export const ENCODER_SLACK = 24;

/**
 * Writes `input[start, end)` as plain LZ77 ([MS-XCA] 2.3) to `output` from `at` on; matches do not reach before `start`.
 *
 * @returns the position after the last byte written, or -1 as soon as `limit` would be passed
 */
export function encodePlainLz77(
  finder: MatchFinder,
  input: Uint8Array,
  start: number,
  end: number,
  output: Uint8Array,
  at: number,
  limit: number,
): number {
  const { heads, previous, hashShift } = finder;
  const lastHashed = end - MIN_MATCH;
  let flags = 0;
  let flagCount = 0;
  let flagsAt = at;
  let nibbleAt = -1;
  let out = at + 4;
  let position = start;

  while (position < end) {
    let length = 0;
    let distance = 0;
    if (position <= lastHashed) {
      const hash = hashAt(input, position, hashShift);
      const oldest = position - WINDOW < start ? start : position - WINDOW;
      let candidate = heads[hash] as number;
      previous[position & (WINDOW - 1)] = candidate;
      heads[hash] = position;
      for (let tries = MAX_TRIES; tries > 0 && candidate >= oldest; tries--) {
        if (input[candidate + length] === input[position + length]) {
          const found = matchLength(input, candidate, position, end);
          if (found > length) {
            length = found;
            distance = position - candidate;
            if (length >= GOOD_MATCH || position + length === end) break;
          }
        }
        const next = previous[candidate & (WINDOW - 1)] as number;
        // The ring has been written over where it does not lead further back.
        if (next >= candidate) break;
        candidate = next;
      }
    }

    if (length < MIN_MATCH) {
      output[out++] = input[position++] as number;
      flags <<= 1;
    } else {
      flags = (flags << 1) | 1;
      const rest = length - MIN_MATCH;
      const token = ((distance - 1) << 3) | (rest < 7 ? rest : 7);
      output[out++] = token;
      output[out++] = token >> 8;
      if (rest >= 7) {
        const nibble = rest - 7 < 15 ? rest - 7 : 15;
        if (nibbleAt < 0) {
          nibbleAt = out;
          output[out++] = nibble;
        } else {
          output[nibbleAt] = (output[nibbleAt] as number) | (nibble << 4);
          nibbleAt = -1;
        }
        if (nibble === 15) out = writeLongLength(output, out, rest);
      }
      const matchEnd = position + length;
      const hashEnd = matchEnd <= lastHashed ? matchEnd : lastHashed + 1;
      for (let next = position + 1; next < hashEnd; next++) {
        const hash = hashAt(input, next, hashShift);
        previous[next & (WINDOW - 1)] = heads[hash] as number;
        heads[hash] = next;
      }
      position = matchEnd;
    }

    if (++flagCount === 32) {
      writeUint32(output, flagsAt, flags);
      flags = 0;
      flagCount = 0;
      flagsAt = out;
      out += 4;
    }
    if (out > limit) return -1;
  }
  // The unused flags are ones: a match without bytes is how the decoder knows the end.
  const unused = 32 - flagCount;
  writeUint32(output, flagsAt, unused === 32 ? -1 : (flags << unused) | ((1 << unused) - 1));
  return out;
}

function hashAt(input: Uint8Array, position: number, shift: number): number {
  const three =
    (input[position] as number) | ((input[position + 1] as number) << 8) | ((input[position + 2] as number) << 16);
  return Math.imul(three, HASH_FACTOR) >>> shift;
}

function matchLength(input: Uint8Array, earlier: number, later: number, end: number): number {
  let a = earlier;
  let b = later;
  while (b < end && input[a] === input[b]) {
    a++;
    b++;
  }
  return b - later;
}

/** What follows a nibble of 15: a byte, or 255 and the whole rest in two bytes, or in four after two zeros. */
function writeLongLength(output: Uint8Array, at: number, rest: number): number {
  if (rest - LONG_LENGTH < 255) {
    output[at] = rest - LONG_LENGTH;
    return at + 1;
  }
  output[at] = 255;
  if (rest < 0x10000) {
    output[at + 1] = rest;
    output[at + 2] = rest >> 8;
    return at + 3;
  }
  output[at + 1] = 0;
  output[at + 2] = 0;
  writeUint32(output, at + 3, rest);
  return at + 7;
}

/** Four bytes, the lowest first. */
export function writeUint32(output: Uint8Array, at: number, value: number): void {
  output[at] = value;
  output[at + 1] = value >> 8;
  output[at + 2] = value >> 16;
  output[at + 3] = value >> 24;
}
