import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CodedError } from '#contract/errors.ts';

/** Who the server runs as: `nobody` when we are root, because PostgreSQL refuses to run as root; else ourselves. */
export type Account = { readonly uid: number; readonly gid: number } | { readonly uid?: never; readonly gid?: never };

/** Where everything of one embedded server lives. */
export interface Place {
  /** Holds the cluster, copied binaries and the socket. */
  readonly home: string;
  readonly cluster: string;
  readonly socket: string;
}

export const PORT = 5432;

const NOBODY = 65_534;
const ELSEWHERE = '/var/lib/second-tuesday';
const NOTE = 'where-the-database-is.txt';
const LONGEST_SOCKET_PATH = 107;

export function serverAccount(): Account {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** Makes the folders of the embedded server that belongs to this data directory (an absolute path). */
export function makePlace(dataDir: string, account: Account): Place {
  mkdirSync(dataDir, { recursive: true });
  const home = notedHome(dataDir) ?? reachableHome(dataDir, account);
  ownFolder(home, account);
  return { home, cluster: join(home, 'cluster'), socket: socketFolder(home, account) };
}

/**
 * As root the server runs as `nobody`, who cannot enter a folder below a private one such as /root. Then the cluster lives elsewhere,
 * and a note in the data directory says where. The note counts from then on, also when the data directory is moved.
 */
function reachableHome(dataDir: string, account: Account): string {
  const home = join(dataDir, 'postgres');
  if (canEnter(dataDir, account)) return home;
  const why = `PostgreSQL runs as "nobody" here, who cannot enter ${dataDir}.`;
  if (existsSync(join(home, 'cluster'))) {
    throw new CodedError(
      'store.start-failed',
      `${why} Its database is there already: open the folders above it (chmod a+x).`,
    );
  }
  const other = join(ELSEWHERE, shortHash(dataDir));
  writeFileSync(join(dataDir, NOTE), `${why} The database of this data directory is in:\n${other}\n`);
  return other;
}

function notedHome(dataDir: string): string | undefined {
  const note = join(dataDir, NOTE);
  if (!existsSync(note)) return undefined;
  return readFileSync(note, 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${ELSEWHERE}/`) && !line.includes('..'));
}

function canEnter(folder: string, account: Account): boolean {
  if (account.uid === undefined) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...account, cwd: '/' }).status === 0;
}

/** A Unix socket's path may be at most 107 bytes, so a deep folder gets a short stand-in. */
function socketFolder(home: string, account: Account): string {
  const plain = join(home, 'socket');
  const length = Buffer.byteLength(join(plain, `.s.PGSQL.${PORT}`));
  const short = join(account.uid === undefined ? tmpdir() : ELSEWHERE, `st-${shortHash(home)}`);
  const folder = length <= LONGEST_SOCKET_PATH ? plain : short;
  ownFolder(folder, account);
  return folder;
}

/** Makes a folder that only the server's account may enter. Refuses one that somebody else laid there, as /tmp allows. */
function ownFolder(folder: string, account: Account): void {
  mkdirSync(dirname(folder), { recursive: true }); // a mode given here would also close the parents to `nobody`
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || ![process.getuid?.(), account.uid].includes(found.uid)) {
    throw new CodedError('store.start-failed', `${folder} belongs to somebody else.`);
  }
  if (account.uid !== undefined) chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o700);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
