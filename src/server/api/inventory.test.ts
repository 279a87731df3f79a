import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCustomer, changeServer, showServer } from '#contract/endpoints/fleet.ts';
import {
  importInventory,
  inventoryHistory,
  listInventory,
  listInventoryConflicts,
  removeFromInventory,
  setInventory,
  settleConflict,
  showMachine,
} from '#contract/endpoints/inventory.ts';
import { inventoryCompleteness, listGaps } from '#contract/endpoints/inventory-gaps.ts';
import { listGroups, listRoles, setGroup, setRecovery } from '#contract/endpoints/inventory-groups.ts';
import { file, inventoryService, WHY } from './testing/inventory.ts';

test('sources that disagree are shown until a person has settled it', async (t) => {
  const { call, enrol } = await inventoryService(t);
  await enrol('web1.contoso.com');
  const server = { params: { server: 'web1' } };
  await call(setInventory, { ...server, body: { fields: { tier: 'high', roles: ['iis'] }, why: WHY } });
  const body = file('server,tier,roles', 'web1,low,iis|file-server');
  const dry = await call(importInventory, { query: { customer: 'Contoso' }, body });
  assert.equal(dry.counts.conflicts, 1);
  assert.deepEqual(
    dry.items[0]?.changes.map(({ field, from, to, believed, conflict }) => [field, from, to, believed, conflict]),
    [
      ['roles', 'iis', 'file-server | iis', 'iis', true],
      ['tier', 'high', 'low', 'high', true],
    ],
  );
  await call(importInventory, { query: { customer: 'Contoso', apply: 'true' }, body });
  const { items } = await call(listInventoryConflicts, { query: { customer: 'Contoso' } });
  assert.deepEqual(
    items[0]?.conflicts.map(({ field, believed, others }) => [field, believed.text, others.map(({ text }) => text)]),
    [
      ['roles', 'iis', ['file-server | iis']],
      ['tier', 'high', ['low']],
    ],
  );
  await call(settleConflict, { ...server, body: { field: 'tier', source: 'csv', why: WHY } });
  await call(settleConflict, { ...server, body: { field: 'roles', source: 'person', why: WHY } });
  assert.deepEqual((await call(listInventoryConflicts)).items, []);
  const shown = await call(showMachine, server);
  assert.deepEqual([shown.tier, shown.roles, shown.conflicts], ['low', ['iis'], []]);
  const { items: history } = await call(inventoryHistory, { ...server, query: { limit: 3 } });
  assert.equal(history.length, 3);
  await assert.rejects(call(settleConflict, { ...server, body: { field: 'notes', source: 'csv', why: WHY } }), {
    code: 'not-found',
  });
});

test('what a person says is checked, and taken back with null', async (t) => {
  const { call, enrol } = await inventoryService(t);
  const serverId = await enrol('web1.contoso.com');
  const server = { params: { server: 'web1.contoso.com' } };
  const set = (fields: Record<string, unknown>) => call(setInventory, { ...server, body: { fields, why: WHY } });
  await assert.rejects(
    set({ tier: 'gold', window: 'nope', owner: { kind: 'person' } }),
    (error: { details: string[] }) => {
      assert.equal(error.details.length, 3);
      return true;
    },
  );
  await assert.rejects(set({ colour: 'red' }), { code: 'usage.wrong' });
  await assert.rejects(set({}), { code: 'usage.wrong' });
  await set({ window: 'early', owner: { kind: 'person', name: 'Jane', contact: 'jane@contoso.com' } });
  assert.equal((await call(showServer, { params: { server: serverId } })).plan, 'early');
  const shown = await set({ window: null });
  assert.ok(!shown.fields.some(({ field }) => field === 'window'));
  assert.equal((await call(showServer, { params: { server: serverId } })).plan, undefined);
  await assert.rejects(call(removeFromInventory, { ...server, query: { why: WHY } }), { code: 'inventory.enrolled' });
});

test('a name of two customers is ambiguous, and a server that is not enrolled can be removed', async (t) => {
  const { call } = await inventoryService(t);
  await call(addCustomer, { body: { name: 'Other', zone: 'Etc/UTC' } });
  for (const customer of ['Contoso', 'Other']) {
    const body = { fields: { tier: 'low' }, add: true, why: WHY };
    await call(setInventory, { params: { server: 'twin' }, query: { customer }, body });
  }
  await assert.rejects(call(showMachine, { params: { server: 'twin' } }), { code: 'ambiguous' });
  await call(removeFromInventory, { params: { server: 'twin' }, query: { customer: 'Other', why: WHY } });
  assert.equal((await call(showMachine, { params: { server: 'twin' } })).customer, 'Contoso');
});

test('gaps are counted and listed by kind', async (t) => {
  const { call, enrol, pool } = await inventoryService(t);
  await enrol('a.contoso.com');
  await enrol('b.contoso.com');
  await enrol('B.contoso.com');
  await pool.query(`update server set last_sync = '2023-09-01T00:00:00Z' where dns_name = 'a.contoso.com'`);
  const lines = ['a,b,cluster-node', 'b,a,', 'c.contoso.com,ghost,'];
  const query = { customer: 'Contoso', apply: 'true' } as const;
  await call(importInventory, { query, body: file('server,needs,roles', ...lines) });
  const { items, gaps } = await call(inventoryCompleteness, { query: { customer: 'Contoso' } });
  assert.deepEqual([items[0]?.servers, items[0]?.complete, items[0]?.missing.needs], [3, 0, 0]);
  assert.equal(items[0]?.percent, Math.floor((100 * 4) / 21));
  assert.deepEqual(Object.fromEntries(gaps.map(({ kind, servers }) => [kind, servers])), {
    missing: 3,
    'never-scanned': 1,
    stopped: 1,
    'not-enrolled': 1,
    'shared-id': 0,
    'shared-name': 1,
    'unknown-name': 1,
    cycle: 1,
    'ungrouped-node': 1,
  });
  const told = async (kind: (typeof gaps)[number]['kind']) =>
    (await call(listGaps, { params: { kind }, query: { customer: 'Contoso' } })).items.map(({ name, text }) => [
      name,
      text,
    ]);
  assert.deepEqual(await told('cycle'), [
    ['a.contoso.com', 'a.contoso.com → b.contoso.com → a.contoso.com: they go one at a time'],
  ]);
  assert.match((await told('unknown-name'))[0]?.[1] ?? '', /waits for ghost/);
  assert.deepEqual((await told('not-enrolled'))[0], ['c.contoso.com', 'no agent asks under this name']);
  assert.deepEqual((await told('stopped'))[0], ['a.contoso.com', 'last scan 2023-09-01T00:00Z']);
  const page = await call(listInventory, { query: { missing: 'owner', limit: 2 } });
  assert.equal(page.items.length, 2);
  assert.equal((await call(listInventory, { query: { missing: 'owner', after: page.next ?? '' } })).items.length, 1);
});

test('groups have a limit, roles a recovery path of their own', async (t) => {
  const { call } = await inventoryService(t);
  const query = { customer: 'Contoso' };
  const body = { fields: { roles: ['domain-controller'], redundancyGroup: 'Core' }, add: true, why: WHY };
  await call(setInventory, { params: { server: 'dc1.contoso.com' }, query, body });
  await call(setGroup, { params: { group: 'CORE' }, query, body: { atOnce: 2, why: WHY } });
  assert.deepEqual((await call(listGroups, { query })).items, [
    { name: 'core', atOnce: 2, members: 1 },
    { name: 'dc:contoso.com', atOnce: 1, members: 1 },
  ]);
  const recovery = { who: 'Night shift', how: 'Call the directory team', minutes: 30 };
  const role = { params: { role: 'domain-controller' as const }, query };
  await call(setRecovery, { ...role, body: { recovery, why: WHY } });
  const own = async () => (await call(listRoles, { query })).items.find(({ role }) => role === 'domain-controller');
  assert.deepEqual([(await own())?.recovery, (await own())?.ownRecovery], [recovery, true]);
  const shown = await call(showMachine, { params: { server: 'dc1' } });
  assert.deepEqual(shown.defaults[0]?.recovery, recovery);
  await call(setRecovery, { ...role, body: { recovery: null, why: WHY } });
  assert.equal((await own())?.ownRecovery, false);
});

test('a plan that a server got otherwise counts as its window', async (t) => {
  const { call, enrol } = await inventoryService(t);
  const serverId = await enrol('web1.contoso.com');
  await call(changeServer, { params: { server: serverId }, body: { plan: 'delayed' } });
  const shown = await call(showMachine, { params: { server: serverId } });
  assert.deepEqual([shown.window, shown.missing.includes('window')], ['delayed', false]);
});
