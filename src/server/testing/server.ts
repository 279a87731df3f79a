import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Postgres, startPostgres } from '#server/store/embedded/postgres.ts';

/** A server for tests: quick, because nothing on it must survive a power cut. `binaries`: a folder with another PostgreSQL's `bin/`. */
export function startTestServer(dataDir: string, binaries?: string): Promise<Postgres> {
  const settings = { fsync: 'off', max_connections: '200', synchronous_commit: 'off', full_page_writes: 'off' };
  return startPostgres({ dataDir, settings, ...(binaries ? { binaries } : {}) });
}

/** Where `ST_TEST_DATABASE_URL` points: the tests then run on that server, whose user may create databases. */
export function externalServer(): pg.ClientConfig | undefined {
  const url = process.env.ST_TEST_DATABASE_URL;
  if (!url) return undefined;
  const { host, port, user, password, database } = new pg.Client(url);
  return {
    host,
    port,
    ...(user ? { user } : {}),
    ...(password ? { password } : {}),
    ...(database ? { database } : {}),
  };
}

const temporary: string[] = [];

/** A folder that is removed when this process ends, however the tests end. */
export function temporaryFolder(): string {
  if (temporary.length === 0) process.once('exit', removeTemporary);
  const folder = mkdtempSync(join(tmpdir(), 'st-test-'));
  chmodSync(folder, 0o755); // as root, the server runs as an account that must be able to enter
  temporary.push(folder);
  return folder;
}

function removeTemporary(): void {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
