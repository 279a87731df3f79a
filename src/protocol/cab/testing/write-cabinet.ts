import { BLOCK_SIZE, checksum } from '../blocks.ts';

/** How the data of a folder is packed. */
export interface Packer {
  /** `typeCompress` of the format. */
  readonly type: number;
  /** The packed form of each 32 KiB. */
  readonly pack: (content: Uint8Array) => readonly Uint8Array[];
}

interface FolderContent {
  readonly packer: Packer;
  readonly members: readonly { readonly name: string; readonly content: Uint8Array }[];
}

/** Nothing is packed. */
export const STORED: Packer = { type: 0, pack: blocksOf };

/** `deflateRaw` makes deflate data without header that may refer back into the dictionary. */
export function mszip(deflateRaw: (block: Uint8Array, dictionary: Uint8Array) => Uint8Array): Packer {
  return {
    type: 1,
    pack: (content) =>
      blocksOf(content).map((block, nth) => {
        const before = content.subarray(Math.max(nth - 1, 0) * BLOCK_SIZE, nth * BLOCK_SIZE);
        return joined([Uint8Array.of(0x43, 0x4b), deflateRaw(block, before)]);
      }),
  };
}

/** A cabinet file with these folders ([MS-CAB] 2). The times of its members are zero. */
export function writeCabinet(folders: readonly FolderContent[]): Uint8Array {
  const contents = folders.map(({ members }) => joined(members.map(({ content }) => content)));
  const data = folders.map(({ packer }, nth) => dataBlocks(packer, contents[nth] as Uint8Array));
  const entries = folders.flatMap(({ members }, nth) => memberEntries(members, nth));
  const filesAt = HEADER_SIZE + folders.length * FOLDER_SIZE;
  const dataAt = filesAt + sizeOf(entries);
  const starts = data.map((_, nth) => dataAt + sizeOf(data.slice(0, nth).flat()));
  const folderEntries = folders.map(({ packer }, nth) =>
    numbers([4, starts[nth] as number], [2, (data[nth] as Uint8Array[]).length], [2, packer.type]),
  );
  const size = dataAt + sizeOf(data.flat());
  return joined([header(size, filesAt, folders.length, entries.length), ...folderEntries, ...entries, ...data.flat()]);
}

const HEADER_SIZE = 36;
const FOLDER_SIZE = 8;

function header(size: number, filesAt: number, folders: number, members: number): Uint8Array {
  const signature = Uint8Array.of(0x4d, 0x53, 0x43, 0x46);
  const places = numbers([4, 0], [4, size], [4, 0], [4, filesAt], [4, 0]);
  return joined([signature, places, Uint8Array.of(3, 1), numbers([2, folders], [2, members], [2, 0], [2, 0], [2, 0])]);
}

function memberEntries(members: FolderContent['members'], folder: number): Uint8Array[] {
  let offset = 0;
  return members.map(({ name, content }) => {
    const fields = numbers([4, content.length], [4, offset], [2, folder], [2, 0], [2, 0], [2, 0]);
    offset += content.length;
    return joined([fields, Uint8Array.from(name, (character) => character.charCodeAt(0)), Uint8Array.of(0)]);
  });
}

function dataBlocks({ pack }: Packer, content: Uint8Array): Uint8Array[] {
  return pack(content).map((packed, nth) => {
    const unpackedSize = Math.min(content.length - nth * BLOCK_SIZE, BLOCK_SIZE);
    const sizes = numbers([2, packed.length], [2, unpackedSize]);
    return joined([numbers([4, checksum(sizes, checksum(packed, 0))]), sizes, packed]);
  });
}

function blocksOf(content: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(content.length / BLOCK_SIZE) }, (_, nth) =>
    content.subarray(nth * BLOCK_SIZE, (nth + 1) * BLOCK_SIZE),
  );
}

/** Little-endian numbers of 2 or 4 bytes. */
function numbers(...fields: readonly (readonly [width: 2 | 4, value: number])[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([width, value]) => Array.from({ length: width }, (_, nth) => (value >>> (8 * nth)) & 0xff)),
  );
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((total, { length }) => total + length, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(sizeOf(parts));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
