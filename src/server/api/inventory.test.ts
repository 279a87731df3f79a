import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { addCustomer, changeServer, showServer } from '#contract/endpoints/fleet.ts';
import {
  exportInventory,
  importInventory,
  inventoryCompleteness,
  inventoryHistory,
  listGaps,
  listGroups,
  listInventory,
  listInventoryConflicts,
  listRoles,
  removeFromInventory,
  setGroup,
  setInventory,
  setRecovery,
  settleConflict,
  showMachine,
} from '#contract/endpoints/inventory.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { linkMachines } from '#server/store/machines-link.ts';
import { enrol } from '#server/store/servers.ts';
import { type TestService, testService } from './testing/service.ts';

const AT = '2023-10-12T00:00:00Z';
const WHY = 'so it is';

async function service(t: TestContext): Promise<TestService & { enrol(name: string): Promise<string> }> {
  const all = await testService(t, AT);
  const { customer } = await all.call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/London' } });
  return {
    ...all,
    async enrol(dnsName) {
      const claim = { clientId: randomUUID(), dnsName, customerId: customer.customerId, at: all.clock.now() };
      const serverId = (await enrol(all.pool, claim)) ?? assert.fail('not enrolled');
      await all.pool.query('update server set os_build = 17763, product_type = 3 where server_id = $1', [serverId]);
      await linkMachines(all.pool, all.clock.now());
      return serverId;
    },
  };
}

function file(...lines: string[]): { text: string; why: string } {
  return { text: lines.join('\r\n'), why: WHY };
}

test('a file is told first and taken then; what it says is believed, and handed on', async (t) => {
  const { call, enrol, pool } = await service(t);
  await enrol('sql1.contoso.com');
  const body = file(
    'Server;Owner;Owner contact;Roles;Window;Tier;Needs',
    'SQL1;"Doe; Jane";jane@contoso.com;sql-server|application;early;high;dc1',
    'dc1.contoso.com;Directory;;domain-controller;;critical;none',
  );
  const dry = await call(importInventory, { query: { customer: 'Contoso' }, body });
  assert.deepEqual(dry.counts, { servers: 2, added: 1, changed: 1, unchanged: 0, conflicts: 0 });
  assert.equal(dry.applied, false);
  assert.deepEqual(dry.items[0]?.changes.at(-1), {
    field: 'window',
    title: 'Maintenance window (plan)',
    to: 'early',
    conflict: false,
  });
  assert.equal((await pool.query("select from machine_fact where source = 'csv'")).rowCount, 0);
  const done = await call(importInventory, { query: { customer: 'Contoso', apply: 'true' }, body });
  assert.deepEqual([done.applied, done.counts], [true, dry.counts]);
  const again = await call(importInventory, { query: { customer: 'Contoso' }, body });
  assert.deepEqual(again.counts, { servers: 2, added: 0, changed: 0, unchanged: 2, conflicts: 0 });
  const server = await call(showServer, { params: { server: 'sql1.contoso.com' } });
  assert.equal(server.plan, 'early');
  const shown = await call(showMachine, { params: { server: 'sql1' } });
  assert.deepEqual(
    shown.fields.map(({ field, text, source }) => [field, text, source]),
    [
      ['roles', 'application | sql-server', 'csv'],
      ['owner', 'Doe; Jane, person, jane@contoso.com', 'csv'],
      ['tier', 'high', 'csv'],
      ['needs', 'dc1', 'csv'],
      ['window', 'early', 'csv'],
      ['operatingSystem', 'Windows Server 2019', 'registration'],
    ],
  );
  assert.deepEqual(shown.missing, ['environment', 'support']);
  const { items } = await call(listRecords, { query: { customer: 'Contoso' } });
  const imported = items.find(({ what }) => what === 'inventory.imported');
  assert.partialDeepStrictEqual(imported?.facts, { added: 1, why: WHY });
});

test('every mistake of a file is told with its line, and nothing of it is taken', async (t) => {
  const { call, pool } = await service(t);
  const body = file(
    'server,owner,tier,roles,window',
    'a.contoso.com,Jane,high,iis,early',
    'b.contoso.com,Jane,hgh,iis,early',
    '',
    'c.contoso.com,Jane,high,web,earli',
    'A.contoso.com,John,high,,',
    'd.contoso.com,Jane',
    'not a name,Jane,,,',
  );
  const refused = { code: 'inventory.invalid', message: 'The file has 6 problems; nothing was changed.' };
  for (const apply of ['true', 'false'] as const) {
    const answer = call(importInventory, { query: { customer: 'Contoso', apply }, body });
    await assert.rejects(answer, (error: { code: string; message: string; details: string[] }) => {
      assert.deepEqual({ code: error.code, message: error.message }, refused);
      assert.deepEqual(
        error.details.map((line) => line.replace(/not one of [^.]*\. ?/, 'unknown. ')),
        [
          'line 3: tier: "hgh" is unknown. Did you mean "high"?',
          'line 5: roles: "web" is unknown. ',
          'line 5: window: there is no plan "earli". Did you mean "early"?',
          'line 6: owner: a.contoso.com has another owner in line 2',
          'line 7: has 2 cells, the header has 5',
          'line 8: server: is not the name of a server',
        ],
      );
      return true;
    });
  }
  assert.equal((await pool.query('select from machine')).rowCount, 0);
});

test('of a thousand mistakes the first hundred are told, and how many there are', async (t) => {
  const { call } = await service(t);
  const lines = Array.from({ length: 1000 }, (_, at) => `srv${at}.contoso.com,wrong`);
  const answer = call(importInventory, { query: { customer: 'Contoso' }, body: file('server,tier', ...lines) });
  await assert.rejects(answer, (error: { message: string; details: string[] }) => {
    assert.match(error.message, /1000 problems/);
    assert.equal(error.details.length, 101);
    assert.equal(error.details.at(-1), 'and 900 more');
    return true;
  });
});

test('what is exported reads as the same inventory', async (t) => {
  const { call } = await service(t);
  const fields = {
    owner: { kind: 'team', name: '=cmd|calc', contact: 'a@contoso.com' },
    notes: 'says "x; y", | and none',
    needs: [],
    healthChecks: ['a | b', "'-quoted", 'none'],
    backup: { tool: 'Veeam', slot: { weekdays: [6, 7], from: 1320, minutes: 480 } },
    hours: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: 0, minutes: 1440 }],
    support: { status: 'extended', until: '2029-01-09' },
  };
  const set = { params: { server: 'x.contoso.com' }, query: { customer: 'Contoso' } };
  await call(setInventory, { ...set, body: { fields, add: true, why: WHY } });
  const { header, items } = await call(exportInventory, { query: { customer: 'Contoso' } });
  assert.ok(!items[0]?.includes(',=cmd'), 'no spreadsheet takes it for a formula');
  await call(addCustomer, { body: { name: 'Copy', zone: 'Etc/UTC' } });
  const query = { customer: 'Copy', apply: 'true' } as const;
  await call(importInventory, { query, body: file(header, ...items) });
  const copy = await call(showMachine, { params: { server: 'x' }, query: { customer: 'Copy' } });
  assert.deepEqual(Object.fromEntries(copy.fields.map(({ field, value }) => [field, value])), fields);
  assert.deepEqual((await call(exportInventory, { query: { customer: 'Copy' } })).items, items);
});

test('sources that disagree are shown until a person has settled it', async (t) => {
  const { call, enrol } = await service(t);
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
  const { call, enrol } = await service(t);
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
  const { call } = await service(t);
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
  const { call, enrol, pool } = await service(t);
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
  const { call } = await service(t);
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
  const { call, enrol } = await service(t);
  const serverId = await enrol('web1.contoso.com');
  await call(changeServer, { params: { server: serverId }, body: { plan: 'delayed' } });
  const shown = await call(showMachine, { params: { server: serverId } });
  assert.deepEqual([shown.window, shown.missing.includes('window')], ['delayed', false]);
});
