import { refuse } from './failure.ts';
import type { LzxBits } from './lzx-bits.ts';

/** Codes up to this length are found in one step. */
const QUICK_BITS = 10;
const MAX_BITS = 16;

/** The prefix code of a block, ready to decode with; made for so many symbols and set up again for each block. */
export interface LzxTree {
  /** Length of each symbol's code; 0: it has none. From block to block only the differences are sent. */
  readonly lengths: Uint8Array;
  /** Takes the lengths as they are now. Refuses more codes than there is room for. */
  readonly setUp: () => void;
  readonly decode: (bits: LzxBits) => number;
}

export function lzxTree(symbols: number): LzxTree {
  const lengths = new Uint8Array(symbols);
  /** By the next bits: the symbol, shifted by 5, and the length of its code; 0 where the code is longer or is none. */
  const quick = new Uint32Array(1 << QUICK_BITS);
  /** Symbols by their codes, and for each length where its codes begin: among the codes, and in the list. */
  const sorted = new Uint16Array(symbols);
  const counts = new Uint16Array(MAX_BITS + 1);
  const firstCode = new Uint32Array(MAX_BITS + 1);
  const firstIndex = new Uint16Array(MAX_BITS + 1);

  function setUp(): void {
    counts.fill(0);
    for (const length of lengths) if (length > 0) counts[length] = at(counts, length) + 1;
    let code = 0;
    let index = 0;
    for (let length = 1; length <= MAX_BITS; length++) {
      firstCode[length] = code;
      firstIndex[length] = index;
      code = (code + at(counts, length)) * 2;
      index += at(counts, length);
      if (code > 2 << length) refuse('cabinet.corrupt', 'an LZX code with too many symbols');
    }
    sortSymbols();
    fillQuick();
  }

  function sortSymbols(): void {
    const next = firstIndex.slice();
    for (let symbol = 0; symbol < symbols; symbol++) {
      const length = at(lengths, symbol);
      if (length === 0) continue;
      const index = at(next, length);
      sorted[index] = symbol;
      next[length] = index + 1;
    }
  }

  function fillQuick(): void {
    quick.fill(0);
    for (let length = 1; length <= QUICK_BITS; length++) {
      const span = 1 << (QUICK_BITS - length);
      for (let nth = 0; nth < at(counts, length); nth++) {
        const from = (at(firstCode, length) + nth) * span;
        quick.fill((at(sorted, at(firstIndex, length) + nth) << 5) | length, from, from + span);
      }
    }
  }

  function decode(bits: LzxBits): number {
    const next = bits.peek16();
    const found = at(quick, next >>> (16 - QUICK_BITS));
    if (found !== 0) {
      bits.skip(found & 31);
      return found >>> 5;
    }
    for (let length = QUICK_BITS + 1; length <= MAX_BITS; length++) {
      const nth = (next >>> (16 - length)) - at(firstCode, length);
      if (nth < at(counts, length)) {
        bits.skip(length);
        return at(sorted, at(firstIndex, length) + nth);
      }
    }
    return refuse('cabinet.corrupt', 'an LZX code that stands for nothing');
  }

  return { lengths, setUp, decode };
}

/** The index is known to be inside. */
function at(numbers: { readonly [index: number]: number }, index: number): number {
  return numbers[index] as number;
}
