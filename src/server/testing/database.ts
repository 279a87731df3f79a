import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import pg from 'pg';
import { migrate } from '#server/store/migrate.ts';
import { createPool } from '#server/store/pool.ts';
import { externalServer, startTestServer, temporaryFolder } from './server.ts';

/** A server for tests, and the migrated database on it that `freshDatabase` copies. */
export interface TestCluster {
  readonly connection: pg.ClientConfig;
  readonly template: string;
}

/** Makes the template on a server. */
export async function makeCluster(connection: pg.ClientConfig): Promise<TestCluster> {
  const template = newName('st_template');
  await asAdmin(connection, (admin) => admin.query(`create database ${template}`));
  const pool = createPool({ ...connection, database: template }, () => {});
  await migrate(pool);
  await pool.end();
  return { connection, template };
}

export async function dropCluster({ connection, template }: TestCluster): Promise<void> {
  await asAdmin(connection, (admin) => admin.query(`drop database ${template} with (force)`));
}

/** A fresh, migrated database that lives as long as the test; on the run's own server, or on the given one. */
export async function freshDatabase(t: TestContext, cluster?: TestCluster): Promise<pg.Pool> {
  const { connection, template } = cluster ?? (await runsCluster());
  return databaseFrom(t, connection, template);
}

/** A fresh database without any table. */
export async function emptyDatabase(t: TestContext, cluster?: TestCluster): Promise<pg.Pool> {
  const { connection } = cluster ?? (await runsCluster());
  return databaseFrom(t, connection, 'template0');
}

async function databaseFrom(t: TestContext, connection: pg.ClientConfig, template: string): Promise<pg.Pool> {
  const name = newName('st_test');
  await asAdmin(connection, (admin) => admin.query(`create database ${name} template ${template} strategy file_copy`));
  const pool = createPool({ ...connection, database: name }, () => {});
  t.after(async () => {
    await pool.end();
    await asAdmin(connection, (admin) => admin.query(`drop database ${name} with (force)`));
  });
  return pool;
}

function newName(kind: string): string {
  return `${kind}_${randomUUID().replaceAll('-', '')}`;
}

async function asAdmin(connection: pg.ClientConfig, work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client(connection);
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

let own: Promise<TestCluster> | undefined;

/** What the run's global setup made; a test file that runs by itself makes its own, whose server ends with this process. */
function runsCluster(): Promise<TestCluster> {
  const given = process.env.ST_TEST_CLUSTER;
  if (given) return Promise.resolve(JSON.parse(given) as TestCluster);
  own ??= startOwn();
  return own;
}

async function startOwn(): Promise<TestCluster> {
  const external = externalServer();
  return makeCluster(external ?? (await startTestServer(temporaryFolder())).connection);
}
