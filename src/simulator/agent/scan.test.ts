import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { FaultCode } from '#protocol/wusp/types.ts';
import { createMachine } from '../machine/machine-state.ts';
import { createHabits } from './habits.ts';
import {
  createServer,
  factsOf,
  liveFor,
  liveUntil,
  operations,
  renewService,
  reported,
  requestsTo,
  scanOf,
  service,
  stopService,
} from './testing/live.ts';
import { detectoid, driver, guidOf, software } from './testing/scripted-updates.ts';

beforeEach(renewService);
after(stopService);

test('a first scan follows the order of a real agent and its rounds', async () => {
  service.updates.push(
    detectoid(1),
    detectoid(2, [1]),
    detectoid(3, [1], '<False />'),
    software({ id: 4, needs: [2] }),
  );
  service.updates.push(software({ id: 5, needs: [3] }));
  const server = createServer();
  const entries = await liveUntil(server, (fact) => fact.kind === 'scanned');
  assert.deepEqual(operations(), [
    'GetConfig',
    'GetAuthorizationCookie',
    'GetCookie',
    'RegisterComputer',
    'SyncUpdates',
    'SyncUpdates',
    'SyncUpdates',
    'GetExtendedUpdateInfo',
  ]);
  const [first, second, third] = requestsTo('SyncUpdates').map(({ parameters }) => parameters);
  assert.equal(first?.installedNonLeafUpdateIds, undefined, 'a first scan omits the arrays');
  assert.equal(first?.otherCachedUpdateIds, undefined);
  assert.deepEqual(second?.installedNonLeafUpdateIds, [1]);
  assert.deepEqual(third?.installedNonLeafUpdateIds, [1, 2]);
  assert.deepEqual(third?.otherCachedUpdateIds, [3]);
  assert.deepEqual(scanOf(entries)?.offered, [guidOf(4)]);
  const headers = service.headers[0];
  assert.equal(
    headers?.soapaction,
    '"http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService/GetConfig"',
  );
  assert.equal(headers?.['accept-encoding'], 'xpress');
});

test('pages are followed, and a second scan keeps the cookie and asks for changes only', async () => {
  service.pageSize = 2;
  service.cookieHours = 100;
  service.updates.push(...[1, 2, 3, 4, 5].map((id) => software({ id, action: 'PreDeploymentCheck' })));
  const server = createServer();
  await liveUntil(server, (fact) => fact.kind === 'scanned');
  assert.equal(requestsTo('SyncUpdates').length, 3);
  service.requests.length = 0;
  await liveUntil(server, (fact) => fact.kind === 'scanned');
  assert.deepEqual(
    operations().filter((operation) => operation !== 'ReportEventBatch'),
    ['SyncUpdates'],
  );
  assert.deepEqual(requestsTo('SyncUpdates')[0]?.parameters.otherCachedUpdateIds?.length, 5);
});

test('a scan gives up after 200 calls, reports 0x80244010, and goes on from its cache', async () => {
  service.pageSize = 1;
  for (let id = 1; id <= 230; id++) service.updates.push(software({ id, action: 'PreDeploymentCheck' }));
  const server = createServer();
  const entries = await liveUntil(server, (fact) => fact.kind === 'scan-failed');
  assert.equal(requestsTo('SyncUpdates').length, 200);
  assert.equal(factsOf(entries, 'scan-failed')[0]?.hresult, 0x80244010);
  const more = await liveUntil(server, (fact) => fact.kind === 'scanned');
  assert.equal(scanOf(more)?.calls, 30);
  const failed = reported().find(({ basicData }) => basicData.eventId === 148);
  assert.equal(failed?.basicData.win32HResult, 0x80244010 | 0);
  assert.deepEqual(failed?.extendedData?.replacementStrings, ['0x80244010']);
});

test('every fault has its remedy', async () => {
  const table: [FaultCode, readonly string[]][] = [
    ['CookieExpired', ['SyncUpdates', 'GetAuthorizationCookie', 'GetCookie', 'SyncUpdates']],
    ['ConfigChanged', ['SyncUpdates', 'GetConfig', 'GetAuthorizationCookie', 'GetCookie', 'SyncUpdates']],
    [
      'InvalidCookie',
      ['SyncUpdates', 'GetConfig', 'GetAuthorizationCookie', 'GetCookie', 'RefreshCache', 'SyncUpdates'],
    ],
    [
      'ServerChanged',
      ['SyncUpdates', 'GetConfig', 'GetAuthorizationCookie', 'GetCookie', 'RefreshCache', 'SyncUpdates'],
    ],
    ['RegistrationRequired', ['SyncUpdates', 'RegisterComputer', 'SyncUpdates']],
  ];
  service.cookieHours = 100;
  service.updates.push(software({ id: 1, action: 'PreDeploymentCheck' }));
  const server = createServer();
  await liveUntil(server, (fact) => fact.kind === 'scanned');
  for (const [code, expected] of table) {
    service.requests.length = 0;
    service.faults.set('SyncUpdates', [code]);
    await liveUntil(server, (fact) => fact.kind === 'scanned');
    assert.deepEqual(
      operations().filter((operation) => operation !== 'ReportEventBatch'),
      expected,
      code,
    );
  }
});

test('after ServerChanged the cached revisions get the new ids and are not sent again', async () => {
  service.cookieHours = 100;
  service.updates.push(detectoid(1), software({ id: 2, needs: [1], action: 'PreDeploymentCheck' }));
  const server = createServer();
  await liveUntil(server, (fact) => fact.kind === 'scanned');
  for (const update of service.updates) update.revisionId += 1000;
  service.requests.length = 0;
  service.faults.set('SyncUpdates', ['ServerChanged']);
  await liveUntil(server, (fact) => fact.kind === 'scanned');
  assert.deepEqual(requestsTo('SyncUpdates').at(-1)?.parameters, {
    installedNonLeafUpdateIds: [1001],
    otherCachedUpdateIds: [1002],
    skipSoftwareSync: false,
    needTwoGroupOutOfScopeUpdates: true,
    alsoPerformRegularSync: true,
  });
});

test('an answer without a deployment, or that is no answer, is a failed scan', async () => {
  const deployment = /<Deployment>.*?<\/Deployment>/s;
  service.updates.push(software({ id: 1 }));
  service.edits.set('SyncUpdates', (xml) => xml.replace(deployment, ''));
  const incomplete = await liveUntil(createServer(), (fact) => fact.kind === 'scan-failed');
  assert.equal(factsOf(incomplete, 'scan-failed')[0]?.hresult, 0x80070057);
  service.edits.set('SyncUpdates', (xml) => xml.slice(0, -20));
  const broken = await liveUntil(createServer(), (fact) => fact.kind === 'scan-failed');
  assert.equal(factsOf(broken, 'scan-failed')[0]?.hresult, 0x8024400a);
});

test('drivers come in a pass of their own, unless the server has none', async () => {
  service.driverSyncNotNeeded = false;
  service.updates.push(detectoid(1), driver(2, 'PCI\\VEN_8086', [1]), driver(3, 'PCI\\VEN_10DE', [1]));
  const machine = createMachine({ devices: new Map([['pci\\ven_8086', { date: '2020-01-01', version: '1.0' }]]) });
  const server = createServer({ machine });
  const entries = await liveUntil(server, (fact) => fact.kind === 'installed');
  assert.deepEqual(scanOf(entries)?.offered, [guidOf(2)]);
  assert.deepEqual(machine.devices.get('pci\\ven_8086'), { date: '2023-05-01', version: '2.0.0.0' });
  const last = requestsTo('SyncUpdates')
    .map(({ parameters }) => parameters)
    .find(({ skipSoftwareSync }) => skipSoftwareSync);
  assert.deepEqual(last?.installedNonLeafUpdateIds, [1]);
  service.requests.length = 0;
  await liveUntil(server, (fact) => fact.kind === 'scanned');
  const [software, drivers] = requestsTo('SyncUpdates').map(({ parameters }) => parameters);
  assert.equal(software?.otherCachedUpdateIds, undefined, 'drivers are not named in the software pass');
  assert.deepEqual(drivers?.cachedDriverIds, [2, 3]);
});

test('a busy server is a failed scan, tried again after five hours', async () => {
  service.faults.set('SyncUpdates', ['ServerBusy']);
  const server = createServer();
  const [failed] = (await liveUntil(server, (fact) => fact.kind === 'scan-failed')).slice(-1);
  const [scanned] = (await liveUntil(server, (fact) => fact.kind === 'scanned')).slice(-1);
  assert.ok(failed !== undefined && scanned !== undefined);
  assert.equal(failed.at.until(scanned.at, { largestUnit: 'hours' }).toString(), 'PT5H');
});

test('content comes in closed ranges of 1 MiB, both digests are checked, a broken download is resumed', async () => {
  const file = new Uint8Array(2 * 1024 * 1024 + 10).map((_, index) => index % 251);
  service.updates.push(software({ id: 1, file }));
  service.serveRange = (start) => start !== 1024 * 1024;
  const server = createServer();
  const entries = await liveUntil(server, (fact) => fact.kind === 'download-failed');
  assert.equal(factsOf(entries, 'download-failed')[0]?.hresult, 0x80244019);
  const before = new Set(service.ranges);
  service.ranges.length = 0;
  service.serveRange = () => true;
  const more = await liveUntil(server, (fact) => fact.kind === 'downloaded');
  assert.equal(factsOf(more, 'downloaded')[0]?.bytes, file.length);
  assert.ok(service.ranges.includes('bytes=1048576-2097151'));
  const asked = new Set([...before, ...service.ranges]);
  assert.deepEqual(asked, new Set(['bytes=0-1048575', 'bytes=1048576-2097151', 'bytes=2097152-2097161']));
  const once = [...before].filter((range) => range !== 'bytes=1048576-2097151');
  for (const range of once) assert.ok(!service.ranges.includes(range), `${range} is not asked again`);
});

test('a wrong digest, a full disk and a missing SHA-256 are failed downloads', async () => {
  const file = new Uint8Array(100).fill(7);
  service.updates.push(software({ id: 1, file }));
  service.corrupt = true;
  const corrupt = await liveUntil(createServer(), (fact) => fact.kind === 'download-failed');
  assert.equal(factsOf(corrupt, 'download-failed')[0]?.hresult, 0x80246002);
  service.corrupt = false;
  const full = createServer({ habits: createHabits({ freeDisk: 99 }) });
  const entries = await liveUntil(full, (fact) => fact.kind === 'download-failed');
  assert.equal(factsOf(entries, 'download-failed')[0]?.hresult, 0x80070070);
  const [update] = service.updates;
  assert.ok(update?.extended !== undefined);
  service.updates[0] = { ...update, extended: update.extended.replace(/<AdditionalDigest.*<\/AdditionalDigest>/, '') };
  const unsafe = await liveUntil(createServer(), (fact) => fact.kind === 'download-failed');
  assert.equal(factsOf(unsafe, 'download-failed')[0]?.hresult, 0x80246003);
});

test('events are kept and sent again, with the same ids, until the service answers true', async () => {
  service.faults.set('ReportEventBatch', ['InternalServerError']);
  let refusals = 1;
  service.overrides.set('ReportEventBatch', () =>
    refusals-- > 0 ? { operation: 'ReportEventBatch', accepted: false } : undefined,
  );
  const server = createServer();
  await liveFor(server, 3);
  const batches = requestsTo('ReportEventBatch').map(({ eventBatch }) =>
    eventBatch.map(({ basicData }) => basicData.eventInstanceId),
  );
  assert.equal(batches.length, 3);
  assert.deepEqual(batches[0], batches[1]);
  assert.deepEqual(batches[1], batches[2]);
});
