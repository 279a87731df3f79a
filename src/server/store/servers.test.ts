import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ComputerInfo } from '#protocol/wusp/requests.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { AT, sampleCustomer, sampleServer } from '#server/testing/sample.ts';
import { noteScans } from './scans.ts';
import {
  assignServer,
  changeServer,
  enrol,
  findRegistration,
  findServer,
  findServerByClientId,
  findServersByDnsName,
  listServers,
  registerComputer,
  removeServer,
} from './servers.ts';

const LATER = AT.add({ hours: 1 });

const INFO: ComputerInfo = {
  dnsName: 'renamed.example.com',
  osMajorVersion: 10,
  osMinorVersion: 0,
  osBuildNumber: 20348,
  osServicePackMajorNumber: 0,
  osServicePackMinorNumber: 0,
  computerModel: '<b>model</b> \ud800',
  biosReleaseDate: Temporal.Instant.from('2024-01-01T00:00:00Z'),
  suiteMask: 272,
  oldProductType: 3,
  newProductType: 8,
  systemMetrics: 0,
  clientVersionMajorNumber: 10,
  clientVersionMinorNumber: 0,
  clientVersionBuildNumber: 20348,
  clientVersionQfeNumber: 1,
};

it('gives a client one id, however often and at once it enrols', async (t) => {
  const pool = await freshDatabase(t);
  const ids = await Promise.all([1, 2, 3, 4].map(() => sampleServer(pool)));
  assert.equal(new Set(ids).size, 1);
  const claim = { clientId: 'client-1', dnsName: 'new.example.com' };
  await enrol(pool, { ...claim, at: LATER });
  await enrol(pool, { ...claim, at: AT });
  const server = await findServerByClientId(pool, 'client-1');
  assert.deepEqual(
    [server?.dnsName, String(server?.firstSeen), String(server?.lastSeen)],
    ['new.example.com', String(AT), String(LATER)],
  );
});

it("takes an unassigned server into a token's customer, and never away from another", async (t) => {
  const pool = await freshDatabase(t);
  const [one, two] = [await sampleCustomer(pool, 1), await sampleCustomer(pool, 2)];
  const id = await sampleServer(pool);
  assert.equal((await findServer(pool, id))?.customerId, null);
  await sampleServer(pool, 1, one);
  const before = await findServer(pool, id);
  assert.equal(before?.customerId, one);
  const claim = { clientId: 'client-1', dnsName: 'stolen.example.com', at: LATER };
  assert.equal(await enrol(pool, { ...claim, customerId: two }), undefined);
  assert.deepEqual(await findServer(pool, id), before, 'nothing is noted');
  assert.equal(await enrol(pool, claim), undefined, 'without a token, or with an unknown one');
  assert.deepEqual(await findServer(pool, id), before, 'nothing is noted');
  assert.equal(await enrol(pool, { ...claim, formerCustomerId: one }), id, 'with one that was replaced');
  await assignServer(pool, id, two);
  assert.equal(await enrol(pool, { ...claim, customerId: one }), id, 'who enrolled it');
  assert.equal(await enrol(pool, { ...claim, customerId: two }), id, 'whose it is');
  assert.equal((await findServer(pool, id))?.customerId, two);
});

it('enrols nobody new by a former token, and lets a server that a person assigned go on without one', async (t) => {
  const pool = await freshDatabase(t);
  const [one, two] = [await sampleCustomer(pool, 1), await sampleCustomer(pool, 2)];
  const claim = { clientId: 'client-1', dnsName: 'srv1.example.com', at: LATER };
  assert.equal(await enrol(pool, { ...claim, formerCustomerId: one }), undefined);
  assert.equal(await findServerByClientId(pool, 'client-1'), undefined);
  const id = await sampleServer(pool);
  assert.equal(await enrol(pool, { ...claim, formerCustomerId: one }), undefined, 'unassigned is not enrolled');
  await assignServer(pool, id, one);
  assert.equal(await enrol(pool, claim), id);
  assert.equal(await enrol(pool, { ...claim, formerCustomerId: one }), id);
  assert.equal(await enrol(pool, { ...claim, formerCustomerId: two }), undefined);
  assert.equal(await enrol(pool, { ...claim, customerId: one }), id);
  assert.equal(await enrol(pool, claim), undefined, 'from its token on it must come with one');
});

it('gives a server to one of two customers whose tokens come at once', async (t) => {
  const pool = await freshDatabase(t);
  const customers = [await sampleCustomer(pool, 1), await sampleCustomer(pool, 2)];
  const claim = { clientId: 'client-1', dnsName: 'srv1.example.com', at: LATER };
  const ids = await Promise.all(customers.map((customerId) => enrol(pool, { ...claim, customerId })));
  assert.equal(ids.filter((id) => id !== undefined).length, 1);
  const winner = customers[ids.findIndex((id) => id !== undefined)];
  assert.equal((await findServerByClientId(pool, 'client-1'))?.customerId, winner);
});

it("keeps the first target group that a customer's server names, until a person clears it", async (t) => {
  const pool = await freshDatabase(t);
  const customerId = await sampleCustomer(pool);
  const claim = { clientId: 'client-1', dnsName: 'srv1.example.com', at: LATER };
  const group = async () => (await findServerByClientId(pool, 'client-1'))?.targetGroup;
  const id = (await enrol(pool, { ...claim, targetGroup: 'Web' })) ?? '';
  assert.equal(await group(), null, 'an unassigned one is in no group');
  await enrol(pool, { ...claim, customerId, targetGroup: 'SQL' });
  await enrol(pool, { ...claim, customerId, targetGroup: 'Web' });
  assert.equal(await group(), 'SQL');
  await changeServer(pool, id, { targetGroup: null, region: 'LON', ownerMail: 'it@example.com' });
  await enrol(pool, { ...claim, formerCustomerId: customerId, targetGroup: 'Web' });
  const server = await findServer(pool, id);
  assert.deepEqual([server?.targetGroup, server?.region, server?.ownerMail], ['Web', 'LON', 'it@example.com']);
});

it('keeps what a machine says of itself', async (t) => {
  const pool = await freshDatabase(t);
  const id = await sampleServer(pool);
  await registerComputer(pool, id, INFO, LATER);
  const server = await findServer(pool, id);
  assert.deepEqual([server?.osBuild, server?.productType, server?.dnsName], [20348, 3, 'renamed.example.com']);
  const kept = await findRegistration(pool, id);
  assert.deepEqual(
    [kept?.computerModel, kept?.biosReleaseDate, kept?.osLocale],
    ['<b>model</b> \ufffd', '2024-01-01T00:00:00Z', undefined],
  );
});

it('remembers the latest scan', async (t) => {
  const pool = await freshDatabase(t);
  const id = await sampleServer(pool);
  assert.equal((await findServer(pool, id))?.lastSync, null);
  await noteScans(pool, [{ serverId: id, at: LATER }]);
  await noteScans(pool, [{ serverId: id, at: AT }]);
  assert.equal(String((await findServer(pool, id))?.lastSync), String(LATER));
});

it('remembers when the visit before ended: scans less than two hours apart are one visit', async (t) => {
  const pool = await freshDatabase(t);
  const id = await sampleServer(pool);
  const visits = [];
  for (const minutes of [0, 60, 150, 300, 310]) {
    await noteScans(pool, [{ serverId: id, at: AT.add({ minutes }) }]);
    const before = (await findServer(pool, id))?.visitBefore;
    visits.push(before ? AT.until(before).total('minutes') : null);
  }
  assert.deepEqual(visits, [null, null, null, 150, 150]);
});

it('lists servers page by page, of one customer or of all', async (t) => {
  const pool = await freshDatabase(t);
  const customerId = await sampleCustomer(pool);
  for (let n = 1; n <= 5; n++) await sampleServer(pool, n, n % 2 ? customerId : undefined);
  await enrol(pool, { clientId: 'twin', dnsName: 'srv3.example.com', at: AT });
  const names: string[] = [];
  for (let page = await listServers(pool, { limit: 2 }); page.length > 0; ) {
    names.push(...page.map((row) => row.dnsName.slice(0, 4)));
    page = await listServers(pool, { limit: 2, after: page.at(-1) as (typeof page)[0] });
  }
  assert.deepEqual(names, ['srv1', 'srv2', 'srv3', 'srv3', 'srv4', 'srv5']);
  assert.equal((await listServers(pool, { customerId, limit: 10 })).length, 3);
  assert.equal((await findServersByDnsName(pool, 'srv3.example.com')).length, 2);
});

it('changes only what is given, and gives a server to another customer without its own settings', async (t) => {
  const pool = await freshDatabase(t);
  const [one, two] = [await sampleCustomer(pool, 1), await sampleCustomer(pool, 2)];
  const id = await sampleServer(pool, 1, one);
  await changeServer(pool, id, { zone: 'Asia/Tokyo', mode: 'observe' });
  await changeServer(pool, id, { mode: null });
  const before = await findServer(pool, id);
  assert.deepEqual([before?.zone, before?.mode], ['Asia/Tokyo', null]);
  assert.equal(await assignServer(pool, id, two), true);
  const after = await findServer(pool, id);
  assert.deepEqual([after?.customerId, after?.zone], [two, null]);
  assert.equal(await removeServer(pool, id), true);
  assert.equal(await findServer(pool, id), undefined);
  assert.equal(await changeServer(pool, id, { zone: 'UTC' }), false);
});
