import type pg from 'pg';
import { startPostgres } from './embedded/postgres.ts';
import { migrate } from './migrate.ts';
import { createPool } from './pool.ts';

/** An open, migrated database. */
export interface Store {
  readonly pool: pg.Pool;
  /** Ends all connections, then the embedded server. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Where the embedded server lives; not used with `databaseUrl`. */
  readonly dataDir: string;
  /** An installation's own PostgreSQL, 15 or later; any number of processes may use it. */
  readonly databaseUrl?: string;
  /** Hears the embedded server's log. */
  readonly log?: (lines: string) => void;
  /** A single connection was lost; the pool makes another. */
  readonly onConnectionLost: (why: string) => void;
  /** The embedded server is gone; nothing will work until the process is started again. */
  readonly onServerLost: (why: string) => void;
}

/**
 * Opens the installation's own PostgreSQL or starts the embedded one, and brings the schema up to date.
 * Throws a `CodedError`; nothing is left running then.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dataDir, databaseUrl, log, onConnectionLost, onServerLost } = options;
  const server = databaseUrl ? undefined : await startPostgres({ dataDir, ...(log ? { log } : {}) });
  let closing = false;
  server?.lost.then((why) => closing || onServerLost(why));
  const pool = createPool(server ? server.connection : { connectionString: databaseUrl }, onConnectionLost);
  const close = async (): Promise<void> => {
    closing = true;
    await pool.end();
    await server?.stop();
  };
  try {
    await migrate(pool);
  } catch (error) {
    await close();
    throw error;
  }
  return { pool, close };
}
