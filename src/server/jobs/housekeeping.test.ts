import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tidy } from '#server/jobs/housekeeping.ts';
import { listCareRuns } from '#server/store/care.ts';
import { findDeploymentSet, saveDeploymentSet } from '#server/store/deployment-sets.ts';
import { enrol, findServerByClientId, registerComputer } from '#server/store/servers.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { AT, sampleCustomer } from '#server/testing/sample.ts';
import { server2019 } from '#server/testing/wire-client.ts';

const DAYS_59 = AT.add({ hours: 24 * 59 });
const DAYS_61 = AT.add({ hours: 24 * 61 });

test('what nobody used for 60 days goes, however much it is, and the log says how many', async (t) => {
  const pool = await freshDatabase(t);
  await pool.query(`insert into deployment_set select 'old ' || n, 'x', $1 from generate_series(1, 1201) n`, [
    String(AT),
  ]);
  await saveDeploymentSet(pool, 'used', Buffer.from('x'), AT);
  await saveDeploymentSet(pool, 'used', Buffer.from('x'), DAYS_59);
  const lines: object[] = [];
  const log = { info: (details: object) => lines.push(details), warn: () => assert.fail() };
  await tidy({ pool, now: () => DAYS_59, eventRetentionDays: 400, log });
  await tidy({ pool, now: () => DAYS_61, eventRetentionDays: 400, log });
  const counts = lines.flatMap((line) => (line as { deploymentSets?: number }).deploymentSets ?? []);
  assert.deepEqual(counts, [0, 1201]);
  assert.ok(await findDeploymentSet(pool, 'used'));
});

test('an id that was only ever claimed is forgotten; a registered server and one of a customer stay', async (t) => {
  const pool = await freshDatabase(t);
  const customerId = await sampleCustomer(pool);
  await enrol(pool, { clientId: 'claimed', dnsName: 'a', at: AT });
  await enrol(pool, { clientId: 'of-a-customer', dnsName: 'b', customerId, at: AT });
  const registered = await enrol(pool, { clientId: 'registered', dnsName: 'c', at: AT });
  await registerComputer(pool, registered ?? '', server2019('c'), AT);
  await enrol(pool, { clientId: 'seen', dnsName: 'd', at: DAYS_59 });
  await tidy({
    pool,
    now: () => DAYS_61,
    eventRetentionDays: 400,
    log: { info: () => undefined, warn: () => assert.fail() },
  });
  const left = await Promise.all(
    ['claimed', 'of-a-customer', 'registered', 'seen'].map(async (id) => Boolean(await findServerByClientId(pool, id))),
  );
  assert.deepEqual(left, [false, true, true, true]);
});

test('events go after their retention, the record of them stays, and what was done is there to see', async (t) => {
  const pool = await freshDatabase(t);
  const customerId = await sampleCustomer(pool);
  const serverId = await enrol(pool, { clientId: 'c', dnsName: 'a', customerId, at: AT });
  await pool.query(
    `insert into event (event_instance_id, server_id, event_id, hresult, time_at_target, received_at, details)
     select gen_random_uuid(), $1, 147, 0, $2::timestamptz + n * interval '1 day', $2::timestamptz + n * interval '1 day', '{}'
     from generate_series(0, 9) n`,
    [serverId, String(AT)],
  );
  const now = AT.add({ hours: 24 * 105 });
  await tidy({
    pool,
    now: () => now,
    eventRetentionDays: 100,
    log: { info: () => undefined, warn: () => assert.fail() },
  });
  const { rows } = await pool.query<{ left: number }>('select count(*) as left from event');
  assert.equal(rows[0]?.left, 5);
  const runs = await listCareRuns(pool, 10);
  assert.deepEqual(runs.map(({ job }) => job).sort(), ['forget', 'rebuild', 'vacuum']);
  assert.equal(runs.find(({ job }) => job === 'forget')?.outcome.events, 5);
  assert.ok(runs.every(({ ended }) => ended));
});

test('a table full of dead rows is vacuumed', async (t) => {
  const pool = await freshDatabase(t);
  await pool.query('alter table deployment_set set (autovacuum_enabled = off)');
  await pool.query(`insert into deployment_set select 'set ' || n, 'x', $1 from generate_series(1, 15000) n`, [
    String(AT),
  ]);
  await pool.query('delete from deployment_set');
  await pool.query('select pg_stat_force_next_flush()');
  await tidy({
    pool,
    now: () => AT,
    eventRetentionDays: 100,
    log: { info: () => undefined, warn: () => assert.fail() },
  });
  const run = (await listCareRuns(pool, 10)).find(({ job }) => job === 'vacuum');
  assert.deepEqual(run?.outcome.vacuumed, ['deployment_set']);
});
