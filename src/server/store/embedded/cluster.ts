import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CodedError } from '#contract/errors.ts';
import type { Account, Place } from './place.ts';

/** Creates the cluster aside and renames it, so that a killed or a second initdb leaves nothing half made. */
export function createCluster(binaries: string, cluster: string, account: Account): void {
  if (existsSync(join(cluster, 'PG_VERSION'))) return;
  removeLeftovers(cluster);
  const aside = `${cluster}.${process.pid}`;
  const access = ['-U', 'app', '--auth-local=trust', '--auth-host=reject'];
  const made = spawnSync(
    join(binaries, 'bin/initdb'),
    ['-D', aside, ...access, '--no-locale', '-E', 'UTF8', '--data-checksums'],
    { ...account, cwd: '/', encoding: 'utf8' },
  );
  if (made.status !== 0)
    throw new CodedError('store.start-failed', `initdb failed: ${made.stderr || made.error?.message}`);
  try {
    renameSync(aside, cluster);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(join(cluster, 'PG_VERSION'))) throw error;
  }
}

function removeLeftovers(cluster: string): void {
  for (const name of readdirSync(dirname(cluster))) {
    const [stem, maker] = name.split('.');
    if (stem !== basename(cluster) || !maker || isRunning(Number(maker))) continue;
    rmSync(join(dirname(cluster), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The process id of the server that runs on a cluster, if one does. A zombie, or a stranger with a recycled id, does not count. */
export function postmaster(cluster: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 0);
    if (platform() !== 'linux') return pid;
    return /^\d+ \(postgres\) [^ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Stops the server of a cluster and waits until it is gone; open transactions get three seconds. */
export async function stopServer(cluster: string, patience = 3_000): Promise<void> {
  const signal = (name: NodeJS.Signals): void => {
    const pid = postmaster(cluster);
    if (pid !== undefined) process.kill(pid, name);
  };
  signal('SIGTERM'); // waits for sessions that are still closing
  const impatience = setTimeout(signal, patience, 'SIGINT');
  while (postmaster(cluster) !== undefined) await new Promise((wake) => setTimeout(wake, 20));
  clearTimeout(impatience);
}

/**
 * The server sits on a leash: pipe 3. When this process ends in any way, even SIGKILL, the pipe closes and the background `read` wakes up
 * and asks the server to stop. It has its own process group, so that Ctrl-C in the terminal reaches us first.
 */
const LEASH = '(read _ <&3; kill -INT $$) >/dev/null 2>&1 & exec "$@" 3<&-';

const SETTINGS = {
  listen_addresses: '',
  shared_buffers: '96MB',
  synchronous_commit: 'on',
  max_connections: '50',
  log_error_verbosity: 'terse', // details and statements may carry what must not be in a log
  log_min_error_statement: 'panic',
};

/**
 * Starts the server of a cluster and resolves once it accepts connections: true; false when another process started one at the same
 * moment. Throws `store.start-failed` with the end of the server's log. `log` hears its later lines. The server does not keep this
 * process running.
 */
export async function spawnServer(
  binaries: string,
  { cluster, socket }: Place,
  settings: Readonly<Record<string, string>>,
  account: Account,
  log: (lines: string) => void,
): Promise<boolean> {
  const chosen = { ...SETTINGS, unix_socket_directories: socket, ...settings };
  const args = ['-D', cluster, ...Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const child = spawn('/bin/sh', ['-c', LEASH, 'sh', join(binaries, 'bin/postgres'), ...args], {
    ...account,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const failure = await startup(child, log);
  if (failure === undefined) {
    child.once('exit', () => child.stdio[3]?.destroy());
    for (const handle of [child, child.stderr, child.stdio[3]]) (handle as Partial<Socket> | null)?.unref?.();
    return true;
  }
  child.stdio[3]?.destroy();
  if (postmaster(cluster) !== undefined) return false;
  throw new CodedError('store.start-failed', `PostgreSQL did not start:\n${failure}`);
}

/** Waits for the server's word; its last lines when it failed. */
function startup(child: ChildProcess, log: (lines: string) => void): Promise<string | undefined> {
  const last: string[] = [];
  let ready = false;
  return new Promise((settle) => {
    child.stderr?.setEncoding('utf8').on('data', (lines: string) => {
      if (ready) return log(lines);
      last.push(lines);
      if (last.length > 50) last.shift();
      ready = lines.includes('ready to accept connections');
      if (ready) settle(undefined);
    });
    child.once('error', (error) => settle(error.message));
    child.once('exit', () => settle(last.join('')));
  });
}
