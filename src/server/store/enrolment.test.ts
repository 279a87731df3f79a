import assert from 'node:assert/strict';
import { it } from 'node:test';
import { freshDatabase } from '#server/testing/database.ts';
import { AT, sampleCustomer, sampleServer, sha256 } from '#server/testing/sample.ts';
import { replaceCustomerToken } from './customers.ts';
import { listFormerTokens, listServerNames, noteServerName } from './enrolment.ts';
import { listRegions, removeRegion, saveRegion } from './regions.ts';
import { findServerReport, findTaskServer, noteSettingsTask, saveServerReport } from './server-reports.ts';

it('keeps every token that was replaced, by its digest', async (t) => {
  const pool = await freshDatabase(t);
  const customerId = await sampleCustomer(pool);
  for (const token of ['second', 'third']) await replaceCustomerToken(pool, customerId, sha256(token), AT);
  const former = await listFormerTokens(pool);
  assert.deepEqual(
    former.map(({ tokenSha256 }) => tokenSha256.toString('hex')).sort(),
    ['token 1', 'second'].map((token) => sha256(token).toString('hex')).sort(),
  );
  assert.ok(former.every((row) => row.customerId === customerId));
});

it('notes a name when it is new, and again only an hour later', async (t) => {
  const pool = await freshDatabase(t);
  const id = await sampleServer(pool);
  const note = (machine: string, minutes: number) => noteServerName(pool, id, machine, AT.add({ minutes }));
  await Promise.all([note('a', 0), note('a', 0)]);
  await note('a', 59);
  assert.deepEqual(await listServerNames(pool, AT, 10), [], 'one name is nothing to show');
  await note('b', 60);
  await note('a', 61);
  const [found] = await listServerNames(pool, AT, 10);
  assert.deepEqual(
    found?.names.map(({ machine, lastSeen }) => [machine, AT.until(lastSeen).total('minutes')]),
    [
      ['a', 61],
      ['b', 60],
    ],
  );
  assert.deepEqual(await listServerNames(pool, AT.add({ minutes: 61 }), 10), [], 'only one of them lately');
});

it('keeps few names of a server that makes them up, and forgets those of last year', async (t) => {
  const pool = await freshDatabase(t);
  const id = await sampleServer(pool);
  for (let n = 0; n < 40; n += 1) await noteServerName(pool, id, `name ${n}`, AT);
  const count = async () => (await pool.query('select from server_name')).rowCount;
  assert.equal(await count(), 16);
  await noteServerName(pool, id, 'name 0', AT.add({ hours: 24 * 365 }));
  assert.equal(await count(), 1);
});

it("has the operator's region stand in for a shipped one until it is removed", async (t) => {
  const pool = await freshDatabase(t);
  const shipped = await listRegions(pool);
  assert.deepEqual(
    shipped.map(({ name }) => name),
    ['DFW', 'HKG', 'IAD', 'LON', 'ORD', 'SYD'],
  );
  const london = shipped.find(({ name }) => name === 'LON') ?? assert.fail();
  await saveRegion(pool, { ...london, endpoint: 'https://wu.example.net', aliases: ['LON3'] }, AT);
  const regions = await listRegions(pool);
  assert.equal(regions.length, 6);
  assert.equal(regions.find(({ name }) => name === 'LON')?.endpoint, 'https://wu.example.net');
  assert.equal(await removeRegion(pool, 'LON'), true);
  assert.equal(await removeRegion(pool, 'LON'), false);
  assert.deepEqual(await listRegions(pool), shipped);
});

const REPORT = {
  settingsVersion: 'v1',
  overwrittenByPolicy: false,
  bootedAt: '2026-11-01T00:00:00Z',
  pendingRestart: false,
  systemDiskFreeMegabytes: 1000,
  stoppedServices: ['W32Time'],
  eventLogErrors: 3,
};

it('keeps the latest report, and writes none that says nothing new within the hour', async (t) => {
  const pool = await freshDatabase(t);
  const id = await sampleServer(pool);
  const save = (minutes: number, more = {}) =>
    saveServerReport(pool, id, null, { ...REPORT, ...more }, AT.add({ minutes }));
  const kept = async () => {
    const found = await findServerReport(pool, id);
    return [found && AT.until(found.at).total('minutes'), found?.report.systemDiskFreeMegabytes];
  };
  await Promise.all([save(0), save(0)]);
  await save(15, { systemDiskFreeMegabytes: 999, eventLogErrors: 4 });
  assert.deepEqual(await kept(), [0, 1000]);
  await save(60, { systemDiskFreeMegabytes: 998 });
  assert.deepEqual(await kept(), [60, 998]);
  await save(75, { settingsVersion: 'v2', backupAt: '2026-11-10T00:00:00Z' });
  assert.deepEqual(await kept(), [75, 1000]);
  await save(70, { settingsVersion: 'v1' });
  assert.deepEqual(await kept(), [75, 1000], 'one that was overtaken on the way is let go by');
  const server = await findTaskServer(pool, 'client-1');
  assert.equal(String(server?.settingsAt), String(AT.add({ minutes: 75 })));
  await noteSettingsTask(pool, id, AT);
  assert.equal(String((await findTaskServer(pool, 'client-1'))?.settingsAt), String(AT.add({ minutes: 75 })));
});
