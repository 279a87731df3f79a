import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import pg from 'pg';
import { temporaryFolder } from '#server/testing/server.ts';
import { openStore } from '../open.ts';
import { createPool } from '../pool.ts';
import { postmaster } from './cluster.ts';
import { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';

const QUICK = { fsync: 'off' };

async function started(t: TestContext, options: PostgresOptions): Promise<Postgres> {
  const server = await startPostgres({ settings: QUICK, ...options });
  t.after(() => server.stop());
  return server;
}

async function ask(server: Postgres, sql: string): Promise<unknown> {
  const client = new pg.Client(server.connection);
  await client.connect();
  const { rows } = await client.query({ text: sql, rowMode: 'array' });
  await client.end();
  return rows[0]?.[0];
}

it('keeps what was written over a stop and a start', async (t) => {
  const dataDir = temporaryFolder();
  const first = await startPostgres({ dataDir, settings: QUICK });
  await ask(first, 'create table kept as select 7 as n');
  assert.notEqual(postmaster(join(dataDir, 'postgres/cluster')), undefined);
  await first.stop();
  assert.equal(postmaster(join(dataDir, 'postgres/cluster')), undefined);
  assert.equal(await ask(await started(t, { dataDir }), 'select n from kept'), 7);
});

it('listens on no port, and commits durably by default', async (t) => {
  const server = await startPostgres({ dataDir: temporaryFolder() });
  t.after(() => server.stop());
  assert.equal(await ask(server, `select current_setting('listen_addresses')`), '');
  assert.equal(await ask(server, `select current_setting('fsync') || current_setting('synchronous_commit')`), 'onon');
  assert.equal(statSync(server.connection.host).mode & 0o777, 0o700);
});

it('refuses a second process on the same data directory, by name', async (t) => {
  const dataDir = temporaryFolder();
  const server = await started(t, { dataDir });
  await assert.rejects(startPostgres({ dataDir, settings: QUICK }), (error: NodeJS.ErrnoException) => {
    return error.code === 'store.data-dir-in-use' && error.message.includes(dataDir);
  });
  assert.equal(await ask(server, 'select 1'), 1);
});

it('lets one of several that start at once have it', async () => {
  const dataDir = temporaryFolder();
  const attempts = await Promise.allSettled([1, 2, 3].map(() => startPostgres({ dataDir, settings: QUICK })));
  const winners = attempts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const codes = attempts.flatMap((one) => (one.status === 'rejected' ? [one.reason.code ?? one.reason] : []));
  for (const winner of winners) await winner.stop();
  assert.deepEqual([winners.length, codes], [1, ['store.data-dir-in-use', 'store.data-dir-in-use']]);
});

it('starts again after its process was killed', async (t) => {
  const dataDir = temporaryFolder();
  const program = `
    const { startPostgres } = await import(${JSON.stringify(import.meta.resolve('./postgres.ts'))});
    await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, settings: { fsync: 'off' } });
    console.log('up');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(await ask(await started(t, { dataDir }), 'select 1'), 1);
});

it('tells when the server is lost', async () => {
  const dataDir = temporaryFolder();
  const server = await startPostgres({ dataDir, settings: QUICK });
  process.kill(postmaster(join(dataDir, 'postgres/cluster')) as number, 'SIGINT');
  assert.match(await server.lost, /./);
  await server.stop();
});

it('works below a path that is too long for a socket', async (t) => {
  const dataDir = join(temporaryFolder(), 'd'.repeat(60), 'e'.repeat(60));
  const server = await started(t, { dataDir });
  t.after(() => rmSync(server.connection.host, { recursive: true, force: true }));
  assert.equal(await ask(server, 'select 1'), 1);
  assert.ok(!server.connection.host.startsWith(dataDir));
});

const root = process.getuid?.() === 0 ? {} : { skip: 'only root runs the server as another account' };

it('keeps the cluster elsewhere when its account cannot enter the data directory, and says where', root, async (t) => {
  const closed = temporaryFolder();
  const dataDir = join(closed, 'data');
  mkdirSync(dataDir);
  chmodSync(closed, 0o700);
  const first = await startPostgres({ dataDir, settings: QUICK });
  await ask(first, 'create table kept as select 7 as n');
  await first.stop();
  const note = readFileSync(join(dataDir, readdirSync(dataDir)[0] as string), 'utf8');
  const home = note.trim().split('\n').at(-1) as string;
  t.after(() => rmSync(home, { recursive: true, force: true }));
  assert.ok(home.startsWith('/var/lib/second-tuesday/') && existsSync(join(home, 'cluster')));
  chmodSync(closed, 0o755);
  assert.equal(await ask(await started(t, { dataDir }), 'select n from kept'), 7);
});

it('says why a server does not start', async () => {
  const starting = startPostgres({ dataDir: temporaryFolder(), settings: { no_such_setting: '1' } });
  await assert.rejects(starting, { code: 'store.start-failed', message: /no_such_setting/ });
});

it('opens a store that is migrated, and closes it', async () => {
  const dataDir = temporaryFolder();
  const heard: string[] = [];
  const listeners = {
    onConnectionLost: (why: string) => heard.push(why),
    onServerLost: (why: string) => heard.push(why),
  };
  const store = await openStore({ dataDir, ...listeners });
  assert.equal((await store.pool.query('select count(*) as n from server')).rows[0].n, 0);
  await store.close();
  assert.deepEqual(heard, []);
});

it('opens a store by URL, several times at once', async (t) => {
  const server = await started(t, { dataDir: temporaryFolder() });
  const databaseUrl = `postgresql:///postgres?host=${encodeURIComponent(server.connection.host)}&user=app`;
  const listeners = { onConnectionLost: () => {}, onServerLost: () => {} };
  const stores = await Promise.all(
    [1, 2, 3].map(() => openStore({ dataDir: '/nonexistent', databaseUrl, ...listeners })),
  );
  const { rows } = await (stores[0] as (typeof stores)[0]).pool.query(
    `select '2026-01-01T01:00:00+01'::timestamptz as at`,
  );
  assert.equal(String(rows[0].at), '2026-01-01T00:00:00Z');
  for (const store of stores) await store.close();
});

it('survives the loss of connections', async (t) => {
  const server = await started(t, { dataDir: temporaryFolder() });
  const lost = Promise.withResolvers<string>();
  const pool = createPool(server.connection, lost.resolve);
  await pool.query('select 1');
  await ask(server, `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'second-tuesday'`);
  assert.match(await lost.promise, /./);
  assert.equal((await pool.query('select 1 as one')).rows[0].one, 1);
  await pool.end();
});
