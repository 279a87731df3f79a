import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { addEvidence, importEvidence, listEvidence } from '#contract/endpoints/evidence.ts';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import {
  addOverride,
  checkReadinessPolicy,
  endOverride,
  listOverrides,
  listReadiness,
  putReadinessPolicy,
  showReadiness,
  showReadinessPolicy,
} from '#contract/endpoints/readiness.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { enrol } from '#server/store/servers.ts';
import { testService } from './testing/service.ts';

const AT = '2023-10-12T00:00:00Z';

/** A customer with servers that are linked to machines of a tier. */
async function fleet(t: TestContext, servers: Readonly<Record<string, string | undefined>>) {
  const service = await testService(t, AT);
  const { call, pool, clock } = service;
  const { customer } = await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/Berlin', plan: 'default' } });
  const { customerId } = customer;
  for (const [dnsName, tier] of Object.entries(servers)) {
    const serverId = await enrol(pool, { clientId: randomUUID(), dnsName, customerId, at: clock.now() });
    await pool.query(
      `update server set clock_skew_seconds = 1, over_tls = true, os_build = 17763, product_type = 3 where server_id = $1`,
      [serverId],
    );
    await pool.query(
      `insert into machine (machine_id, customer_id, name, server_id, profile, added_at, changed_at) values ($1, $2, $3, $4, $5, $6, $6)`,
      [randomUUID(), customerId, dnsName, serverId, JSON.stringify({ roles: ['iis'], ...(tier ? { tier } : {}) }), AT],
    );
  }
  const told = (server: string, kind: 'backup' | 'restore-point' | 'restore-test', at: string, ok = true) =>
    call(addEvidence, { body: { customer: 'Contoso', evidence: [{ server, kind, ok, at }] } });
  const failing = async (server: string) =>
    (await call(showReadiness, { params: { server } })).checks.filter(({ ok }) => !ok).map(({ check }) => check);
  return { ...service, customerId, told, failing };
}

test('a critical server without evidence is not ready; with it, it is, until it is too old', async (t) => {
  const { call, told, failing, clock, pool } = await fleet(t, {
    'db1.example.com': 'critical',
    'web1.example.com': undefined,
  });
  assert.deepEqual(await failing('db1.example.com'), ['backup', 'restore-point', 'restore-test']);
  assert.deepEqual(await failing('web1.example.com'), [], 'nothing is asked of an unknown tier');
  await told('db1', 'backup', '2023-10-11T23:00:00Z');
  await told('DB1.example.com', 'restore-point', '2023-10-11T23:00:00Z');
  await told('db1', 'restore-test', '2023-09-01T00:00:00Z');
  const shown = await call(showReadiness, { params: { server: 'db1.example.com' } });
  assert.equal(shown.ready, true);
  assert.deepEqual([shown.tier, shown.policy, shown.recovery[0]?.role], ['critical', 'shipped', 'Web server (IIS)']);
  clock.moveTo(Temporal.Instant.from('2023-10-13T06:30:00Z'));
  await pool.query('update server set last_seen = $1', ['2023-10-13T06:00:00Z']);
  await told('db1', 'backup', '2023-10-13T02:00:00Z', false);
  const later = await call(showReadiness, { params: { server: 'db1.example.com' } });
  assert.equal(
    later.checks.find(({ check }) => check === 'backup')?.text,
    'Its last backup is 31 h old; a server of the tier critical needs one of the last 24 h.',
  );
  assert.equal(later.evidence.find(({ kind }) => kind === 'backup')?.ok, false, 'the failed run is shown');
});

test('evidence is taken whole or not at all, once, and never of the future', async (t) => {
  const { call, pool, told } = await fleet(t, {
    'a.example.com': 'high',
    'a.other.com': 'high',
    'b.example.com': 'high',
  });
  const at = '2023-10-11T12:00:00Z';
  const evidence = [
    { server: 'b', kind: 'backup', ok: true, at },
    { server: 'a', kind: 'backup', ok: true, at },
    { server: 'nobody', kind: 'backup', ok: true, at },
    { server: 'b', kind: 'backup', ok: true, at: '2023-10-12T01:00:00Z' },
  ] as const;
  await assert.rejects(
    call(addEvidence, { body: { customer: 'Contoso', evidence: [...evidence] } }),
    (error: Error & { code: string; details: string[] }) => {
      assert.equal(error.code, 'evidence.invalid');
      assert.equal(error.details.length, 3);
      assert.match(error.details[0] ?? '', /^evidence\.1: .*2 servers "a"/);
      assert.match(error.details[1] ?? '', /^evidence\.2: .*no server "nobody"/);
      assert.match(error.details[2] ?? '', /^evidence\.3: .*future/);
      return true;
    },
  );
  assert.equal((await pool.query('select from evidence')).rowCount, 0);
  assert.deepEqual(await told('b', 'backup', at), { added: 1, known: 0 });
  assert.deepEqual(await told('b', 'backup', at), { added: 0, known: 1 });
  await told('b', 'backup', '2023-10-11T11:00:00Z');
  const { rows } = await pool.query<{ at: Temporal.Instant }>(
    `select backup_at as at from machine where name = 'b.example.com'`,
  );
  assert.equal(String(rows[0]?.at), at, 'an older one does not count');
  const { items, next } = await call(listEvidence, { query: { customer: 'Contoso', server: 'b', limit: 1 } });
  assert.deepEqual([items.map((one) => one.at), next === undefined], [[at], false]);
  const records = await call(listRecords, { query: { customer: 'Contoso' } });
  assert.equal(records.items.filter(({ what }) => what === 'evidence.told').length, 2);
});

test('a file is shown before it is applied, and with one wrong line nothing of it is', async (t) => {
  const { call, pool } = await fleet(t, { 'a.example.com': 'high', 'b.example.com': 'high' });
  const good = 'server;kind;result;at\na;backup;success;11.10.2023 23:00\nb;restore-test;failed;2023-10-11T10:00:00Z\n';
  const body = { customer: 'Contoso', text: good };
  const dry = await call(importEvidence, { body });
  assert.deepEqual([dry.applied, dry.lines, dry.added, dry.zone], [false, 2, 2, 'Europe/Berlin']);
  assert.equal((await pool.query('select from evidence')).rowCount, 0);
  const wrong = await call(importEvidence, {
    body: { ...body, text: `${good}c;backup;ok;2023-10-11 10:00\nb;bakup;ok;2023-10-11 10:00\n` },
  });
  assert.deepEqual(wrong.problems, [
    { line: 4, message: 'the customer has no server "c"' },
    { line: 5, message: '"bakup" is not one of backup, restore-point, restore-test. Did you mean "backup"?' },
  ]);
  await assert.rejects(
    call(importEvidence, { body: { ...body, text: `${good}c;backup;ok;2023-10-11 10:00\n`, apply: true } }),
    {
      code: 'evidence.invalid',
    },
  );
  assert.equal((await pool.query('select from evidence')).rowCount, 0);
  const done = await call(importEvidence, { body: { ...body, apply: true } });
  assert.deepEqual([done.added, done.known], [2, 0]);
  const again = await call(importEvidence, { body: { ...body, apply: true } });
  assert.deepEqual([again.added, again.known], [0, 2]);
  const { rows } = await pool.query<{ at: Temporal.Instant }>(`select at from evidence where kind = 'backup'`);
  assert.equal(String(rows[0]?.at), '2023-10-11T21:00:00Z', "the customer's zone");
});

test('an override lets a server go until it expires or is ended, and is on record', async (t) => {
  const { call, clock, failing } = await fleet(t, { 'db1.example.com': 'critical' });
  const server = 'db1.example.com';
  const given = { server, checks: ['backup', 'restore-point', 'restore-test'] as const, why: 'the vault is down' };
  await assert.rejects(
    call(addOverride, { body: { ...given, checks: [...given.checks], expires: '2023-12-12T00:00:00Z' } }),
    {
      code: 'usage.wrong',
    },
  );
  const added = await call(addOverride, {
    body: { ...given, checks: [...given.checks], expires: '2023-10-14T00:00:00Z', who: 'Ann' },
  });
  assert.equal((await call(showReadiness, { params: { server } })).ready, true);
  assert.equal((await failing(server)).length, 3, 'what is missing is still shown');
  assert.deepEqual((await call(listReadiness, { query: { notReady: 'true' } as never })).items, []);
  clock.moveTo(Temporal.Instant.from('2023-10-14T00:00:00Z'));
  assert.equal((await call(showReadiness, { params: { server } })).ready, false);
  await assert.rejects(call(endOverride, { params: { override: added.overrideId }, query: { why: 'over already' } }), {
    code: 'not-found',
  });
  const second = await call(addOverride, { body: { ...given, checks: ['backup'], expires: '2023-10-15T00:00:00Z' } });
  await call(endOverride, { params: { override: second.overrideId }, query: { why: 'the vault is back' } });
  const { items } = await call(listOverrides, { query: { server } });
  assert.deepEqual(
    items.map(({ state, who }) => [state, who]),
    [
      ['ended', 'admin'],
      ['expired', 'Ann'],
    ],
  );
  const records = await call(listRecords, { query: { customer: 'Contoso' } });
  assert.deepEqual(records.items.map(({ what, who }) => [what, who]).slice(-3), [
    ['readiness.overridden', 'Ann'],
    ['readiness.overridden', 'admin'],
    ['readiness.override-ended', 'admin'],
  ]);
});

test('what is not ready is listed, page by page', async (t) => {
  const names = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((name) => [`${name}.example.com`, name === 'b' ? 'low' : 'critical']),
  );
  const { call } = await fleet(t, names);
  const first = await call(listReadiness, { query: { customer: 'Contoso', notReady: 'true', limit: 2 } as never });
  assert.deepEqual(
    first.items.map(({ dnsName }) => dnsName),
    ['a.example.com', 'c.example.com'],
  );
  const rest = await call(listReadiness, {
    query: { customer: 'Contoso', notReady: 'true', limit: 2, after: first.next } as never,
  });
  assert.deepEqual(
    rest.items.map(({ dnsName }) => dnsName),
    ['d.example.com'],
  );
  const all = await call(listReadiness, { query: { customer: 'Contoso' } });
  assert.deepEqual(
    all.items.map(({ ready }) => ready),
    [false, true, false, false],
  );
});

test("a customer's policy wins over the one for all, which wins over the shipped one", async (t) => {
  const { call, failing } = await fleet(t, { 'db1.example.com': 'critical' });
  assert.equal((await call(showReadinessPolicy, { query: {} })).of, 'shipped');
  const text = 'name: mild\ntiers:\n  critical: { restoreTestDays: 90 }\n';
  const checked = await call(checkReadinessPolicy, { body: { text: 'name: x\ntiers:\n  critical:\n    backup: 1\n' } });
  assert.deepEqual(
    checked.problems.map(({ line, path }) => [line, path]),
    [[4, 'tiers.critical.backup']],
  );
  await assert.rejects(call(putReadinessPolicy, { body: { text: 'name: 1', why: 'a test' } }), {
    code: 'readiness.policy-invalid',
  });
  await call(putReadinessPolicy, { body: { text, why: 'a start' } });
  assert.deepEqual(await failing('db1.example.com'), ['restore-test']);
  const own = { text: 'name: nothing\ntiers: {}\n', customer: 'Contoso' };
  assert.deepEqual((await call(checkReadinessPolicy, { body: own })).effect, { servers: 1, readyNow: 0, readyThen: 1 });
  const put = await call(putReadinessPolicy, { body: { ...own, why: 'they said so' } });
  assert.deepEqual(put.effect, { servers: 1, readyNow: 0, readyThen: 1 });
  assert.deepEqual(await failing('db1.example.com'), []);
  const shown = await call(showReadinessPolicy, { query: { customer: 'Contoso' } });
  assert.deepEqual([shown.of, shown.policy.name, shown.version?.number], ['customer', 'nothing', put.version]);
});
