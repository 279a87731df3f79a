import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { listReadiness } from '#server/store/readiness-conditions.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { sampleCustomer, sampleId, sampleServer } from '#server/testing/sample.ts';

const AT = Temporal.Instant.from('2025-11-14T12:00:00Z');
const UPDATE = sampleId('a', 1);

test('failures count since the installation last went well, of what is still needed; restarts pend since the first word', async (t) => {
  const pool = await freshDatabase(t);
  const serverId = await sampleServer(pool, 1, await sampleCustomer(pool));
  const settle = (state: string, updateId = UPDATE) =>
    pool.query(
      `insert into server_update (server_id, update_id, state, provisional, reported_at, since) values ($1, $2, $3, false, $4, $4)
       on conflict (server_id, update_id) do update set state = excluded.state`,
      [serverId, updateId, state, String(AT)],
    );
  const event = (eventId: number, hresult: number, hour: number, updateId = UPDATE) =>
    pool.query(
      `insert into event (event_instance_id, server_id, event_id, update_id, hresult, time_at_target, received_at, details)
       values ($1, $2, $3, $4, $5, $6, $6, '{}')`,
      [randomUUID(), serverId, eventId, updateId, hresult, String(AT.add({ hours: hour }))],
    );
  const known = async () => (await listReadiness(pool, [serverId], AT)).get(serverId) ?? assert.fail();
  const failures = async () => Object.fromEntries((await known()).failures);
  await settle('failed');
  await event(182, -1, 1);
  await event(161, -1, 2); // a download that failed is no attempt to install
  await event(195, -1, 3);
  assert.deepEqual(await failures(), { [UPDATE]: 2 });
  await event(183, 0, 4);
  assert.deepEqual(await failures(), {});
  await event(203, -1, 5);
  assert.deepEqual(await failures(), { [UPDATE]: 1 });
  await settle('installed');
  assert.deepEqual(await failures(), {}, 'nobody asks for it any more');
  assert.equal((await known()).condition.pendingRestartSince, undefined);
  await settle('pending-restart', sampleId('a', 2));
  assert.equal(String((await known()).condition.pendingRestartSince), String(AT));
  await pool.query(
    `insert into server_report (server_id, at, report, pending_since) values ($1, $2, '{"systemDiskFreeMegabytes": 7000}', $3)`,
    [serverId, String(AT), String(AT.subtract({ hours: 5 }))],
  );
  const { condition } = await known();
  assert.deepEqual(
    [condition.diskFreeMegabytes, String(condition.pendingRestartSince)],
    [7000, '2025-11-14T07:00:00Z'],
  );
});
