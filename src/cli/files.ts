import { createReadStream } from 'node:fs';
import { CodedError } from '#contract/errors.ts';

/**
 * A text file that the person named; a pipe is one, too. Throws `usage.wrong` with the place when there is none, or when more than `most`
 * bytes come: it is not read any further then.
 */
export async function readText(path: string, most: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of createReadStream(path, { end: most }) as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  if (size > most) throw new CodedError('usage.wrong', `${path}: more than ${most} bytes`);
  return Buffer.concat(parts).toString('utf8');
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
