import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type pg from 'pg';

/** What the process is started with, as JSON. */
export interface SweeperSettings {
  readonly database: Pick<pg.PoolConfig, 'host' | 'port' | 'user' | 'password' | 'database'>;
}

/** A process that sweeps campaigns without end, until it is killed. */
export interface SweeperProcess {
  kill9(): Promise<void>;
}

/** Starts a replica on the database of a pool; its clock stands still in the lead. */
export function startSweeper(pool: pg.Pool): SweeperProcess {
  const { host, port, user, password, database } = pool.options;
  const settings: SweeperSettings = { database: { host, port, user, password, database } };
  const { NODE_TEST_CONTEXT: _ofThisTest, ...env } = process.env;
  const child = fork(join(import.meta.dirname, 'sweeper-main.ts'), [JSON.stringify(settings)], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  return {
    async kill9() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
