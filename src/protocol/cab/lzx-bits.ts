import { refuse } from './failure.ts';

/**
 * The bit stream of LZX ([MS-PATCH] 2.1): 16-bit little-endian words, each read from its highest bit down. A life of its own because
 * the decoder's speed is the speed of this.
 */
export class LzxBits {
  readonly #input: Uint8Array;
  /** Of the next word that is not in the buffer; runs on beyond the end, where there are only zeros. */
  #position = 0;
  /** Its upper `#count` bits are to be read. */
  #buffer = 0;
  #count = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  /** The next 16 bits, which stay. */
  peek16(): number {
    if (this.#count < 16) this.#load();
    return this.#buffer >>> 16;
  }

  /** Takes bits that were peeked at; 1 to 16. */
  skip(bits: number): void {
    this.#buffer <<= bits;
    this.#count -= bits;
  }

  /** Up to 16 bits. */
  read(bits: number): number {
    if (bits === 0) return 0;
    if (this.#count < bits) this.#load();
    const value = this.#buffer >>> (32 - bits);
    this.skip(bits);
    return value;
  }

  /** To the next word, unless one has just begun. */
  align(): void {
    this.skip(this.#count & 15);
  }

  /** `length` bytes behind the current word; the word after them is next. Where a word has just begun, that one is left out. */
  rawBytes(length: number): Uint8Array {
    const ahead = this.#count >> 4;
    this.#position += (this.#count & 15) === 0 ? 2 - 2 * ahead : -2 * ahead;
    this.#buffer = 0;
    this.#count = 0;
    return this.moreRawBytes(length);
  }

  /** The bytes behind those of `rawBytes`. */
  moreRawBytes(length: number): Uint8Array {
    const from = this.#position;
    if (length > this.#input.length - from) refuse('cabinet.corrupt', 'LZX data ends early');
    this.#position += length;
    return this.#input.subarray(from, from + length);
  }

  /** Refuses when bits were taken that are not there. */
  checkEnd(): void {
    const taken = this.#position * 8 - this.#count;
    if (taken > this.#input.length * 8) refuse('cabinet.corrupt', 'LZX data ends early');
  }

  #load(): void {
    const low = this.#input[this.#position] ?? 0;
    const high = this.#input[this.#position + 1] ?? 0;
    this.#position += 2;
    this.#buffer |= ((high << 8) | low) << (16 - this.#count);
    this.#count += 16;
  }
}
