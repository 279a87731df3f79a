import { readFile, stat } from 'node:fs/promises';
import { unreadable } from '#cli/files.ts';
import { CodedError } from '#contract/errors.ts';

/** The text of a table that the person named: by its byte order mark, else UTF-8; at most so many bytes. */
export async function readCsvFile(path: string, most: number): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > most) throw new CodedError('usage.wrong', `${path}: ${size} bytes, more than ${most}`);
    return decoded(path, await readFile(path));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function decoded(path: string, bytes: Uint8Array): string {
  const [first, second] = bytes;
  const utf16 =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
  try {
    return new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    const advice = 'save it as UTF-8 ("CSV UTF-8" in a spreadsheet)';
    throw new CodedError('usage.wrong', `${path}: is not ${(utf16 ?? 'utf-8').toUpperCase()} text; ${advice}`);
  }
}
