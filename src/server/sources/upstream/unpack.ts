import { setImmediate as otherWork } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import { readCabinet } from '#protocol/cab/cabinet.ts';
import type { CabinetFailure } from '#protocol/cab/failure.ts';
import { unpackMember } from '#protocol/cab/unpack-member.ts';
import { DEFAULT_LIMITS } from '#protocol/update-xml/limits.ts';
import type { UpdateBlob } from '#protocol/wsusss/types.ts';

export type UnpackedBlob = { readonly ok: true; readonly xml: string } | UnpackFailure;

export interface UnpackFailure {
  readonly ok: false;
  /** `blob.missing`: no document in the cabinet; `blob.not-utf16`: one that is no text. */
  readonly code: CabinetFailure['code'] | 'blob.missing' | 'blob.not-utf16';
  readonly message: string;
}

/** What WSUS calls the document in its cabinet. */
const MEMBER = 'blob';

/**
 * The `upd:Update` document of an answer to GetUpdateData, as text, so that it is the same revision as one imported from a file. A plain
 * document is passed on as it is. `maxBytes` of a cabinet's content, in UTF-16, is the largest that is unpacked.
 */
export async function unpackUpdateBlob(
  blob: UpdateBlob,
  maxBytes: number = DEFAULT_LIMITS.maxLength,
): Promise<UnpackedBlob> {
  if (blob.form === 'xml') return { ok: true, xml: blob.xml };
  await otherWork(); // a large document is unpacked in one piece; clients are served in between
  const read = readCabinet(blob.cabinet);
  if (!read.ok) return read;
  const { cabinet } = read;
  const member = cabinet.members.find(({ name }) => name === MEMBER);
  if (!member) return { ok: false, code: 'blob.missing', message: `the cabinet has no member named ${MEMBER}` };
  const unpacked = unpackMember(cabinet, member, { inflateRaw, maxOutput: maxBytes });
  return unpacked.ok ? textOf(unpacked.content) : unpacked;
}

function inflateRaw(deflated: Uint8Array, dictionary: Uint8Array, maxOutputLength: number): Uint8Array {
  return inflateRawSync(deflated, { ...(dictionary.length > 0 ? { dictionary } : {}), maxOutputLength });
}

function textOf(utf16: Uint8Array): UnpackedBlob {
  try {
    return { ok: true, xml: new TextDecoder('utf-16le', { fatal: true }).decode(utf16) };
  } catch {
    return { ok: false, code: 'blob.not-utf16', message: 'the document in the cabinet is not UTF-16' };
  }
}
