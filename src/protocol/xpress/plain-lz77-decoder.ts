/** Lengths from here on (less three) do not fit into the 3 bits of a token and the 4 of a nibble. */
export const LONG_LENGTH = 7 + 15;

/** Why a plain LZ77 stream could not be decoded; undefined means that it could. */
export type Lz77Problem = 'truncated' | 'too-long' | 'too-short' | 'bad-offset' | 'bad-length';

/**
 * Decodes the plain LZ77 stream `input[start, end)` ([MS-XCA] 2.4) into exactly `output[from, to)`. Nothing before `from` is read, so
 * a block cannot copy from its neighbour; nothing outside is written. Never throws.
 */
export function decodePlainLz77(
  input: Uint8Array,
  start: number,
  end: number,
  output: Uint8Array,
  from: number,
  to: number,
): Lz77Problem | undefined {
  let position = start;
  let out = from;
  let flags = 0;
  let flagCount = 0;
  let nibbleAt = -1;

  while (position < end) {
    if (flagCount === 0) {
      if (end - position < 4) return 'truncated';
      flags = readUint32(input, position);
      flagCount = 32;
      position += 4;
      continue;
    }
    flagCount--;
    if (((flags >>> flagCount) & 1) === 0) {
      if (out === to) return 'too-long';
      output[out++] = input[position++] as number;
      continue;
    }

    if (end - position < 2) return 'truncated';
    const token = (input[position] as number) | ((input[position + 1] as number) << 8);
    position += 2;
    let length = token & 7;
    if (length === 7) {
      let nibble: number;
      if (nibbleAt < 0) {
        if (position === end) return 'truncated';
        nibbleAt = position;
        nibble = (input[position++] as number) & 15;
      } else {
        nibble = (input[nibbleAt] as number) >> 4;
        nibbleAt = -1;
      }
      length = 7 + nibble;
      if (nibble === 15) {
        const bytes = longLengthBytes(input, position, end);
        if (bytes === 0) return 'truncated';
        length = readLongLength(input, position, bytes);
        if (length < LONG_LENGTH) return 'bad-length';
        position += bytes;
      }
    }
    length += 3;
    let source = out - (token >> 3) - 1;
    if (source < from) return 'bad-offset';
    if (length > to - out) return 'too-long';
    // Byte by byte: a match may overlap what it writes.
    for (const matchEnd = out + length; out < matchEnd; ) output[out++] = output[source++] as number;
  }
  return out === to ? undefined : 'too-short';
}

/** How many bytes the length takes after a nibble of 15: 1, 3 or 7; 0 when they are not all there. */
function longLengthBytes(input: Uint8Array, at: number, end: number): 0 | 1 | 3 | 7 {
  if (at >= end) return 0;
  if (input[at] !== 255) return 1;
  if (end - at < 3) return 0;
  if (input[at + 1] !== 0 || input[at + 2] !== 0) return 3;
  return end - at < 7 ? 0 : 7;
}

/** The length less three. */
function readLongLength(input: Uint8Array, at: number, bytes: 1 | 3 | 7): number {
  if (bytes === 1) return LONG_LENGTH + (input[at] as number);
  if (bytes === 3) return (input[at + 1] as number) | ((input[at + 2] as number) << 8);
  return readUint32(input, at + 3);
}

/** Four bytes, the lowest first, without a sign. */
export function readUint32(input: Uint8Array, at: number): number {
  const value =
    (input[at] as number) |
    ((input[at + 1] as number) << 8) |
    ((input[at + 2] as number) << 16) |
    ((input[at + 3] as number) << 24);
  return value >>> 0;
}
