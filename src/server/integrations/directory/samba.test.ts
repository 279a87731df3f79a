import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { EndpointCall } from '#contract/endpoint.ts';
import {
  addDirectory,
  changeDirectory,
  listDirectories,
  removeDirectory,
  showDirectory,
  stopDirectory,
  syncDirectory,
} from '#contract/endpoints/directory.ts';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { testService } from '#server/api/testing/service.ts';
import { openSecrets } from '#server/secrets.ts';
import { addDirectory as saveDirectory } from '#server/store/directories.ts';
import { addMachines, applyStatements, findMachine, listStatements } from '#server/store/machines.ts';
import { inTransaction } from '#server/store/pool.ts';
import { type Samba, startSamba, whyNoSamba } from '#server/testing/samba.ts';
import { fill, MAPPINGS, replace } from '#server/testing/samba-content.ts';
import { temporaryFolder } from '#server/testing/server.ts';
import { keepDirectories } from './directories.ts';

const AT = '2026-01-13T18:00:00Z';
const missing = await whyNoSamba();

describe('a real Active Directory', { skip: missing ?? false }, () => {
  let samba: Samba;
  before(async () => {
    samba = await startSamba();
    await fill(samba);
  });
  after(() => samba.stop());

  /** A customer whose directory it is, read by a service of its own. */
  async function world(t: TestContext, more: { readonly urls?: string[]; readonly filter?: string } = {}) {
    const service = await testService(t, AT);
    const { call } = service;
    const { customer } = await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/Zurich' } });
    const { base, user, password, ca } = samba;
    const setup = { urls: ['ldaps://localhost'], base, user, password, ca, mappings: [...MAPPINGS] };
    const body = { name: 'corp', customer: 'Contoso', ...setup, ...more };
    const params = { directory: 'corp' };
    await call(addDirectory, { body });
    const sync = (options: NonNullable<EndpointCall<typeof syncDirectory>['body']> = { dryRun: false }) =>
      call(syncDirectory, { params, body: options });
    const profile = async (name: string) => (await findMachine(service.pool, customer.customerId, name))?.profile;
    return { ...service, customerId: customer.customerId, params, sync, profile };
  }

  it('tells of servers, their roles, units and owners', async (t) => {
    const { sync, profile } = await world(t);
    const { counts, skipped } = await sync();
    assert.deepEqual(counts, { entries: 7, servers: 5, skipped: 2, added: 5, changed: 0, left: 0, conflicts: 0 });
    assert.deepEqual(await profile('sql01.test.example'), {
      roles: ['sql-server'],
      owner: { kind: 'team', name: 'Databases', contact: 'dba@test.example' },
      environment: 'production',
      tier: 'critical',
      operatingSystem: 'Windows Server 2022 Standard',
      directoryEntry: `CN=SQL01,OU=SQL,OU=Servers,${samba.base}`,
      notes: 'Orders; Basel',
    });
    const file = await profile('file01.test.example');
    assert.deepEqual(file?.owner, { kind: 'person', name: 'Jo Müller', contact: 'jo@test.example' }, "its unit's");
    assert.equal(file?.tier, 'low');
    assert.deepEqual((await profile('dc1.test.example'))?.roles, ['domain-controller']);
    assert.deepEqual(skipped.map(({ name }) => name).sort(), ['CLUSTER1', 'old01.test.example']);
  });

  it('shows every change in a dry run, and changes nothing by it', async (t) => {
    const { sync, profile, call, params } = await world(t);
    const { dryRun, changes, counts } = await sync({});
    assert.ok(dryRun);
    assert.equal(counts.added, 5);
    const tier = changes
      .find(({ name }) => name === 'sql01.test.example')
      ?.fields.find(({ field }) => field === 'tier');
    assert.deepEqual(tier, { field: 'tier', title: 'Business tier', to: 'critical' });
    assert.equal(await profile('sql01.test.example'), undefined);
    assert.equal((await call(showDirectory, { params })).lastRun, undefined);
    await sync();
    assert.deepEqual((await sync({})).changes, [], 'nothing is new the second time');
  });

  it('never overwrites what others said, and shows where they disagree', async (t) => {
    const { sync, profile, pool, customerId } = await world(t);
    await inTransaction(pool, async (client) => {
      const at = Temporal.Instant.from(AT);
      const [machine] = await addMachines(client, customerId, ['sql01'], at);
      assert.ok(machine);
      await applyStatements(client, machine, [{ field: 'tier', value: 'medium' }], 'jo', 'csv', at);
    });
    const { changes, counts } = await sync();
    assert.equal(counts.conflicts, 1);
    const change = changes.find(({ name }) => name === 'sql01');
    assert.equal(change?.kind, 'changed', 'the file called it by its first label');
    const tier = change?.fields.find(({ field }) => field === 'tier');
    assert.deepEqual(tier?.believed, { source: 'csv', text: 'medium' });
    assert.equal((await profile('sql01'))?.tier, 'medium');
    assert.deepEqual((await sync({})).changes, []);
  });

  it('ends its own word on servers that left, and asks again before it believes that most did', async (t) => {
    const { sync, profile, pool, customerId, call, params } = await world(t);
    await sync();
    await inTransaction(pool, async (client) => {
      const names = Array.from({ length: 12 }, (_, n) => `gone${n}.test.example`);
      const at = Temporal.Instant.from(AT);
      for (const machine of await addMachines(client, customerId, names, at)) {
        const value = `CN=${machine.name},OU=Servers,${samba.base}`;
        await applyStatements(client, machine, [{ field: 'directoryEntry', value }], 'schedule', 'directory', at);
        await applyStatements(client, machine, [{ field: 'tier', value: 'high' }], 'jo', 'person', at);
      }
    });
    await assert.rejects(sync(), { code: 'directory.shrunk' });
    assert.equal((await call(showDirectory, { params })).lastRun?.code, 'directory.shrunk');
    assert.ok((await profile('gone3.test.example'))?.directoryEntry);
    const { counts, changes } = await sync({ dryRun: false, acceptLeft: true });
    assert.equal(counts.left, 12);
    assert.deepEqual(changes[0], {
      name: 'gone0.test.example',
      kind: 'left',
      fields: [
        { field: 'directoryEntry', title: 'Directory entry', from: `CN=gone0.test.example,OU=Servers,${samba.base}` },
      ],
    });
    assert.deepEqual(await profile('gone3.test.example'), { tier: 'high' }, 'what a person said stays');
  });

  it('follows what changes in the directory, and forgets who was disabled', async (t) => {
    const { sync, profile, pool, customerId } = await world(t);
    await sync();
    const dn = `CN=WEB01,OU=Servers,${samba.base}`;
    await replace(samba, dn, 'description', ['Shop']);
    assert.equal((await sync()).counts.changed, 1);
    assert.equal((await profile('web01.test.example'))?.notes, 'Shop');
    await replace(samba, dn, 'userAccountControl', ['4098']);
    assert.equal((await sync()).counts.left, 1);
    assert.deepEqual(await profile('web01.test.example'), {});
    await replace(samba, dn, 'userAccountControl', ['4096']);
    assert.equal((await sync()).counts.changed, 1, 'it is back');
    const machine = await findMachine(pool, customerId, 'web01.test.example');
    assert.ok(machine);
    const statements = (await listStatements(pool, [machine.machineId])).get(machine.machineId) ?? [];
    assert.deepEqual(new Set(statements.map(({ source }) => source)), new Set(['directory']));
    await replace(samba, dn, 'description', []);
  });

  it('gives enrolled servers a target group only where they have none', async (t) => {
    const { sync, pool, customerId } = await world(t);
    await sync();
    const groups = { 'sql01.test.example': null, 'file01.test.example': 'Own' };
    for (const [name, group] of Object.entries(groups)) {
      const serverId = randomUUID();
      await pool.query(
        `insert into server (server_id, customer_id, client_id, dns_name, target_group, first_seen, last_seen)
         values ($1, $2, $6, $3, $4, $5, $5)`,
        [serverId, customerId, name, group, AT, randomUUID()],
      );
      await pool.query('update machine set server_id = $1 where name = $2', [serverId, name]);
    }
    const { changes } = await sync();
    assert.deepEqual(
      changes.map(({ name, fields: [change] }) => [name, change?.title, change?.to, change?.believed]),
      [
        ['file01.test.example', 'Target group', 'Rest', { source: 'server', text: 'Own' }],
        ['sql01.test.example', 'Target group', 'SQL', undefined],
      ],
    );
    const { rows } = await pool.query('select target_group as "group" from server order by dns_name');
    assert.deepEqual(rows, [{ group: 'Own' }, { group: 'SQL' }]);
  });

  it('begins TLS on the plain port before it says anything', async (t) => {
    const { sync } = await world(t, { urls: ['ldap://localhost'] });
    assert.equal((await sync()).counts.servers, 5);
  });

  it('reads what a filter of the operator lets through', async (t) => {
    const { sync } = await world(t, { filter: '(|(cn=CLIENT1)(cn=SQL01))' });
    assert.deepEqual(
      (await sync()).changes.map(({ name }) => name),
      ['client1.test.example', 'sql01.test.example'],
    );
  });

  it('says what to mend', async (t) => {
    const { sync, call, params } = await world(t);
    const change = (body: NonNullable<EndpointCall<typeof changeDirectory>['body']>) =>
      call(changeDirectory, { params, body });
    const refused = async (code: string, words: RegExp) => {
      await assert.rejects(sync(), (error: Error & { code: string }) => {
        assert.deepEqual([error.code, words.test(error.message)], [code, true], error.message);
        return true;
      });
      assert.equal((await call(showDirectory, { params })).lastRun?.code, code);
    };
    await change({ password: 'wrong-Password-1' });
    await refused('directory.refused', /password is wrong/);
    await change({ password: samba.password, base: 'OU=Nowhere,DC=test,DC=example' });
    await refused('directory.base', /OU=Nowhere/);
    await change({ base: samba.base, ca: null });
    await refused('directory.untrusted', /localhost/);
    const { password } = samba;
    await change({ password, ca: samba.ca, urls: ['ldaps://127.0.0.1'] });
    await refused('directory.untrusted', /127\.0\.0\.1/);
    await change({ password, urls: ['ldaps://localhost:1', 'ldap://localhost:1'] });
    await refused('directory.unreachable', /localhost:1/);
    await change({ password, urls: ['ldaps://localhost:1', 'ldaps://localhost'] });
    assert.equal((await sync()).counts.servers, 5, 'the next controller answers');
  });

  it('keeps the password to itself', async (t) => {
    const { sync, call, params, pool, logged } = await world(t);
    await call(changeDirectory, { params, body: { password: 'wrong-Password-1' } });
    await sync().catch(() => {});
    await call(changeDirectory, { params, body: { password: samba.password } });
    await sync();
    const answers = [await call(listDirectories), await call(showDirectory, { params }), logged];
    const records = await call(listRecords, { query: { customer: 'Contoso' } });
    const { rows } = await pool.query('select t::text, encode(secret, $1) from directory_source t', ['escape']);
    for (const secret of [samba.password, 'wrong-Password-1'])
      assert.ok(!JSON.stringify([answers, records, rows]).includes(secret));
    assert.deepEqual(
      records.items.map(({ what }) => what),
      ['customer.added', 'directory.added', 'directory.changed', 'directory.changed', 'directory.synced'],
    );
    const [entry] = records.items.filter(({ what }) => what === 'directory.synced');
    assert.match(JSON.stringify(entry?.facts), /"servers":5/);
  });

  it('is read once a day by itself, whatever the number of processes', async (t) => {
    const { pool, customerId, call, clock } = await world(t);
    const { base, user, password, ca } = samba;
    const secrets = await openSecrets(temporaryFolder());
    const definition = { urls: ['ldaps://localhost'], base, user, ca, staleDays: 90, mappings: [], enabled: true };
    const row = { directoryId: randomUUID(), customerId, name: 'daily', definition, changedAt: clock.now() };
    await saveDirectory(pool, { ...row, secret: secrets.seal(password) });
    await call(changeDirectory, { params: { directory: 'corp' }, body: { enabled: false } });
    const log = { warn: (details: object) => assert.match(JSON.stringify(details), /being read already/) };
    const replicas = [1, 2].map(() => keepDirectories({ pool, clock, secrets, log }));
    const readings = async () => {
      await Promise.all(replicas.map((replica) => replica.startDue(clock.now())));
      while (replicas.some((replica) => replica.progress(row.directoryId) !== undefined))
        await new Promise((resolve) => setImmediate(resolve));
      const { items } = await call(listRecords, { query: { customer: 'Contoso' } });
      return items.filter(({ what, who }) => what === 'directory.synced' && who === 'schedule').length;
    };
    assert.equal(await readings(), 1);
    clock.moveTo(clock.now().add({ hours: 23 }));
    assert.equal(await readings(), 1);
    clock.moveTo(clock.now().add({ hours: 1 }));
    assert.equal(await readings(), 2);
    await Promise.all(replicas.map((replica) => replica.close()));
  });

  it('is read once at a time, stops when it is told to, and is removed', async (t) => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    t.after(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const { sync, call, params, profile } = await world(t, {
      urls: [`ldaps://127.0.0.1:${port}`, 'ldaps://localhost'],
    });
    const called = once(silent, 'connection');
    const ended = assert.rejects(sync(), { code: 'directory.stopped' });
    const [socket] = await called;
    t.after(() => (socket as Socket).destroy());
    assert.deepEqual((await call(showDirectory, { params })).reading, { entries: 0 });
    await assert.rejects(sync(), { code: 'directory.busy' });
    assert.deepEqual(await call(stopDirectory, { params }), { stopping: true });
    await ended;
    assert.equal(await profile('sql01.test.example'), undefined);
    assert.equal((await call(showDirectory, { params })).lastRun?.outcome, 'stopped');
    assert.deepEqual(await call(stopDirectory, { params }), { stopping: false });
    assert.deepEqual(await call(removeDirectory, { params }), { removed: 'corp' });
    await assert.rejects(sync(), { code: 'not-found' });
  });
});
