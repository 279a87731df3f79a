import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { addWork, endWork, listWork } from '#contract/endpoints/planned-work.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { sketchServer } from './testing/fleet.ts';
import { testService } from './testing/service.ts';

const AT = '2026-01-13T18:00:00Z';
const FIRMWARE = { kind: 'firmware', title: 'BIOS 2.19', tool: 'iDRAC', minutes: 40, restarts: true } as const;

test('work is planned for a server, a group or a customer, listed for each server that it reaches, and ended once', async (t) => {
  const service = await testService(t, AT);
  const { call, pool } = service;
  const { customer } = await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/Zurich' } });
  await call(addCustomer, { body: { name: 'Other', zone: 'Etc/UTC' } });
  const sql = await sketchServer(service, { dnsName: 'sql01.test', customerId: customer.customerId });
  await sketchServer(service, { dnsName: 'web01.test', customerId: customer.customerId });
  await pool.query(`update server set target_group = 'SQL' where server_id = $1`, [sql]);
  const later = '2026-02-01T00:00:00Z';
  const one = await call(addWork, { body: { ...FIRMWARE, scope: 'server', server: 'sql01.test', notBefore: later } });
  await call(addWork, { body: { ...FIRMWARE, scope: 'group', customer: 'Contoso', group: 'SQL', title: 'Agent 7' } });
  await call(addWork, { body: { ...FIRMWARE, scope: 'customer', customer: 'Contoso', title: 'Agent 8' } });
  await call(addWork, { body: { ...FIRMWARE, scope: 'customer', customer: 'Other', title: 'Theirs' } });
  const titles = async (query: NonNullable<Parameters<typeof call<typeof listWork>>[1]>['query']) =>
    (await call(listWork, { query: query ?? {} })).items.map(({ title }) => title).sort();
  assert.deepEqual(await titles({ server: 'sql01.test' }), ['Agent 7', 'Agent 8', 'BIOS 2.19']);
  assert.deepEqual(await titles({ server: 'web01.test' }), ['Agent 8']);
  const first = await call(listWork, { query: { customer: 'Contoso', limit: 2 } });
  const rest = await call(listWork, { query: { customer: 'Contoso', limit: 2, after: first.next ?? assert.fail() } });
  assert.deepEqual(
    [first.items.length, rest.items.map(({ title }) => title), rest.next],
    [2, ['BIOS 2.19'], undefined],
  );
  const ended = await call(endWork, { params: { work: one.workId }, body: { outcome: 'failed', who: 'Jo' } });
  assert.deepEqual(ended.ended, { at: AT, who: 'Jo', outcome: 'failed' });
  assert.deepEqual(await titles({ server: 'sql01.test', state: 'open' }), ['Agent 7', 'Agent 8']);
  assert.deepEqual(await titles({ state: 'ended' }), ['BIOS 2.19']);
  await assert.rejects(call(endWork, { params: { work: one.workId }, body: {} }), { code: 'conflict.exists' });
  const { items } = await call(listRecords, { query: { customer: 'Contoso' } });
  assert.deepEqual(items.map(({ what, who }) => [what, who]).slice(-2), [
    ['work.planned', 'admin'],
    ['work.ended', 'Jo'],
  ]);
});

test('work that cannot be is refused', async (t) => {
  const { call } = await testService(t, AT);
  await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/Zurich' } });
  const body = { ...FIRMWARE, scope: 'customer', customer: 'Contoso' } as const;
  const wrong = { code: 'usage.wrong' };
  await assert.rejects(call(addWork, { body: { ...body, notBefore: '2026-01-01T00:00:00Z' } }), wrong);
  await assert.rejects(call(addWork, { body: { ...body, minutes: 1441 } }), wrong);
  await assert.rejects(call(addWork, { body: { ...body, group: 'SQL' } }), wrong);
  await assert.rejects(call(addWork, { body: { ...body, customer: 'Nobody' } }), { code: 'not-found' });
  const work = '00000000-0000-4000-8000-000000000000';
  await assert.rejects(call(endWork, { params: { work }, body: {} }), { code: 'not-found' });
});
