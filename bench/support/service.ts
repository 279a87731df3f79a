import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createPool } from '#server/store/pool.ts';
import { touchFacts } from '#server/store/service.ts';

/** The service as operators run it: `main.ts serve` in a process of its own, with its embedded PostgreSQL in a new data directory. */
export interface BenchService {
  readonly http: Address;
  readonly tls: Address;
  /** PEM of the authority that clients trust. */
  readonly root: string;
  readonly pid: number;
  readonly postgresPid: number;
  /** The same database, for filling it; its commits do not wait for the disk. */
  readonly pool: pg.Pool;
  /** Tells the service that rows of facts were changed, and waits until it has read them. */
  factsChanged(): Promise<void>;
  stop(): Promise<void>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
const READY_WITHIN_MS = 300_000;

/**
 * Starts a service on free ports. `clock` is where a simulated clock stands; without one it is real. `prepare` gets the database of a
 * first start, and the service is started anew behind it: what it reads at its start is then part of what is measured.
 */
export async function startService(options: {
  readonly clock?: string;
  readonly prepare?: (pool: pg.Pool) => Promise<void>;
}): Promise<BenchService> {
  const dataDir = await mkdtemp(join(tmpdir(), 'second-tuesday-bench-'));
  await chmod(dataDir, 0o755); // the database may run as another account
  const [httpPort, tlsPort, consolePort] = (await freePorts(3)) as [number, number, number];
  const env = {
    ST_DATA_DIR: dataDir,
    ST_HOST: '127.0.0.1',
    ST_CLIENT_HTTP: 'on',
    ST_CLIENT_PORT: String(httpPort),
    ST_CLIENT_TLS_PORTS: String(tlsPort),
    ST_CONSOLE_HOST: '127.0.0.1',
    ST_CONSOLE_PORT: String(consolePort),
    ST_LOG_LEVEL: 'warn',
    ...(options.clock ? { ST_CLOCK: options.clock } : {}),
  };
  const ready = `http://127.0.0.1:${consolePort}/readyz`;
  let run = await start(env, ready);
  if (options.prepare) {
    const pool = fillingPool(dataDir);
    await options.prepare(pool).finally(() => pool.end());
    await end(run);
    run = await start(env, ready);
  }
  const pool = fillingPool(dataDir);
  return {
    http: { host: '127.0.0.1', port: httpPort },
    tls: { host: '127.0.0.1', port: tlsPort },
    root: await readFile(join(dataDir, 'tls', 'root.crt'), 'utf8'),
    pid: run.pid as number,
    postgresPid: await postmasterOf(dataDir),
    pool,
    async factsChanged() {
      await touchFacts(pool);
      await sleep(2_000);
    },
    async stop() {
      await pool.end();
      await end(run);
      await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

function fillingPool(dataDir: string): pg.Pool {
  const socket = join(dataDir, 'postgres', 'socket');
  const options = '-c synchronous_commit=off';
  return createPool({ host: socket, port: 5432, user: 'app', database: 'postgres', options, max: 4 }, () => {});
}

async function start(env: Readonly<Record<string, string>>, ready: string): Promise<ChildProcess> {
  const others = Object.entries(process.env).filter(([name]) => !/^(ST_|DATABASE_URL$|NODE_TEST)/.test(name));
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: { ...Object.fromEntries(others), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const limit = AbortSignal.timeout(READY_WITHIN_MS);
  while (
    !(await fetch(ready).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || limit.aborted) throw new Error('the service did not become ready');
    await sleep(50);
  }
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function postmasterOf(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8');
  return Number(text.split('\n')[0]);
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}
