import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import pg from 'pg';
import { migrate } from '#server/store/migrate.ts';
import { createPool } from '#server/store/pool.ts';
import { startTestServer, temporaryFolder } from './server.ts';

const TEMPLATE = 'st_template';

/** Makes the migrated database that `freshDatabase` copies. */
export async function makeTemplate(server: pg.ClientConfig): Promise<void> {
  await asAdmin(server, async (admin) => {
    await admin.query(`drop database if exists ${TEMPLATE}`);
    await admin.query(`create database ${TEMPLATE}`);
  });
  const pool = createPool({ ...server, database: TEMPLATE }, () => {});
  await migrate(pool);
  await pool.end();
}

/** A fresh, migrated database that lives as long as the test; on the run's own server, or on another that has the template. */
export async function freshDatabase(t: TestContext, server?: pg.ClientConfig): Promise<pg.Pool> {
  return databaseFrom(t, TEMPLATE, server ?? (await runsServer()));
}

/** A fresh database without any table. */
export async function emptyDatabase(t: TestContext, server?: pg.ClientConfig): Promise<pg.Pool> {
  return databaseFrom(t, 'template0', server ?? (await runsServer()));
}

async function databaseFrom(t: TestContext, template: string, server: pg.ClientConfig): Promise<pg.Pool> {
  const name = `st_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(server, (admin) => admin.query(`create database ${name} template ${template} strategy file_copy`));
  const pool = createPool({ ...server, database: name }, () => {});
  t.after(async () => {
    await pool.end();
    await asAdmin(server, (admin) => admin.query(`drop database ${name} with (force)`));
  });
  return pool;
}

async function asAdmin(server: pg.ClientConfig, work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client(server);
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

let own: Promise<pg.ClientConfig> | undefined;

/** The server that the run's global setup started; a test file that runs by itself starts its own. */
function runsServer(): Promise<pg.ClientConfig> {
  const given = process.env.ST_TEST_CLUSTER;
  if (given) return Promise.resolve(JSON.parse(given) as pg.ClientConfig);
  own ??= startOwn();
  return own;
}

/** It ends with this process: its leash stops it. */
async function startOwn(): Promise<pg.ClientConfig> {
  const { connection } = await startTestServer(temporaryFolder());
  await makeTemplate(connection);
  return connection;
}
