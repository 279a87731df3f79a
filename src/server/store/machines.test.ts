import assert from 'node:assert/strict';
import { it } from 'node:test';
import type pg from 'pg';
import type { Source } from '#domain/fleet/inventory.ts';
import type { Said } from '#domain/fleet/inventory-change.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { AT, sampleCustomer, sampleId, sampleServer } from '#server/testing/sample.ts';
import { addMachines, applyStatements, findMachine, findMachineOfServer, listStatements } from './machines.ts';
import { linkMachines } from './machines-link.ts';
import { inTransaction } from './pool.ts';
import { assignServer, changeServer, findServer, removeServer } from './servers.ts';
import { ensureService } from './service.ts';

const LATER = AT.add({ hours: 1 });
const OWNER = { kind: 'team', name: 'Databases', contact: 'dba@example.com' } as const;

async function database(t: Parameters<typeof freshDatabase>[0]): Promise<pg.Pool> {
  const pool = await freshDatabase(t);
  await ensureService(pool, { serverGuid: sampleId('d', 1), clock: 'real', at: AT });
  return pool;
}

async function machine(pool: pg.Pool, customerId: string, name: string) {
  const found = await findMachine(pool, customerId, name);
  assert.ok(found, `no machine ${name}`);
  return found;
}

async function say(pool: pg.Pool, customerId: string, name: string, said: readonly Said[], source: Source, at = AT) {
  const of = (await findMachine(pool, customerId, name)) ?? (await addMachines(pool, customerId, [name], AT))[0];
  assert.ok(of);
  return inTransaction(pool, (client) => applyStatements(client, of, said, 'jo', source, at));
}

async function inventoryVersion(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ version: number }>('select inventory_version as version from service');
  return rows[0]?.version ?? -1;
}

it('keeps every statement, believes the better source and says where sources disagree', async (t) => {
  const pool = await database(t);
  const customer = await sampleCustomer(pool);
  await say(pool, customer, 'sql1.example.com', [{ field: 'tier', value: 'high' }], 'csv');
  const before = await inventoryVersion(pool);
  const change = await say(pool, customer, 'sql1.example.com', [{ field: 'tier', value: 'low' }], 'directory', LATER);
  assert.equal(change.after.tier, 'high');
  const row = await machine(pool, customer, 'sql1');
  assert.deepEqual([row.profile, row.conflicts], [{ tier: 'high' }, ['tier']]);
  assert.equal(await inventoryVersion(pool), before, 'nothing that places it has changed');
  await say(pool, customer, 'sql1', [{ field: 'tier', value: 'low' }], 'person', LATER.add({ hours: 1 }));
  const settled = await machine(pool, customer, 'sql1');
  assert.deepEqual([settled.profile, settled.conflicts], [{ tier: 'low' }, []]);
  assert.equal(await inventoryVersion(pool), before + 1);
  const { rows } = await pool.query('select count(*)::int as n from machine_fact');
  assert.equal(rows[0].n, 3);
});

it('ends what a source no longer says, and keeps what it says again', async (t) => {
  const pool = await database(t);
  const customer = await sampleCustomer(pool);
  const roles: Said = { field: 'roles', value: ['domain-controller'] };
  await say(pool, customer, 'dc1.example.com', [roles, { field: 'notes', value: 'x' }], 'csv');
  await say(pool, customer, 'dc1.example.com', [roles, { field: 'notes', value: null }], 'csv', LATER);
  const row = await machine(pool, customer, 'dc1.example.com');
  assert.deepEqual([row.profile, row.groups], [{ roles: ['domain-controller'] }, ['dc:example.com']]);
  const [said] = (await listStatements(pool, [row.machineId])).get(row.machineId) ?? [];
  assert.equal(String(said?.at), String(AT));
  const { rows } = await pool.query('select field, ended_by from machine_fact where ended_at is not null');
  assert.deepEqual(rows, [{ field: 'notes', ended_by: 'jo' }]);
});

it('hands plan and address on to the enrolled server, and takes them back', async (t) => {
  const pool = await database(t);
  const customer = await sampleCustomer(pool);
  const serverId = await sampleServer(pool, 1, customer);
  await linkMachines(pool, AT);
  const said: readonly Said[] = [
    { field: 'window', value: 'early' },
    { field: 'owner', value: OWNER },
  ];
  await say(pool, customer, 'srv1', said, 'csv');
  const server = await findServer(pool, serverId);
  assert.deepEqual([server?.plan, server?.ownerMail], ['early', 'dba@example.com']);
  await say(pool, customer, 'srv1', [{ field: 'notes', value: 'y' }], 'csv');
  await changeServer(pool, serverId, { plan: 'delayed' });
  await say(pool, customer, 'srv1', [{ field: 'notes', value: 'z' }], 'csv', LATER);
  assert.equal((await findServer(pool, serverId))?.plan, 'delayed', 'only a change of the window changes it');
  await say(pool, customer, 'srv1', [{ field: 'window', value: null }], 'csv', LATER);
  assert.deepEqual((await findServer(pool, serverId))?.plan, null);
});

it('gives each enrolled server of a customer its machine, once', async (t) => {
  const pool = await database(t);
  const customer = await sampleCustomer(pool);
  const dc = await sampleServer(pool, 1, customer);
  await sampleServer(pool, 2);
  await pool.query(
    `update server set os_build = 17763, product_type = 2, registration = '{"computerModel": "VM"}' where server_id = $1`,
    [dc],
  );
  assert.deepEqual(await linkMachines(pool, AT), { servers: 2, left: 0 });
  assert.deepEqual(await linkMachines(pool, AT), { servers: 0, left: 0 });
  const row = await findMachineOfServer(pool, dc);
  const operatingSystem = 'Windows Server 2019';
  assert.deepEqual(row?.profile, { operatingSystem, model: 'VM', roles: ['domain-controller'] });
  assert.deepEqual(row?.groups, ['dc:example.com']);
  await pool.query('update server set product_type = 3 where server_id = $1', [dc]);
  assert.deepEqual(await linkMachines(pool, LATER), { servers: 1, left: 0 });
  assert.deepEqual((await findMachineOfServer(pool, dc))?.profile, { operatingSystem, model: 'VM' });
});

it('a server that enrols finds what was said of it before, by its first label too', async (t) => {
  const pool = await database(t);
  const customer = await sampleCustomer(pool);
  await say(
    pool,
    customer,
    'srv1',
    [
      { field: 'window', value: 'early' },
      { field: 'owner', value: OWNER },
    ],
    'csv',
  );
  const serverId = await sampleServer(pool, 1, customer);
  await linkMachines(pool, LATER);
  const row = await findMachineOfServer(pool, serverId);
  assert.deepEqual([row?.name, row?.profile.window], ['srv1.example.com', 'early']);
  const server = await findServer(pool, serverId);
  assert.deepEqual([server?.plan, server?.ownerMail], ['early', 'dba@example.com']);
});

it('a server that moves, is renamed or removed leaves what others said of it', async (t) => {
  const pool = await database(t);
  const [one, two] = [await sampleCustomer(pool, 1), await sampleCustomer(pool, 2)];
  const serverId = await sampleServer(pool, 1, one);
  await pool.query('update server set os_build = 17763, product_type = 2');
  await linkMachines(pool, AT);
  await say(pool, one, 'srv1', [{ field: 'tier', value: 'high' }], 'person');
  await assignServer(pool, serverId, two);
  await linkMachines(pool, LATER);
  const former = await machine(pool, one, 'srv1');
  assert.deepEqual([former.serverId, former.profile], [null, { tier: 'high' }]);
  const row = await findMachineOfServer(pool, serverId);
  assert.deepEqual([row?.customerId, row?.profile.tier], [two, undefined]);
  await removeServer(pool, serverId);
  assert.deepEqual(await linkMachines(pool, LATER), { servers: 0, left: 1 });
  assert.equal(await findMachine(pool, two, 'srv1.example.com'), undefined, 'only its registration spoke of it');
});

it('of two servers of one name the later one has the machine, and the other one when it goes', async (t) => {
  const pool = await database(t);
  const customer = await sampleCustomer(pool);
  const [old, fresh] = [await sampleServer(pool, 1, customer), await sampleServer(pool, 2, customer)];
  await pool.query("update server set dns_name = 'SAME.example.com'");
  await pool.query('update server set last_seen = $2 where server_id = $1', [fresh, LATER.toString()]);
  await linkMachines(pool, LATER);
  assert.equal((await machine(pool, customer, 'same')).serverId, fresh);
  await say(pool, customer, 'same', [{ field: 'tier', value: 'low' }], 'person');
  await removeServer(pool, fresh);
  await linkMachines(pool, LATER);
  assert.equal((await machine(pool, customer, 'same')).serverId, old);
});

it('looks at so many servers and no more, and goes on the next time', async (t) => {
  const pool = await database(t);
  const customer = await sampleCustomer(pool);
  for (const number of [1, 2, 3]) await sampleServer(pool, number, customer);
  assert.deepEqual(await linkMachines(pool, AT, 2), { servers: 2, left: 0 });
  assert.deepEqual(await linkMachines(pool, AT, 2), { servers: 1, left: 0 });
  assert.deepEqual(await linkMachines(pool, AT, 2), { servers: 0, left: 0 });
  const { rows } = await pool.query('select from machine where server_id is not null');
  assert.equal(rows.length, 3);
});

it('names that no inventory holds are passed over', async (t) => {
  const pool = await database(t);
  const customer = await sampleCustomer(pool);
  await sampleServer(pool, 1, customer);
  await pool.query("update server set dns_name = repeat('ü', 200)");
  assert.deepEqual(await linkMachines(pool, AT), { servers: 1, left: 0 });
  const { rows } = await pool.query('select from machine');
  assert.equal(rows.length, 0);
});
