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

test('what was told of backups goes with the events, and what is too much; the latest of each kind stay', async (t) => {
  const pool = await freshDatabase(t);
  const customerId = await sampleCustomer(pool);
  await pool.query(
    `insert into machine (machine_id, customer_id, name, added_at, changed_at)
     select gen_random_uuid(), $1, 'm' || n, $2, $2 from generate_series(1, 1001) n`,
    [customerId, String(AT)],
  );
  const tell = (name: string, kind: string, ok: boolean, days: number) =>
    pool.query(
      `insert into evidence (evidence_id, machine_id, kind, ok, at, source, who, received_at)
       select gen_random_uuid(), machine_id, $2, $3, $4, 'api', 'Ann', $4 from machine where name = $1`,
      [name, kind, ok, String(AT.add({ hours: 24 * days }))],
    );
  for (const name of ['m1', 'm1001']) {
    for (const [day, ok] of [true, true, false, false].entries()) await tell(name, 'backup', ok, day);
    await tell(name, 'restore-test', true, 0);
    await tell(name, 'restore-point', true, 0);
    await tell(name, 'restore-point', true, 99);
  }
  await pool.query(
    `insert into evidence (evidence_id, machine_id, kind, ok, at, source, who, received_at)
     select gen_random_uuid(), machine_id, 'backup', true, $1::timestamptz + n * interval '1 minute', 'api', 'Ann', $1
     from machine, generate_series(1, 1005) n where name = 'm2'`,
    [String(AT.add({ hours: 24 * 99 }))],
  );
  await tidy({
    pool,
    now: () => AT.add({ hours: 24 * 102 }),
    eventRetentionDays: 100,
    log: { info: () => undefined, warn: () => assert.fail() },
  });
  const { rows } = await pool.query<{ name: string; left: string }>(
    `select name, string_agg(kind || ' ' || ok || ' ' || extract(day from at - $1), ', ' order by kind, at) as left
     from evidence join machine using (machine_id) where name <> 'm2' group by name order by name`,
    [String(AT)],
  );
  const left = 'backup true 1, backup false 2, backup false 3, restore-point true 99, restore-test true 0';
  assert.deepEqual(
    rows.map((row) => [row.name, row.left]),
    [
      ['m1', left],
      ['m1001', left],
    ],
  );
  const { rows: counts } = await pool.query<{ left: number; first: Temporal.Instant }>(
    `select count(*) as left, min(at) as first from evidence join machine using (machine_id) where name = 'm2'`,
  );
  assert.deepEqual(
    [counts[0]?.left, String(counts[0]?.first)],
    [1_000, String(AT.add({ hours: 24 * 99, minutes: 6 }))],
  );
  const [run] = (await listCareRuns(pool, 10)).filter(({ job }) => job === 'forget');
  assert.equal(run?.outcome.evidence, 2 * 2 + 5);
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
