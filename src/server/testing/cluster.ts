import type { Postgres } from '#server/store/embedded/postgres.ts';
import { dropCluster, makeCluster, type TestCluster } from './database.ts';
import { externalServer, startTestServer, temporaryFolder } from './server.ts';

let server: Postgres | undefined;
let cluster: TestCluster | undefined;

/** Node's test runner calls this once, before the first test file starts. */
export async function globalSetup(): Promise<void> {
  const external = externalServer();
  if (!external) server = await startTestServer(temporaryFolder());
  cluster = await makeCluster(external ?? (server as Postgres).connection);
  process.env.ST_TEST_CLUSTER = JSON.stringify(cluster);
}

/** Stops the server in good order; if the run ends without this, its leash stops it. */
export async function globalTeardown(): Promise<void> {
  if (server) await server.stop();
  else if (cluster) await dropCluster(cluster);
}
