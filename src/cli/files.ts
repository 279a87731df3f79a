import { readFile, stat } from 'node:fs/promises';
import { CodedError } from '#contract/errors.ts';

/** A text file that the person named. Throws `usage.wrong` with the place when there is none, or it is larger than `most` bytes. */
export async function readText(path: string, most: number): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > most) throw new CodedError('usage.wrong', `${path}: ${size} bytes, more than ${most}`);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
};

/** The refusal of a path that cannot be read. */
export function unreadable(path: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new CodedError('usage.wrong', `${path}: cannot be read: ${REASONS[code ?? ''] ?? code ?? message}`);
}
