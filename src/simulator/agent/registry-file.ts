import { AU_KEY, WINDOWS_UPDATE_KEY } from '#domain/windows/registry-value.ts';
import type { PolicyValues } from './registry.ts';

/** A registration file of regedit, read as `reg import` would, as far as the Windows Update policy goes. */
export type RegistryFile =
  | { readonly ok: true; readonly values: PolicyValues }
  | { readonly ok: false; readonly message: string };

const HEADER = 'Windows Registry Editor Version 5.00';
const KEY = /^\[HKEY_LOCAL_MACHINE\\(.+)\]$/;
const VALUE = /^"([^"\\]+)"=(?:dword:([0-9a-f]{8})|"((?:[^"\\]|\\["\\])*)")$/i;

/** Reads a file in UTF-16LE with its byte order mark, as regedit exports and `bootstrap` writes, or in ASCII. */
export function readRegistryFile(bytes: Uint8Array): RegistryFile {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const [header, ...lines] = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes).split(/\r?\n/);
  if (header?.trim() !== HEADER) return { ok: false, message: `line 1: not "${HEADER}"` };
  const values = new Map<string, number | string>();
  let key = '';
  for (const [place, line] of lines.entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith(';')) continue;
    const opened = KEY.exec(text);
    const value = VALUE.exec(text);
    if (opened?.[1] !== undefined) key = opened[1].toLowerCase();
    else if (!value) return { ok: false, message: `line ${place + 2}: neither a key nor a value` };
    else if (isPolicyKey(key)) {
      const [, name = '', dword, string = ''] = value;
      values.set(name.toLowerCase(), dword === undefined ? string.replace(/\\(.)/g, '$1') : Number.parseInt(dword, 16));
    }
  }
  return { ok: true, values };
}

function isPolicyKey(key: string): boolean {
  return [WINDOWS_UPDATE_KEY, AU_KEY].some((known) => known.toLowerCase() === key);
}
