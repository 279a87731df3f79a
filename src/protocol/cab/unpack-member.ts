import { BLOCK_SIZE, type Block, blocksOf } from './blocks.ts';
import type { Cabinet, CabinetCompression, CabinetMember } from './cabinet.ts';
import { type CabinetFailure, refuse, refusing } from './failure.ts';
import { unpackLzx } from './lzx.ts';

/**
 * Inflates raw deflate data (RFC 1951) that may refer back into the dictionary, the bytes before it. Throws when it is broken or gives
 * more than `maxSize` bytes.
 */
export type InflateRaw = (deflated: Uint8Array, dictionary: Uint8Array, maxSize: number) => Uint8Array;

export interface UnpackOptions {
  readonly inflateRaw: InflateRaw;
  /** Bytes of the folder up to the member's end: all of this is unpacked to get at it. */
  readonly maxOutput: number;
}

/** A member's content. No more memory is taken than the cabinet's blocks claim, nor than the limit allows. Never throws. */
export function unpackMember(
  cabinet: Cabinet,
  { folder, offset, size }: CabinetMember,
  { inflateRaw, maxOutput }: UnpackOptions,
): { readonly ok: true; readonly content: Uint8Array } | CabinetFailure {
  return refusing(() => {
    const end = offset + size;
    if (end > maxOutput) refuse('cabinet.too-large', `${end} bytes unpacked, the limit is ${maxOutput}`);
    const blocks = blocksOf(cabinet, folder, end);
    return { ok: true, content: unpackBlocks(folder.compression, blocks, inflateRaw).subarray(offset, end) };
  });
}

function unpackBlocks(compression: CabinetCompression, blocks: readonly Block[], inflateRaw: InflateRaw): Uint8Array {
  switch (compression.kind) {
    case 'stored':
      return filled(blocks, ({ packed }) => packed);
    case 'mszip':
      return filled(blocks, ({ packed, unpackedSize }, before) => inflated(packed, before, unpackedSize, inflateRaw));
    case 'lzx':
      return unpackLzx(concatenated(blocks), compression.windowBits, lzxSize(blocks));
  }
}

/** The content of each block, one behind the other. */
function filled(blocks: readonly Block[], contentOf: (block: Block, before: Uint8Array) => Uint8Array): Uint8Array {
  const output = new Uint8Array(blocks.reduce((total, { unpackedSize }) => total + unpackedSize, 0));
  let at = 0;
  for (const block of blocks) {
    const content = contentOf(block, output.subarray(0, at));
    if (content.length !== block.unpackedSize)
      refuse('cabinet.corrupt', `a block of ${content.length} bytes says ${block.unpackedSize}`);
    output.set(content, at);
    at += content.length;
  }
  return output;
}

/** A block of MSZIP ([MS-MCI]): `CK` and a deflate stream of its own, whose dictionary is what the blocks before it gave. */
function inflated(packed: Uint8Array, before: Uint8Array, size: number, inflateRaw: InflateRaw): Uint8Array {
  if (packed[0] !== 0x43 || packed[1] !== 0x4b) refuse('cabinet.corrupt', 'an MSZIP block without its mark');
  try {
    return inflateRaw(packed.subarray(2), before.subarray(-BLOCK_SIZE), size);
  } catch {
    return refuse('cabinet.corrupt', 'an MSZIP block does not inflate');
  }
}

/** The bit stream of LZX knows no blocks; only the last may be shorter. */
function lzxSize(blocks: readonly Block[]): number {
  const last = blocks.at(-1)?.unpackedSize ?? 0;
  if (blocks.slice(0, -1).some(({ unpackedSize }) => unpackedSize !== BLOCK_SIZE))
    refuse('cabinet.corrupt', 'an LZX block that is neither full nor the last');
  return Math.max(blocks.length - 1, 0) * BLOCK_SIZE + last;
}

function concatenated(blocks: readonly Block[]): Uint8Array {
  const all = new Uint8Array(blocks.reduce((total, { packed }) => total + packed.length, 0));
  let at = 0;
  for (const { packed } of blocks) {
    all.set(packed, at);
    at += packed.length;
  }
  return all;
}
