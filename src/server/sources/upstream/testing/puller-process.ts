import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type pg from 'pg';

/** What the process is started with, as JSON. */
export interface PullerSettings {
  readonly database: Pick<pg.PoolConfig, 'host' | 'port' | 'user' | 'password' | 'database'>;
  readonly upstreamId: number;
}

/** A process that pulls from an upstream once and ends. */
export interface PullerProcess {
  /** Resolves when it has ended: true when it did so by itself. */
  readonly ended: Promise<boolean>;
  kill9(): Promise<void>;
}

/** Starts a pull into the database of a pool, in a process that can be killed. */
export function startPuller(pool: pg.Pool, upstreamId: number): PullerProcess {
  const { host, port, user, password, database } = pool.options;
  const settings = { database: { host, port, user, password, database }, upstreamId };
  const { NODE_TEST_CONTEXT: _ofThisTest, ...env } = process.env;
  const child = fork(join(import.meta.dirname, 'puller-main.ts'), [JSON.stringify(settings)], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => code === 0);
  return {
    ended,
    async kill9() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
