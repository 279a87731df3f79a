import { decodePlainLz77, type Lz77Problem, readUint32 } from './plain-lz77-decoder.ts';
import {
  createMatchFinder,
  ENCODER_SLACK,
  encodePlainLz77,
  type MatchFinder,
  writeUint32,
} from './plain-lz77-encoder.ts';

const HEADER = 8;
const MAX_BLOCK = 65_535;
/** The block that Windows' own server writes. */
const DEFAULT_BLOCK = 16_352;

type XpressFailureCode = 'xpress.bad-header' | 'xpress.truncated' | 'xpress.too-large' | 'xpress.bad-block';

export interface XpressFailure {
  readonly ok: false;
  readonly code: XpressFailureCode;
  readonly message: string;
}

/**
 * Encodes a body for `Content-Encoding: xpress` ([MS-WUSP] 2.1.1): blocks of { uncompressed size, compressed size, bytes }, sizes as
 * int32 with the low byte first. Blocks stand alone: two results written one after the other are the encoding of both inputs, so that
 * an answer can be put together from parts that were compressed long ago. Time is linear in the input.
 *
 * @param blockSize bytes of input in a block, 1 … 65,535
 */
export function compress(bytes: Uint8Array, blockSize: number = DEFAULT_BLOCK): Uint8Array {
  if (!Number.isInteger(blockSize) || blockSize < 1 || blockSize > MAX_BLOCK) {
    throw new RangeError(`block size ${blockSize} is not within 1 … ${MAX_BLOCK}`);
  }
  const finder = bytes.length > SMALL ? createMatchFinder(bytes.length) : smallFinder();
  const most = bytes.length + HEADER * Math.ceil(bytes.length / blockSize) + ENCODER_SLACK;
  const output = most > smallOutput.length ? new Uint8Array(most) : smallOutput;
  let at = 0;
  for (let start = 0; start < bytes.length; start += blockSize) {
    const end = Math.min(start + blockSize, bytes.length);
    const size = end - start;
    const body = at + HEADER;
    let next = encodePlainLz77(finder, bytes, start, end, output, body, body + size - 1);
    if (next < 0) {
      // Equal sizes say that the block is stored as it is.
      output.set(bytes.subarray(start, end), body);
      next = body + size;
    }
    writeUint32(output, at, size);
    writeUint32(output, at + 4, next - body);
    at = next;
  }
  return output.slice(0, at);
}

/** The same without compression: for a few bytes that are sent once. */
export function store(bytes: Uint8Array): Uint8Array {
  const output = new Uint8Array(bytes.length + HEADER * Math.ceil(bytes.length / DEFAULT_BLOCK));
  let at = 0;
  for (let start = 0; start < bytes.length; start += DEFAULT_BLOCK) {
    const block = bytes.subarray(start, start + DEFAULT_BLOCK);
    writeUint32(output, at, block.length);
    writeUint32(output, at + 4, block.length);
    output.set(block, at + HEADER);
    at += HEADER + block.length;
  }
  return output;
}

/** Answers are put together from hundreds of small pieces: what each of these would have to allocate is used again and again. */
const SMALL = 4096;
const smallOutput = new Uint8Array(2 * SMALL);
let small: MatchFinder | undefined;

function smallFinder(): MatchFinder {
  small ??= createMatchFinder(SMALL);
  small.heads.fill(-1); // what `previous` still holds is only reached from here
  return small;
}

/**
 * Decodes a body of `Content-Encoding: xpress`. Hostile input gives a failure, never an exception, and no more than `maxBytes` are
 * ever allocated.
 */
export function decompress(
  bytes: Uint8Array,
  maxBytes: number,
): { readonly ok: true; readonly bytes: Uint8Array } | XpressFailure {
  const total = measure(bytes, maxBytes);
  if (typeof total !== 'number') return total;
  const output = new Uint8Array(total);
  let at = 0;
  let out = 0;
  while (at < bytes.length) {
    const size = readUint32(bytes, at);
    const packed = readUint32(bytes, at + 4);
    const body = at + HEADER;
    if (packed === size) output.set(bytes.subarray(body, body + size), out);
    else {
      const problem = decodePlainLz77(bytes, body, body + packed, output, out, out + size);
      if (problem !== undefined) return fail('xpress.bad-block', `block at byte ${at}: ${PROBLEMS[problem]}`);
    }
    at = body + packed;
    out += size;
  }
  return { ok: true, bytes: output };
}

const PROBLEMS: Readonly<Record<Lz77Problem, string>> = {
  truncated: 'it ends inside a token',
  'too-long': 'it holds more than its header says',
  'too-short': 'it holds less than its header says',
  'bad-offset': 'a match begins before the block',
  'bad-length': 'a match length is not in its shortest form',
};

/** The decoded size of all blocks, from their headers. */
function measure(bytes: Uint8Array, maxBytes: number): number | XpressFailure {
  let at = 0;
  let total = 0;
  while (at < bytes.length) {
    if (bytes.length - at < HEADER) return fail('xpress.truncated', `the header at byte ${at} is not complete`);
    const size = readUint32(bytes, at);
    const packed = readUint32(bytes, at + 4);
    if (size === 0 || size > MAX_BLOCK || packed === 0 || packed > size) {
      return fail('xpress.bad-header', `block at byte ${at}: sizes ${size} and ${packed} cannot be`);
    }
    if (packed > bytes.length - at - HEADER) return fail('xpress.truncated', `the block at byte ${at} is not complete`);
    total += size;
    if (total > maxBytes) return fail('xpress.too-large', `the body is larger than ${maxBytes} bytes`);
    at += HEADER + packed;
  }
  return total;
}

function fail(code: XpressFailureCode, message: string): XpressFailure {
  return { ok: false, code, message };
}
