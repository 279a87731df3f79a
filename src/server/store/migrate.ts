import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';
import { CodedError } from '#contract/errors.ts';
import { type Db, inTransaction } from './pool.ts';

const FOLDER = new URL('migrations/', import.meta.url);
const OLDEST_SERVER = 15;
const MIGRATION_LOCK = 7_265_001;

/**
 * Applies the numbered .sql files that this database lacks, each in its own transaction, one process at a time; returns their names.
 * With `upTo` it stops after that file, for the restore of an older backup.
 * Throws `store.server-too-old`, `store.newer-than-program` or `store.migration-failed`.
 */
export async function migrate(pool: pg.Pool, upTo?: string): Promise<string[]> {
  await requireServer(pool);
  const applied: string[] = [];
  for (const name of await programMigrations()) {
    if (await inTransaction(pool, (client) => applyOnce(client, name))) applied.push(name);
    if (name === upTo) break;
  }
  return applied;
}

/** The names of the migrations that this program knows, in order. */
export async function programMigrations(): Promise<string[]> {
  return (await readdir(FOLDER)).filter((file) => file.endsWith('.sql')).sort();
}

/** The names of the migrations that a database has had, in order; none when it is new. */
export async function appliedMigrations(db: Db): Promise<string[]> {
  const table = await db.query<{ exists: boolean }>(`select to_regclass('migration') is not null as exists`);
  if (!table.rows[0]?.exists) return [];
  return (await db.query<{ name: string }>('select name from migration order by name')).rows.map((row) => row.name);
}

async function requireServer(db: Db): Promise<void> {
  const { rows } = await db.query<{ version: string }>(`select current_setting('server_version') as version`);
  const version = rows[0]?.version ?? 'unknown';
  if (Number.parseInt(version, 10) >= OLDEST_SERVER) return;
  throw new CodedError(
    'store.server-too-old',
    `The database server is PostgreSQL ${version}; Second Tuesday needs ${OLDEST_SERVER} or later.`,
  );
}

async function applyOnce(client: pg.PoolClient, name: string): Promise<boolean> {
  await client.query('set local lock_timeout = 0'); // another process may have a long one under way
  await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  await client.query(
    'create table if not exists migration (name text primary key, at timestamptz not null default now())',
  );
  const done = await appliedMigrations(client);
  await refuseNewer(done);
  if (done.includes(name)) return false;
  try {
    await client.query(await readFile(new URL(name, FOLDER), 'utf8'));
  } catch (cause) {
    throw new CodedError('store.migration-failed', `Migration ${name} failed: ${(cause as Error).message}`, [], {
      cause,
    });
  }
  await client.query('insert into migration (name) values ($1)', [name]);
  return true;
}

async function refuseNewer(done: readonly string[]): Promise<void> {
  const known = await programMigrations();
  const unknown = done.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new CodedError(
    'store.newer-than-program',
    `The database has been used by a newer Second Tuesday: this one does not know ${unknown.join(', ')}.`,
  );
}
