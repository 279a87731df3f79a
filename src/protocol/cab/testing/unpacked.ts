import { readCabinet } from '../cabinet.ts';
import type { CabinetFailure } from '../failure.ts';
import { type InflateRaw, unpackMember } from '../unpack-member.ts';

/** All members by name, or the first failure. */
export function unpacked(
  cabinet: Uint8Array,
  inflateRaw: InflateRaw,
  maxOutput = 1 << 26,
): { readonly ok: true; readonly members: ReadonlyMap<string, Uint8Array> } | CabinetFailure {
  const read = readCabinet(cabinet);
  if (!read.ok) return read;
  const members = new Map<string, Uint8Array>();
  for (const member of read.cabinet.members) {
    const content = unpackMember(read.cabinet, member, { inflateRaw, maxOutput });
    if (!content.ok) return content;
    members.set(member.name, content.content);
  }
  return { ok: true, members };
}

/** The content of the only member. */
export function contentIn(cabinet: Uint8Array, inflateRaw: InflateRaw): Uint8Array {
  const read = unpacked(cabinet, inflateRaw);
  if (!read.ok) throw new Error(`${read.code}: ${read.message}`);
  return [...read.members.values()][0] as Uint8Array;
}
