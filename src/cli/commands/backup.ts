import { createHash } from 'node:crypto';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { command } from '#cli/command.ts';
import { unreadable } from '#cli/files.ts';
import { bytes } from '#cli/output/amounts.ts';
import { fields } from '#cli/output/layout.ts';
import type { Progress } from '#cli/output/progress.ts';
import { CodedError } from '#contract/errors.ts';

export const backup = command({
  name: 'backup',
  group: 'Service',
  summary: 'Write a backup of the database while the service runs.',
  more:
    'One snapshot of everything in the database, compressed. Payload files are not in it: they can be fetched again. ' +
    'Guard the file like the database. `restore` reads it.',
  positionals: { file: { value: 'FILE', description: 'where to; must not exist' } },
  async run({ args: { file }, service, progress }) {
    if (await exists(file)) throw new CodedError('conflict.exists', `${file} is there already`);
    await access(dirname(file)).catch((error: unknown) => Promise.reject(unreadable(dirname(file), error)));
    const { body } = await service.stream('GET', '/backup');
    const partial = `${file}.partial`;
    try {
      const written = await writeDown(body ?? new Blob([]).stream(), partial, progress);
      await rename(partial, file);
      return { file, ...written };
    } catch (error) {
      await rm(partial, { force: true });
      throw broken(error);
    }
  },
  show: ({ file, size, sha256 }, page) =>
    fields(page, [
      ['Backup', `${file}, ${bytes(size)}`],
      ['SHA-256', sha256],
    ]),
});

/** Writes and hashes a stream; when it returns, the bytes are on the disk. Only the owner may read the file. */
async function writeDown(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  progress: Progress,
): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  const target = await open(path, 'w', 0o600);
  try {
    for await (const chunk of stream) {
      await target.writeFile(chunk);
      hash.update(chunk);
      size += chunk.length;
      progress.say(`backup: ${bytes(size)}`);
    }
    await target.sync();
  } finally {
    await target.close();
  }
  return { size, sha256: hash.digest('hex') };
}

/** A connection that breaks off in the middle is a `TypeError` of `fetch`. */
function broken(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  return new CodedError('service.unreachable', `the backup broke off (${error.message}); nothing was kept`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}
