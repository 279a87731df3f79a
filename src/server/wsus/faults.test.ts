import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATIONS } from '#protocol/wusp/operations.ts';
import { writeRequest } from '#protocol/wusp/write-request.ts';
import { assignServer, findServerByClientId, removeServer } from '#server/store/servers.ts';
import { findStatus } from '#server/store/status.ts';
import { AFTER_PATCH_TUESDAY as AT, type ClientService, clientService } from '#server/testing/client-service.ts';
import { faultsOf, report, stateOf, storedEvents } from '#server/testing/faults.ts';
import {
  answerTo,
  ask,
  authorize,
  enrol,
  event,
  faultTo,
  type Identity,
  identity,
  post,
  scan,
  server2019,
} from '#server/testing/wire-client.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

const DOCUMENTS = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 40 }).documents;

test('ServerChanged after another life of the database, ConfigChanged after a new configuration', async (t) => {
  const service = await clientService(t, { documents: DOCUMENTS });
  const session = await enrol(service.url, identity(1), AT);
  const first = await scan(session);
  await service.pool.query(`update service set config_changed = config_changed + interval '1 microsecond'`);
  await service.restart();
  assert.deepEqual(await faultsOf(service.url, session), ['ConfigChanged']);
  const back = await authorize(service.url, identity(1), AT);
  assert.deepEqual((await scan(back, { ...first, cookie: back.cookie })).newIds, [], 'the cache stays good');

  await service.pool.query('update service set server_guid = gen_random_uuid()');
  await service.restart();
  assert.deepEqual(await faultsOf(service.url, back), ['ServerChanged']);
  const anew = await authorize(service.url, identity(1), AT);
  const globalIds = [...first.updates.values()].map(({ xml }) => ({
    updateId: /UpdateID="([^"]+)"/.exec(xml)?.[1]?.toLowerCase() ?? '',
    revisionNumber: Number(/RevisionNumber="(\d+)"/.exec(xml)?.[1]),
  }));
  const { results } = await answerTo<'RefreshCache'>(service.url, {
    operation: 'RefreshCache',
    cookie: anew.cookie,
    globalIds,
  });
  const kept = [...first.updates.values()].filter(({ deployment }) => deployment.action !== 'Bundle');
  assert.deepEqual(
    results.map(({ revisionId, isLeaf, deployment }) => [revisionId, isLeaf, deployment.action]),
    kept.map(({ id, isLeaf, deployment }) => [id, isLeaf, deployment.action]),
  );
});

test('GetCookie refuses a date that is not the configuration’s, and takes the same date in other digits', async (t) => {
  const service = await clientService(t);
  const { authorizationCookie } = await answerTo<'GetAuthorizationCookie'>(service.url, {
    operation: 'GetAuthorizationCookie',
    ...identity(1),
  });
  const getCookie = (lastChange: string) =>
    ask<'GetCookie'>(service.url, { operation: 'GetCookie', authorizationCookie, lastChange, currentTime: AT });
  for (const stale of ['2001-01-01T00:00:00Z', '2023-10-11T00:00:00.001Z', '9999', '2023-99-99T00:00:00Z']) {
    const answer = await getCookie(stale);
    assert.equal(answer.ok ? 'answered' : answer.fault?.errorCode, 'ConfigChanged', stale);
  }
  assert.equal(await findServerByClientId(service.pool, identity(1).clientId), undefined, 'nobody was enrolled');
  assert.equal((await getCookie('2023-10-11T00:00:00.000Z')).ok, true);
});

test('RegistrationRequired until the computer registered, and its events wait', async (t) => {
  const service = await clientService(t);
  const session = await authorize(service.url, identity(1), AT);
  const { cookie } = session;
  const batch = [event(session, 1, 147, AT)];
  const sync = { operation: 'SyncUpdates', cookie, parameters: { skipSoftwareSync: false } } as const;
  assert.deepEqual((await faultTo<'SyncUpdates'>(service.url, sync))[0], 'RegistrationRequired');
  const refused = await report(service.url, session, batch);
  assert.equal(refused.ok ? undefined : refused.fault?.errorCode, 'RegistrationRequired');
  assert.deepEqual(await storedEvents(service), []);
  const computerInfo = server2019('srv1.example.com');
  await answerTo<'RegisterComputer'>(service.url, { operation: 'RegisterComputer', cookie, computerInfo });
  assert.equal((await ask<'SyncUpdates'>(service.url, sync)).ok, true);
  assert.equal((await report(service.url, session, batch)).ok, true);
  assert.deepEqual(await storedEvents(service), ['001']);
});

test('a server that was removed finds its way back', async (t) => {
  const service = await clientService(t);
  const session = await enrol(service.url, identity(1), AT);
  const row = await findServerByClientId(service.pool, session.clientId);
  await removeServer(service.pool, row?.serverId ?? '');
  const sync = { operation: 'SyncUpdates', cookie: session.cookie, parameters: { skipSoftwareSync: false } } as const;
  assert.deepEqual((await faultTo<'SyncUpdates'>(service.url, sync))[0], 'InvalidCookie');
  assert.equal((await scan(await enrol(service.url, identity(1), AT))).calls, 1);
});

test('InvalidParameters names the parameter, and leaves no damage', async (t) => {
  const service = await clientService(t, { documents: DOCUMENTS });
  const { cookie, clientId } = await enrol(service.url, identity(1), AT);
  const before = await stateOf(service);
  const ids = Array.from({ length: 51 }, (_, index) => index + 1);
  const guid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const details = { cookie, infoTypes: ['Extended'], locales: [] } as const;
  const refusals = [
    await faultTo<'GetExtendedUpdateInfo'>(service.url, {
      operation: 'GetExtendedUpdateInfo',
      ...details,
      revisionIds: ids,
    }),
    await faultTo<'GetExtendedUpdateInfo2'>(service.url, {
      operation: 'GetExtendedUpdateInfo2',
      ...details,
      updateIds: ids.map((index) => ({ updateId: guid(index), revisionNumber: 1 })),
    }),
    await faultTo<'StartCategoryScan'>(service.url, {
      operation: 'StartCategoryScan',
      requestedCategories: Array.from({ length: 200 }, (_, index) => ({
        indexOfAndGroup: index,
        categoryId: guid(index),
      })),
    }),
    await faultTo<'SyncUpdates'>(service.url, {
      operation: 'SyncUpdates',
      cookie,
      parameters: { skipSoftwareSync: false, systemSpecDevices: 1 },
    }),
    await faultTo<'ReportEventBatch'>(service.url, {
      operation: 'ReportEventBatch',
      cookie,
      clientTime: AT,
      eventBatch: Array.from({ length: 1001 }, (_, index) => event({ clientId }, index, 147, AT)),
    }),
  ];
  assert.deepEqual(
    refusals.map(([code, message]) => [code, message?.split('.')[0]]),
    [
      ['InvalidParameters', 'parameters'],
      ['InvalidParameters', 'parameters'],
      ['InvalidParameters', 'requestedCategories'],
      ['InvalidParameters', 'parameters'],
      ['InvalidParameters', 'parameters'],
    ],
  );
  const locations = writeRequest({ operation: 'GetFileLocations', cookie, fileDigests: ['ab'.repeat(20)] });
  for (const digest of ['', 'AAAA', 'A'.repeat(28), '!'.repeat(28), `${'A'.repeat(43)}=`]) {
    const body = locations.replace(/<base64Binary>[^<]*/, () => `<base64Binary>${digest}`);
    const answer = (await post(service.url, OPERATIONS.GetFileLocations.path, body)).body.toString();
    assert.match(answer, /<ErrorCode>InvalidParameters<\/ErrorCode><Message>fileDigests/, digest);
  }
  const { path } = OPERATIONS.ReportEventBatch;
  const elsewhere = (await post(service.url, path, locations)).body.toString();
  assert.match(elsewhere, /<ErrorCode>InvalidParameters</, 'asked of the wrong service');
  assert.equal(await stateOf(service), before);
  const whole = Array.from({ length: 200 }, (_, index) => event({ clientId }, index, 147, AT));
  const batch = { operation: 'ReportEventBatch', cookie, clientTime: AT, eventBatch: whole } as const;
  assert.equal((await answerTo<'ReportEventBatch'>(service.url, batch)).accepted, true);
  assert.equal((await storedEvents(service)).length, 200);
});

test('a stranger’s word about another server changes nothing of it', async (t) => {
  const service = await clientService(t, { documents: DOCUMENTS });
  const one = await service.addCustomer(1);
  const two = await service.addCustomer(2);
  const victim = await enrol(`${service.url}/${one.token}`, identity(1), AT);
  const stranger = await enrol(`${service.url}/${two.token}`, identity(2), AT);
  const row = await findServerByClientId(service.pool, victim.clientId);
  const update = '2cdde6c5-05a9-4a82-b5de-c5ffdcb5a618';
  const status = (number: number, tag: 'U' | 'V') =>
    event(victim, number, 156, AT, { miscData: [`${tag}=${update.toUpperCase()}`] });
  await report(service.url, victim, [status(1, 'U')]);
  const before = await stateOf(service);

  assert.equal((await report(service.url, stranger, [status(2, 'V')])).ok, true, 'taken, so that it is not sent again');
  assert.equal(await stateOf(service), before, 'but dropped');
  assert.deepEqual((await findStatus(service.pool, [row?.serverId ?? '']))[0]?.installed, []);

  // The victim's own cookie speaks for the victim alone, whatever path it comes by.
  await report(`${service.url}/${two.token}`, victim, [status(3, 'V')]);
  assert.deepEqual((await findStatus(service.pool, [row?.serverId ?? '']))[0]?.installed, [update]);

  // Who claims the victim's id under another token gets no session for it, and does not take the server away from its customer.
  assert.deepEqual(await faultOfClaim(service, identity(1), two.token), 'InvalidAuthorizationCookie');
  const claim = { ...identity(1), dnsName: 'stolen.example.com', targetGroupName: two.token };
  assert.deepEqual(await faultOfClaim(service, claim), 'InvalidAuthorizationCookie', 'as a target group too');
  const after = await findServerByClientId(service.pool, victim.clientId);
  assert.deepEqual([after?.customerId, after?.dnsName], [one.customerId, row?.dnsName]);
  const warning = service.log.map((line) => JSON.parse(line)).find(({ code }) => code === 'conflict');
  assert.deepEqual(
    [warning?.level, warning?.clientId, warning?.customerId],
    [40, victim.clientId, two.customerId],
    'the log shows who claimed what',
  );
  assert.doesNotMatch(service.log.join(''), new RegExp(two.token), 'and no token');
});

test('a server that was given to another customer goes on under its old token, and comes with the new one', async (t) => {
  const service = await clientService(t, { documents: DOCUMENTS });
  const [one, two, three] = await Promise.all([1, 2, 3].map((number) => service.addCustomer(number)));
  assert.ok(one && two && three);
  const { clientId } = await enrol(`${service.url}/${one.token}`, identity(1), AT);
  const server = await findServerByClientId(service.pool, clientId);
  await assignServer(service.pool, server?.serverId ?? '', two.customerId);
  for (const token of [one.token, two.token, one.token]) {
    assert.ok((await scan(await enrol(`${service.url}/${token}`, identity(1), AT))).updates.size > 0);
    assert.equal((await findServerByClientId(service.pool, clientId))?.customerId, two.customerId);
  }
  assert.equal(await faultOfClaim(service, identity(1), three.token), 'InvalidAuthorizationCookie');
});

/** The fault with which GetCookie answers somebody who authorized himself. */
async function faultOfClaim(service: ClientService, who: Identity, token?: string): Promise<string> {
  const base = token === undefined ? service.url : `${service.url}/${token}`;
  const { config } = await answerTo<'GetConfig'>(base, { operation: 'GetConfig', protocolVersion: '2.50' });
  const claim = { operation: 'GetAuthorizationCookie', ...who } as const;
  const { authorizationCookie } = await answerTo<'GetAuthorizationCookie'>(base, claim);
  const [code] = await faultTo<'GetCookie'>(base, {
    operation: 'GetCookie',
    authorizationCookie,
    oldCookie: { expiration: AT },
    lastChange: config.lastChange,
    currentTime: AT,
    protocolVersion: '2.50',
  });
  return code;
}
