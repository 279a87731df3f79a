import { type ByteReader, byteReader } from './byte-reader.ts';
import type { Cabinet, CabinetFolder } from './cabinet.ts';
import { refuse } from './failure.ts';

/** Bytes that one block has unpacked; every block but the last of a folder has as many. */
export const BLOCK_SIZE = 32768;

/** A piece of a folder's data ([MS-CAB] 2.4). */
export interface Block {
  /** A view into the cabinet. */
  readonly packed: Uint8Array;
  readonly unpackedSize: number;
}

/**
 * The first blocks of a folder, as many as it takes for `size` bytes when unpacked. Each is checked against its checksum.
 *
 * @throws CabinetRefusal
 */
export function blocksOf({ bytes }: Cabinet, folder: CabinetFolder, size: number): readonly Block[] {
  const reader = byteReader(bytes, folder.offset);
  const blocks: Block[] = [];
  let total = 0;
  while (total < size) {
    if (blocks.length >= folder.blocks) refuse('cabinet.malformed', `a folder of ${total} bytes, members need ${size}`);
    const block = blockOf(reader, folder.reservedInBlock);
    blocks.push(block);
    total += block.unpackedSize;
  }
  return blocks;
}

function blockOf(reader: ByteReader, reserved: number): Block {
  const place = reader.position();
  const sum = reader.u32();
  const sizesAndReserved = reader.bytes(4 + reserved);
  const sizes = byteReader(sizesAndReserved);
  const [packedSize, unpackedSize] = [sizes.u16(), sizes.u16()];
  if (unpackedSize === 0) refuse('cabinet.unsupported', 'a block that goes on in another cabinet');
  if (unpackedSize > BLOCK_SIZE) refuse('cabinet.malformed', `a block of ${unpackedSize} bytes`);
  const packed = reader.bytes(packedSize);
  // Zero: whoever packed it made none.
  if (sum !== 0 && checksum(sizesAndReserved, checksum(packed, 0)) !== sum)
    refuse('cabinet.checksum', `the block at byte ${place} does not have its checksum`);
  return { packed, unpackedSize };
}

/** The checksum of [MS-CAB] 3.1: exclusive or of all 32-bit words; what is left over at the end counts from its first byte down. */
export function checksum(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  let sum = seed;
  for (let at = 0; at < whole; at += 4) sum ^= view.getUint32(at, true);
  let rest = 0;
  for (let at = whole; at < bytes.length; at++) rest = (rest << 8) | view.getUint8(at);
  return (sum ^ rest) >>> 0;
}
