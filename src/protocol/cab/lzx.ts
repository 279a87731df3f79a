import { BLOCK_SIZE } from './blocks.ts';
import { refuse } from './failure.ts';
import { LzxBits } from './lzx-bits.ts';
import { FOOTER_BITS, REPEATED_OFFSETS, SLOT_BASE, slotsFor } from './lzx-slots.ts';
import { type LzxTree, lzxTree } from './lzx-tree.ts';

// LZX as cabinets have it ([MS-PATCH] 2). A frame is as long as a block of the cabinet; the bit stream begins a new word with each.

const VERBATIM = 1;
const ALIGNED = 2;
const UNCOMPRESSED = 3;

const LITERALS = 256;
/** Lengths that a match may name by itself; the eighth sends for the tree of lengths. */
const SHORT_LENGTHS = 7;
const LENGTH_SYMBOLS = 249;
const ALIGNED_SYMBOLS = 8;
const PRETREE_SYMBOLS = 20;
const MIN_MATCH = 2;

/**
 * Unpacks the data of a whole LZX folder into exactly `size` bytes.
 *
 * @throws CabinetRefusal `cabinet.corrupt`
 */
export function unpackLzx(packed: Uint8Array, windowBits: number, size: number): Uint8Array {
  const decoder = createDecoder(new LzxBits(packed), windowBits, new Uint8Array(size));
  return decoder.run();
}

function createDecoder(bits: LzxBits, windowBits: number, output: Uint8Array) {
  const windowSize = 2 ** windowBits;
  const main = lzxTree(LITERALS + slotsFor(windowBits) * 8);
  const lengths = lzxTree(LENGTH_SYMBOLS);
  const aligned = lzxTree(ALIGNED_SYMBOLS);
  const pretree = lzxTree(PRETREE_SYMBOLS);
  let at = 0;
  let kind = 0;
  let left = 0;
  let padded = false;
  let r0 = 1;
  let r1 = 1;
  let r2 = 1;

  function run(): Uint8Array {
    const fileSize = bits.read(1) === 1 ? readLong() : 0;
    while (at < output.length) {
      const frameEnd = Math.min(at + BLOCK_SIZE, output.length);
      while (at < frameEnd) {
        if (left === 0) beginBlock();
        const end = Math.min(at + left, frameEnd);
        left -= end - at;
        if (kind === UNCOMPRESSED) copyRaw(end);
        else decodeSymbols(end);
      }
      bits.checkEnd();
      bits.align();
    }
    if (fileSize > 0) undoCallTranslation(output, fileSize);
    return output;
  }

  function readLong(): number {
    return bits.read(16) * 65536 + bits.read(16);
  }

  function beginBlock(): void {
    if (padded) bits.moreRawBytes(1);
    padded = false;
    kind = bits.read(3);
    left = bits.read(16) * 256 + bits.read(8);
    if (left === 0) refuse('cabinet.corrupt', 'an LZX block of nothing');
    if (kind === UNCOMPRESSED) beginUncompressed();
    else if (kind === VERBATIM || kind === ALIGNED) beginCompressed();
    else refuse('cabinet.corrupt', `an LZX block of kind ${kind}`);
  }

  function beginUncompressed(): void {
    const offsets = bits.rawBytes(12);
    const view = new DataView(offsets.buffer, offsets.byteOffset, 12);
    [r0, r1, r2] = [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)];
    padded = left % 2 === 1;
  }

  function beginCompressed(): void {
    if (kind === ALIGNED) readFixedLengths(aligned, 3);
    readLengths(main, 0, LITERALS);
    readLengths(main, LITERALS, main.lengths.length);
    main.setUp();
    readLengths(lengths, 0, LENGTH_SYMBOLS);
    lengths.setUp();
  }

  function readFixedLengths(tree: LzxTree, width: number): void {
    for (let symbol = 0; symbol < tree.lengths.length; symbol++) tree.lengths[symbol] = bits.read(width);
    tree.setUp();
  }

  /** The lengths `from` to `to` of a tree, packed themselves: as differences to those of the block before. */
  function readLengths(tree: LzxTree, from: number, to: number): void {
    readFixedLengths(pretree, 4);
    let symbol = from;
    while (symbol < to) {
      const code = pretree.decode(bits);
      if (code <= 16) {
        tree.lengths[symbol] = changed(tree, symbol, code);
        symbol += 1;
        continue;
      }
      const [width, least] = code === 17 ? [4, 4] : code === 18 ? [5, 20] : [1, 4];
      const runEnd = symbol + bits.read(width) + least;
      if (runEnd > to) refuse('cabinet.corrupt', 'an LZX code with more lengths than symbols');
      const length = code === 19 ? changed(tree, symbol, pretree.decode(bits)) : 0;
      tree.lengths.fill(length, symbol, runEnd);
      symbol = runEnd;
    }
  }

  function changed(tree: LzxTree, symbol: number, difference: number): number {
    if (difference > 16) refuse('cabinet.corrupt', 'an LZX run of runs');
    return ((tree.lengths[symbol] as number) - difference + 17) % 17;
  }

  function copyRaw(end: number): void {
    output.set(bits.moreRawBytes(end - at), at);
    at = end;
  }

  function decodeSymbols(end: number): void {
    while (at < end) {
      const symbol = main.decode(bits);
      if (symbol < LITERALS) output[at++] = symbol;
      else copyMatch(symbol - LITERALS, end);
    }
  }

  function copyMatch(header: number, end: number): void {
    let length = (header & 7) + MIN_MATCH;
    if ((header & 7) === SHORT_LENGTHS) length += lengths.decode(bits);
    const offset = offsetOf(header >> 3);
    if (offset === 0 || offset > at || offset > windowSize || at + length > end)
      refuse('cabinet.corrupt', 'an LZX match outside of its frame or window');
    const stop = at + length;
    if (offset >= length) {
      output.copyWithin(at, at - offset, stop - offset);
      at = stop;
    } else {
      while (at < stop) {
        output[at] = output[at - offset] as number;
        at += 1;
      }
    }
  }

  function offsetOf(slot: number): number {
    if (slot < REPEATED_OFFSETS) return repeatedOffset(slot);
    const footer = FOOTER_BITS[slot] as number;
    const base = (SLOT_BASE[slot] as number) - 2;
    const offset =
      kind === ALIGNED && footer >= 3
        ? base + readWide(footer - 3) * 8 + aligned.decode(bits)
        : base + readWide(footer);
    [r2, r1, r0] = [r1, r0, offset];
    return offset;
  }

  function readWide(width: number): number {
    return width > 16 ? bits.read(1) * 65536 + bits.read(16) : bits.read(width);
  }

  /** The one that is used changes places with the newest. */
  function repeatedOffset(slot: number): number {
    const offset = slot === 0 ? r0 : slot === 1 ? r1 : r2;
    if (slot === 1) r1 = r0;
    else if (slot === 2) r2 = r0;
    r0 = offset;
    return offset;
  }

  return { run };
}

const CALL = 0xe8;
/** The last bytes of a frame, and frames beyond the first 2^30 bytes, are never translated. */
const UNTRANSLATED = 10;
const TRANSLATED_FRAMES = 32768;

/** Packers make the targets of x86 calls absolute, so that they are alike; here they become relative again, frame by frame. */
function undoCallTranslation(output: Uint8Array, fileSize: number): void {
  const view = new DataView(output.buffer, output.byteOffset, output.byteLength);
  const end = Math.min(output.length, TRANSLATED_FRAMES * BLOCK_SIZE);
  for (let frame = 0; frame < end; frame += BLOCK_SIZE) {
    const last = Math.min(frame + BLOCK_SIZE, end) - UNTRANSLATED;
    for (let at = frame; at < last; at++) {
      if (output[at] !== CALL) continue;
      const absolute = view.getInt32(at + 1, true);
      if (absolute >= -at && absolute < fileSize)
        view.setInt32(at + 1, absolute >= 0 ? absolute - at : absolute + fileSize, true);
      at += 4;
    }
  }
}
