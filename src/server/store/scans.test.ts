import assert from 'node:assert/strict';
import { it } from 'node:test';
import { freshDatabase } from '#server/testing/database.ts';
import { AT, sampleServer } from '#server/testing/sample.ts';
import { noteScans } from './scans.ts';
import { findServer } from './servers.ts';

const LATER = AT.add({ hours: 1 });

it('keeps the latest of several scans, in whatever order they are told, for each server its own', async (t) => {
  const pool = await freshDatabase(t);
  const [one, two] = [await sampleServer(pool, 1), await sampleServer(pool, 2)];
  const unknown = '00000000-0000-4000-8000-000000000000';
  await noteScans(pool, [
    { serverId: one, at: LATER },
    { serverId: one, at: AT },
    { serverId: two, at: AT },
    { serverId: unknown, at: AT },
  ]);
  await noteScans(pool, [{ serverId: one, at: AT }]);
  const [first, second] = [await findServer(pool, one), await findServer(pool, two)];
  assert.deepEqual([String(first?.lastSync), String(second?.lastSync)], [String(LATER), String(AT)]);
  assert.equal(String(first?.lastSeen), String(LATER));
});

it('does not wait for the disk, and leaves the next transaction as it was', async (t) => {
  const pool = await freshDatabase(t);
  const client = await pool.connect();
  await noteScans(client, [{ serverId: await sampleServer(pool, 1), at: AT }]);
  const { rows } = await client.query<{ setting: string }>(`select current_setting('synchronous_commit') as setting`);
  const { rows: usual } = await pool.query<{ setting: string }>(
    `select reset_val as setting from pg_settings where name = 'synchronous_commit'`,
  );
  client.release();
  assert.equal(rows[0]?.setting, usual[0]?.setting);
});
