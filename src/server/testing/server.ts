import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '#server/store/embedded/postgres.ts';

/** A server for tests: quick, because nothing on it must survive a power cut. `binaries`: a folder with another PostgreSQL's `bin/`. */
export function startTestServer(dataDir: string, binaries?: string): Promise<Postgres> {
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  return startPostgres({ dataDir, settings, ...(binaries ? { binaries } : {}) });
}

/** A folder that is removed when this process ends, however the tests end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'st-test-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
