import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCustomer, changeServer, showServer } from '#contract/endpoints/fleet.ts';
import {
  exportInventory,
  importInventory,
  listInventory,
  setInventory,
  showMachine,
} from '#contract/endpoints/inventory.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { file, inventoryService, WHY } from './testing/inventory.ts';

test('a file is told first and taken then; what it says is believed, and handed on', async (t) => {
  const { call, enrol, pool } = await inventoryService(t);
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
  const { call, pool } = await inventoryService(t);
  const body = file(
    'server,owner,tier,roles,window',
    'a.contoso.com,Jane,high,iis,early',
    'b.contoso.com,Jane,hgh,iis,early',
    '',
    'c.contoso.com,Jane,high,web,earli',
    'A.contoso.com,John,high,,',
    'd.contoso.com,Jane',
    'not a name,Jane,,,',
    'b.contoso.com,John,,,',
  );
  const refused = { code: 'inventory.invalid', message: 'The file has 7 problems; nothing was changed.' };
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
          'line 9: owner: b.contoso.com has another owner in line 3',
        ],
      );
      return true;
    });
  }
  assert.equal((await pool.query('select from machine')).rowCount, 0);
});

test('a server that nobody knows yet has one owner, under its first label too', async (t) => {
  const { call } = await inventoryService(t);
  const lines = (owner: string) => file('server,owner,tier', 'sql1,Jane,', `sql1.contoso.com,${owner},high`);
  const query = { customer: 'Contoso', apply: 'true' } as const;
  await assert.rejects(call(importInventory, { query, body: lines('John') }), {
    details: ['line 3: owner: sql1.contoso.com has another owner in line 2'],
  });
  assert.equal((await call(importInventory, { query, body: lines('Jane') })).counts.added, 1);
  const { items } = await call(listInventory);
  assert.deepEqual(
    items.map(({ name, owner, tier }) => [name, owner, tier]),
    [['sql1.contoso.com', 'Jane, person', 'high']],
  );
});

test('of a thousand mistakes each is told with its line', async (t) => {
  const { call } = await inventoryService(t);
  const lines = Array.from({ length: 1000 }, (_, at) => `srv${at}.contoso.com,wrong`);
  const answer = call(importInventory, { query: { customer: 'Contoso' }, body: file('server,tier', ...lines) });
  await assert.rejects(answer, (error: { message: string; details: string[] }) => {
    assert.match(error.message, /1000 problems/);
    assert.equal(error.details.length, 1000);
    for (const [at, detail] of error.details.entries()) assert.ok(detail.startsWith(`line ${at + 2}: tier: "wrong"`));
    return true;
  });
});

test('what is exported reads as the same inventory', async (t) => {
  const { call } = await inventoryService(t);
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

test('a dry run shows what was set on the server itself and gives way', async (t) => {
  const { call, enrol } = await inventoryService(t);
  const params = { server: await enrol('web1.contoso.com') };
  await call(changeServer, { params, body: { plan: 'delayed', ownerMail: 'boss@contoso.com' } });
  const from = async (...lines: string[]) => {
    const dry = await call(importInventory, { query: { customer: 'Contoso' }, body: file(...lines) });
    return Object.fromEntries(dry.items[0]?.changes.map((one) => [one.field, one.from]) ?? []);
  };
  const header = 'server,window,owner,owner_contact';
  assert.deepEqual(await from(header, 'web1,early,Jane,jane@contoso.com'), {
    owner: 'boss@contoso.com',
    window: 'delayed',
  });
  assert.deepEqual(await from(header, 'web1,,Jane,'), { owner: undefined }, 'the address stays');
});
