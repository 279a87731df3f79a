import { BLOCK_SIZE } from '../blocks.ts';
import { FOOTER_BITS, REPEATED_OFFSETS, SLOT_BASE, slotsFor } from '../lzx-slots.ts';
import { type PrefixCode, prefixCode } from './prefix-code.ts';
import type { Packer } from './write-cabinet.ts';

export type LzxBlockKind = 'verbatim' | 'aligned' | 'uncompressed';

const KINDS: Readonly<Record<LzxBlockKind, number>> = { verbatim: 1, aligned: 2, uncompressed: 3 };

export interface LzxStyle {
  /** Of the blocks, in turn. */
  readonly kinds?: readonly LzxBlockKind[];
  /** Bytes that a block of LZX unpacks to; those of the cabinet have their own size. */
  readonly blockSize?: number;
}

/** Packs as WSUS does, which has windows of 2^21 bytes; a style is for whoever tries the unpacker. */
export function lzx(windowBits: number, style: LzxStyle = {}): Packer {
  const { kinds = ['verbatim'], blockSize = BLOCK_SIZE } = style;
  return {
    type: 3 | (windowBits << 8),
    pack(content) {
      const packer = createPacker(content, windowBits);
      for (let nth = 0; nth * blockSize < content.length; nth++)
        packer.block(nth * blockSize, blockSize, kinds[nth % kinds.length] ?? 'verbatim');
      return packer.frames();
    },
  };
}

interface Token {
  /** Bytes that it stands for. */
  readonly covers: number;
  /** Of the main tree. */
  readonly symbol: number;
  /** Of the tree of lengths. */
  readonly length?: number;
  readonly footer?: number;
  readonly footerBits?: number;
}

const LITERALS = 256;
const LENGTH_SYMBOLS = 249;
const MAX_MATCH = 257;
const MIN_MATCH = 3;

function createPacker(content: Uint8Array, windowBits: number) {
  const mainSymbols = LITERALS + slotsFor(windowBits) * 8;
  const bits = bitWriter();
  const finished: Uint8Array[] = [];
  const places = new Map<number, number>();
  let offsets: readonly number[] = [1, 1, 1];
  let mainLengths: readonly number[] = new Array<number>(mainSymbols).fill(0);
  let lengthLengths: readonly number[] = new Array<number>(LENGTH_SYMBOLS).fill(0);

  function block(start: number, size: number, kind: LzxBlockKind): void {
    const end = Math.min(start + size, content.length);
    if (start === 0) bits.put(0, 1); // calls are not translated
    bits.put(KINDS[kind], 3);
    bits.put((end - start) >> 8, 16);
    bits.put((end - start) & 0xff, 8);
    if (kind === 'uncompressed') putRaw(start, end);
    else putTokens(tokensOf(start, end), start, kind);
  }

  function putRaw(start: number, end: number): void {
    bits.putBytes(offsets.flatMap((offset) => [0, 8, 16, 24].map((shift) => (offset >>> shift) & 0xff)));
    for (let at = start; at < end; at = frameEnd(at, end)) {
      bits.moreBytes(content.subarray(at, frameEnd(at, end)));
      finishFrame(frameEnd(at, end));
    }
    if ((end - start) % 2) bits.moreBytes([0]);
  }

  /** The end of the frame that this place is in, or of the block. */
  function frameEnd(at: number, blockEnd: number): number {
    return Math.min(at - (at % BLOCK_SIZE) + BLOCK_SIZE, blockEnd);
  }

  function finishFrame(at: number): void {
    if (at % BLOCK_SIZE === 0 && at < content.length) finished.push(bits.finish());
  }

  function tokensOf(start: number, end: number): Token[] {
    const tokens: Token[] = [];
    let at = start;
    while (at < end) {
      const stop = frameEnd(at, end);
      const from = candidate(at, stop);
      const length = from === undefined ? 0 : commonLength(from, at, Math.min(stop, at + MAX_MATCH));
      if (from === undefined || length < MIN_MATCH) tokens.push({ symbol: content[at] as number, covers: 1 });
      else tokens.push(match(at - from, length));
      at += Math.max(length, 1);
    }
    return tokens;
  }

  /** The last place where the next three bytes were. */
  function candidate(at: number, end: number): number | undefined {
    if (at + MIN_MATCH > end) return undefined;
    const key = ((content[at] as number) << 16) | ((content[at + 1] as number) << 8) | (content[at + 2] as number);
    const place = places.get(key);
    places.set(key, at);
    return place !== undefined && at - place <= 2 ** windowBits - 3 ? place : undefined;
  }

  function commonLength(from: number, at: number, end: number): number {
    let length = 0;
    while (at + length < end && content[from + length] === content[at + length]) length += 1;
    return length >= MIN_MATCH ? length : 0;
  }

  function match(offset: number, length: number): Token {
    const repeated = offsets.indexOf(offset);
    const slot = repeated >= 0 ? repeated : slotOf(offset);
    const [r0, r1, r2] = offsets as [number, number, number];
    if (repeated < 0) offsets = [offset, r0, r1];
    else if (repeated === 1) offsets = [r1, r0, r2];
    else if (repeated === 2) offsets = [r2, r1, r0];
    const header = Math.min(length - 2, 7);
    return {
      covers: length,
      symbol: LITERALS + slot * 8 + header,
      ...(header === 7 ? { length: length - 9 } : {}),
      ...(repeated < 0 ? { footer: offset + 2 - (SLOT_BASE[slot] as number), footerBits: FOOTER_BITS[slot] ?? 0 } : {}),
    };
  }

  function slotOf(offset: number): number {
    let slot = REPEATED_OFFSETS;
    while (slot + 1 < SLOT_BASE.length && (SLOT_BASE[slot + 1] as number) <= offset + 2) slot += 1;
    return slot;
  }

  function putTokens(tokens: readonly Token[], start: number, kind: LzxBlockKind): void {
    const lowBits = (token: Token): number | undefined =>
      kind === 'aligned' && (token.footerBits ?? 0) >= 3 ? (token.footer ?? 0) & 7 : undefined;
    const main = codeFor(tokens, ({ symbol }) => symbol, mainSymbols, 16);
    const lengths = codeFor(tokens, ({ length }) => length, LENGTH_SYMBOLS, 16);
    const aligned = codeFor(tokens, lowBits, 8, 7);
    if (kind === 'aligned') for (const length of aligned.lengths) bits.put(length, 3);
    putLengths(bits, main.lengths.slice(0, LITERALS), mainLengths.slice(0, LITERALS));
    putLengths(bits, main.lengths.slice(LITERALS), mainLengths.slice(LITERALS));
    putLengths(bits, lengths.lengths, lengthLengths);
    mainLengths = main.lengths;
    lengthLengths = lengths.lengths;
    let at = start;
    for (const token of tokens) {
      putSymbol(bits, main, token.symbol);
      if (token.length !== undefined) putSymbol(bits, lengths, token.length);
      const low = lowBits(token);
      bits.put(
        (token.footer ?? 0) >> (low === undefined ? 0 : 3),
        (token.footerBits ?? 0) - (low === undefined ? 0 : 3),
      );
      if (low !== undefined) putSymbol(bits, aligned, low);
      at += token.covers;
      finishFrame(at);
    }
  }

  function frames(): readonly Uint8Array[] {
    return content.length === 0 ? [] : [...finished, bits.finish()];
  }

  return { block, frames };
}

function codeFor(
  tokens: readonly Token[],
  symbolOf: (token: Token) => number | undefined,
  symbols: number,
  maxLength: number,
): PrefixCode {
  const frequencies = new Array<number>(symbols).fill(0);
  for (const token of tokens) {
    const symbol = symbolOf(token);
    if (symbol !== undefined) frequencies[symbol] = (frequencies[symbol] ?? 0) + 1;
  }
  return prefixCode(frequencies, maxLength);
}

function putSymbol(bits: BitWriter, { lengths, codes }: PrefixCode, symbol: number): void {
  bits.put(codes[symbol] as number, lengths[symbol] as number);
}

/** Code lengths as differences to the former ones; runs of zeros and of equal lengths have signs of their own. */
function putLengths(bits: BitWriter, lengths: readonly number[], former: readonly number[]): void {
  const signs = lengthSigns(lengths, former);
  const code = prefixCode(
    Array.from({ length: 20 }, (_, symbol) => signs.filter((sign) => sign.symbol === symbol).length),
    15,
  );
  for (const length of code.lengths) bits.put(length, 4);
  for (const { symbol, extra = 0, extraBits = 0 } of signs) {
    putSymbol(bits, code, symbol);
    bits.put(extra, extraBits);
  }
}

interface LengthSign {
  readonly symbol: number;
  readonly extra?: number;
  readonly extraBits?: number;
}

function lengthSigns(lengths: readonly number[], former: readonly number[]): LengthSign[] {
  const signs: LengthSign[] = [];
  const difference = (at: number): number => ((former[at] ?? 0) - (lengths[at] ?? 0) + 17) % 17;
  let at = 0;
  while (at < lengths.length) {
    const end = lengths.findIndex((length, place) => place > at && length !== lengths[at]);
    const run = (end < 0 ? lengths.length : end) - at;
    if (lengths[at] === 0 && run >= 20) {
      const length = Math.min(run, 51);
      signs.push({ symbol: 18, extra: length - 20, extraBits: 5 });
      at += length;
    } else if (lengths[at] === 0 && run >= 4) {
      signs.push({ symbol: 17, extra: run - 4, extraBits: 4 });
      at += run;
    } else if (run >= 4) {
      const length = Math.min(run, 5);
      signs.push({ symbol: 19, extra: length - 4, extraBits: 1 }, { symbol: difference(at) });
      at += length;
    } else {
      signs.push({ symbol: difference(at) });
      at += 1;
    }
  }
  return signs;
}

interface BitWriter {
  readonly put: (value: number, width: number) => void;
  /** Whole bytes behind the word that has begun, or behind an empty one. */
  readonly putBytes: (raw: Iterable<number>) => void;
  readonly moreBytes: (raw: Iterable<number>) => void;
  /** All words since the last time, the last one filled up with zeros. */
  readonly finish: () => Uint8Array;
}

function bitWriter(): BitWriter {
  let bytes: number[] = [];
  let word = 0;
  let used = 0;

  function putBit(bit: number): void {
    word = (word << 1) | bit;
    used += 1;
    if (used < 16) return;
    bytes.push(word & 0xff, word >> 8);
    word = 0;
    used = 0;
  }

  function fillWord(): void {
    while (used > 0) putBit(0);
  }

  function moreBytes(raw: Iterable<number>): void {
    for (const byte of raw) bytes.push(byte);
  }

  return {
    put(value, width) {
      for (let bit = width - 1; bit >= 0; bit--) putBit((value >> bit) & 1);
    },
    putBytes(raw) {
      putBit(0);
      fillWord();
      moreBytes(raw);
    },
    moreBytes,
    finish() {
      fillWord();
      const frame = Uint8Array.from(bytes);
      bytes = [];
      return frame;
    },
  };
}
