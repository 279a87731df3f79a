import assert from 'node:assert/strict';
import { it } from 'node:test';
import { freshDatabase } from '#server/testing/database.ts';
import { appliedMigrations, migrate, programMigrations } from './migrate.ts';

it('brings a database up to date once', async (t) => {
  const pool = await freshDatabase(t);
  assert.deepEqual(await appliedMigrations(pool), await programMigrations());
  assert.deepEqual(await migrate(pool), []);
});

it('refuses a database that a newer program has used', async (t) => {
  const pool = await freshDatabase(t);
  await pool.query(`insert into migration (name) values ('9999-future.sql')`);
  await assert.rejects(migrate(pool), { code: 'store.newer-than-program', message: /9999-future\.sql/ });
});
