import type { Postgres } from '#server/store/embedded/postgres.ts';
import { makeTemplate } from './database.ts';
import { startTestServer, temporaryFolder } from './server.ts';

let server: Postgres | undefined;

/** Node's test runner calls this once, before the first test file starts. */
export async function globalSetup(): Promise<void> {
  server = await startTestServer(temporaryFolder());
  await makeTemplate(server.connection);
  process.env.ST_TEST_CLUSTER = JSON.stringify(server.connection);
}

/** Stops the server in good order; if the run ends without this, its leash stops it. */
export async function globalTeardown(): Promise<void> {
  await server?.stop();
}
