import { type ByteReader, byteReader } from './byte-reader.ts';
import { type CabinetFailure, refuse, refusing } from './failure.ts';

/** The table of contents of a cabinet file ([MS-CAB] 2). Nothing is unpacked yet, and no block of data was looked at. */
export interface Cabinet {
  readonly bytes: Uint8Array;
  readonly folders: readonly CabinetFolder[];
  readonly members: readonly CabinetMember[];
}

/** Members that are packed as one stream. */
export interface CabinetFolder {
  /** Of its first block in the cabinet. */
  readonly offset: number;
  readonly blocks: number;
  readonly compression: CabinetCompression;
  /** Bytes before the data of each block that only their maker understands. */
  readonly reservedInBlock: number;
}

export type CabinetCompression =
  | { readonly kind: 'stored' }
  | { readonly kind: 'mszip' }
  /** The window has 2 to the power of this; 15 to 21. */
  | { readonly kind: 'lzx'; readonly windowBits: number };

export interface CabinetMember {
  /** Folders within are separated by `\`. */
  readonly name: string;
  readonly folder: CabinetFolder;
  /** Where it begins in the unpacked folder. */
  readonly offset: number;
  /** Bytes, unpacked; a claim until it is unpacked. */
  readonly size: number;
}

const SIGNATURE = 0x4643534d;
const HAS_PREVIOUS = 1;
const HAS_NEXT = 2;
const HAS_RESERVE = 4;
/** From here on a member goes on in another cabinet. */
const SPANS_CABINETS = 0xfffd;
const NAME_IS_UTF8 = 0x80;

/** Reads what is in a cabinet. Its size bounds the work; sets of several cabinets are refused. Never throws. */
export function readCabinet(bytes: Uint8Array): { readonly ok: true; readonly cabinet: Cabinet } | CabinetFailure {
  return refusing(() => ({ ok: true, cabinet: contentsOf(bytes) }));
}

function contentsOf(bytes: Uint8Array): Cabinet {
  if (bytes.length < 4 || byteReader(bytes).u32() !== SIGNATURE) refuse('cabinet.not-a-cabinet', 'no cabinet: no MSCF');
  const reader = byteReader(bytes, 4);
  const header = headerOf(reader);
  const folders = Array.from({ length: header.folders }, () => folderOf(reader, header));
  const memberReader = byteReader(bytes, header.filesOffset);
  const members = Array.from({ length: header.members }, () => memberOf(memberReader, folders));
  return { bytes, folders, members };
}

interface Header {
  readonly filesOffset: number;
  readonly folders: number;
  readonly members: number;
  readonly reservedInFolder: number;
  readonly reservedInBlock: number;
}

function headerOf(reader: ByteReader): Header {
  reader.bytes(12); // the size, a claim that nobody needs, between two reserved words
  const filesOffset = reader.u32();
  reader.u32();
  const [minor, major] = [reader.u8(), reader.u8()];
  if (major !== 1) refuse('cabinet.unsupported', `version ${major}.${minor} of the format`);
  const [folders, members, flags] = [reader.u16(), reader.u16(), reader.u16()];
  if (flags & (HAS_PREVIOUS | HAS_NEXT)) refuse('cabinet.unsupported', 'one of a set of cabinets');
  reader.u32();
  const header = { filesOffset, folders, members };
  if (!(flags & HAS_RESERVE)) return { ...header, reservedInFolder: 0, reservedInBlock: 0 };
  const [reserved, reservedInFolder, reservedInBlock] = [reader.u16(), reader.u8(), reader.u8()];
  reader.bytes(reserved);
  return { ...header, reservedInFolder, reservedInBlock };
}

function folderOf(reader: ByteReader, { reservedInFolder, reservedInBlock }: Header): CabinetFolder {
  const [offset, blocks, type] = [reader.u32(), reader.u16(), reader.u16()];
  reader.bytes(reservedInFolder);
  return { offset, blocks, compression: compressionOf(type), reservedInBlock };
}

function compressionOf(type: number): CabinetCompression {
  switch (type & 0xf) {
    case 0:
      return { kind: 'stored' };
    case 1:
      return { kind: 'mszip' };
    case 3: {
      const windowBits = (type >> 8) & 0x1f;
      if (windowBits < 15 || windowBits > 21) refuse('cabinet.malformed', `an LZX window of 2^${windowBits}`);
      return { kind: 'lzx', windowBits };
    }
    default:
      return refuse('cabinet.unsupported', `compression ${type & 0xf}`);
  }
}

function memberOf(reader: ByteReader, folders: readonly CabinetFolder[]): CabinetMember {
  const [size, offset, index] = [reader.u32(), reader.u32(), reader.u16()];
  reader.u32(); // date and time
  const attributes = reader.u16();
  const name = nameOf(reader.cString(), (attributes & NAME_IS_UTF8) !== 0);
  if (index >= SPANS_CABINETS) refuse('cabinet.unsupported', 'a member in several cabinets');
  const folder = folders[index];
  if (!folder) return refuse('cabinet.malformed', `a member in folder ${index} of ${folders.length}`);
  return { name, folder, offset, size };
}

/** The pure rooms are checked without the types of any host; both Node and browsers have this one. */
declare const TextDecoder: new (encoding: string) => { decode(bytes: Uint8Array): string };

/** Names that are not marked as UTF-8 are in the code page of whoever packed them; only their ASCII is certain. */
function nameOf(bytes: Uint8Array, isUtf8: boolean): string {
  return isUtf8
    ? new TextDecoder('utf-8').decode(bytes)
    : Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
