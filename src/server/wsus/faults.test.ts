import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATIONS } from '#protocol/wusp/operations.ts';
import type { FaultCode } from '#protocol/wusp/responses.ts';
import { writeRequest } from '#protocol/wusp/write-request.ts';
import { addCookieKey, removeCookieKeysRetiredBefore, retireCookieKeysBefore } from '#server/store/cookie-keys.ts';
import { findServerByClientId, removeServer } from '#server/store/servers.ts';
import { findStatus } from '#server/store/status.ts';
import { AFTER_PATCH_TUESDAY as AT, type ClientService, clientService } from '#server/testing/client-service.ts';
import {
  answerTo,
  ask,
  authorize,
  enrol,
  event,
  faultTo,
  identity,
  post,
  type Session,
  scan,
  server2019,
} from '#server/testing/wire-client.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

const DOCUMENTS = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 40 }).documents;

/** Everything that a request could change, as text. */
async function stateOf({ pool }: ClientService): Promise<string> {
  const { rows } = await pool.query(`select (select jsonb_agg(s order by server_id) from server s) as servers,
    (select jsonb_agg(e order by event_instance_id) from event e) as events, (select jsonb_agg(o) from offer o) as offers,
    (select jsonb_agg(t) from server_status t) as status, (select jsonb_agg(u) from server_update u) as updates,
    (select count(*) from record) as records`);
  return JSON.stringify(rows);
}

/** The fault that each operation which needs a cookie gives for this one. */
async function faultsOf(base: string, { cookie, clientId }: Session): Promise<FaultCode[]> {
  const eventBatch = [event({ clientId }, 900, 147, AT)];
  const faults = [
    await faultTo<'SyncUpdates'>(base, { operation: 'SyncUpdates', cookie, parameters: { skipSoftwareSync: false } }),
    await faultTo<'RegisterComputer'>(base, { operation: 'RegisterComputer', cookie, computerInfo: server2019('x') }),
    await faultTo<'SyncPrinterCatalog'>(base, { operation: 'SyncPrinterCatalog', cookie }),
    await faultTo<'RefreshCache'>(base, { operation: 'RefreshCache', cookie, globalIds: [] }),
    await faultTo<'GetExtendedUpdateInfo'>(base, {
      operation: 'GetExtendedUpdateInfo',
      cookie,
      revisionIds: [1],
      infoTypes: ['Extended'],
      locales: ['en'],
    }),
    await faultTo<'GetExtendedUpdateInfo2'>(base, {
      operation: 'GetExtendedUpdateInfo2',
      cookie,
      updateIds: [],
      infoTypes: ['Extended'],
      locales: [],
    }),
    await faultTo<'GetFileLocations'>(base, { operation: 'GetFileLocations', cookie, fileDigests: [] }),
    await faultTo<'ReportEventBatch'>(base, { operation: 'ReportEventBatch', cookie, clientTime: AT, eventBatch }),
  ];
  return [...new Set(faults.map(([code]) => code))];
}

function report(base: string, { cookie }: Session, eventBatch: readonly ReturnType<typeof event>[]) {
  return ask<'ReportEventBatch'>(base, { operation: 'ReportEventBatch', cookie, clientTime: AT, eventBatch });
}

async function storedEvents({ pool }: ClientService): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select event_instance_id as id from event order by 1');
  return rows.map(({ id }) => id.slice(-3));
}

test('a cookie that is not ours is InvalidCookie everywhere, and changes nothing', async (t) => {
  const service = await clientService(t);
  const stranger = await clientService(t);
  const mine = await enrol(service.url, identity(1), AT);
  const foreign = await enrol(stranger.url, identity(1), AT);
  const before = await stateOf(service);
  const { encryptedData } = mine.cookie;
  const flipped = Buffer.from(encryptedData, 'base64');
  flipped.writeUInt8(flipped.readUInt8(40) ^ 1, 40);
  const blobs = [
    foreign.cookie.encryptedData,
    flipped.toString('base64'),
    encryptedData.slice(0, -8),
    Buffer.alloc(16, 1).toString('base64'),
    Buffer.from('AAEAAAD/////AQAAAAAAAAAMAgAAAA', 'base64').toString('base64'),
    'A'.repeat(5460),
  ];
  for (const blob of blobs) {
    const session = { ...mine, cookie: { ...mine.cookie, encryptedData: blob } };
    assert.deepEqual(await faultsOf(service.url, session), ['InvalidCookie'], blob.slice(0, 40));
  }
  assert.equal(await stateOf(service), before);
  // The way back that the specification gives: configuration, cookie, RefreshCache.
  const again = await authorize(service.url, identity(1), AT);
  const { results } = await answerTo<'RefreshCache'>(service.url, {
    operation: 'RefreshCache',
    cookie: again.cookie,
    globalIds: [{ updateId: '11111111-1111-4111-8111-111111111111', revisionNumber: 1 }],
  });
  assert.deepEqual(results, []);
});

test('keys rotate: an old one opens until it is removed, and no event is lost on the way', async (t) => {
  const service = await clientService(t);
  const { pool } = service;
  const old = await enrol(service.url, identity(1), AT);
  await addCookieKey(pool, Buffer.alloc(32, 7), AT);
  await retireCookieKeysBefore(pool, 2, AT);
  await service.restart();
  assert.equal((await report(service.url, old, [event(old, 1, 147, AT)])).ok, true);
  const renewed = await scan(old);
  assert.equal(Buffer.from(renewed.cookie.encryptedData, 'base64').readUInt16BE(1), 2, 'sealed under the new key');
  await removeCookieKeysRetiredBefore(pool, AT.add({ seconds: 1 }));
  await service.restart();
  const batch = [event(old, 2, 147, AT), event(old, 3, 162, AT)];
  assert.deepEqual(await faultsOf(service.url, old), ['InvalidCookie']);
  assert.deepEqual(await storedEvents(service), ['001']);
  const again = await authorize(service.url, identity(1), AT);
  assert.equal((await report(service.url, again, batch)).ok, true);
  assert.equal((await report(service.url, { ...old, cookie: renewed.cookie }, batch)).ok, true);
  assert.deepEqual(await storedEvents(service), ['001', '002', '003'], 'each counts once');
});

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

test('a cookie ends after an hour, and an authorization cookie too', async (t) => {
  const service = await clientService(t);
  const session = await enrol(service.url, identity(1), AT);
  assert.equal(session.cookie.expiration.toString(), AT.add({ hours: 1 }).toString());
  service.moveTo(AT.add({ minutes: 59 }));
  const late = await scan(session);
  assert.equal(late.cookie.expiration.toString(), session.cookie.expiration.toString(), 'use does not prolong it');
  const { authorizationCookie } = await answerTo<'GetAuthorizationCookie'>(service.url, {
    operation: 'GetAuthorizationCookie',
    ...identity(1),
  });
  service.moveTo(AT.add({ hours: 1 }));
  assert.deepEqual(await faultsOf(service.url, session), ['CookieExpired']);
  assert.deepEqual(await faultsOf(service.url, { ...session, cookie: late.cookie }), ['CookieExpired']);
  service.moveTo(AT.add({ hours: 2 }));
  const request = { operation: 'GetCookie', authorizationCookie, lastChange: AT.toString(), currentTime: AT } as const;
  assert.deepEqual((await faultTo<'GetCookie'>(service.url, request))[0], 'InvalidAuthorizationCookie');
});

test('an authorization cookie that is not ours opens nothing', async (t) => {
  const service = await clientService(t);
  const session = await enrol(service.url, identity(1), AT);
  const before = await stateOf(service);
  const { authorizationCookie } = await answerTo<'GetAuthorizationCookie'>(service.url, {
    operation: 'GetAuthorizationCookie',
    ...identity(2),
  });
  for (const [plugInId, cookieData] of [
    ['SimpleTargeting', 'AAAA'],
    ['SimpleTargeting', session.cookie.encryptedData],
    ['Anonymous', authorizationCookie.cookieData],
  ] as const) {
    const fault = await faultTo<'GetCookie'>(service.url, {
      operation: 'GetCookie',
      authorizationCookie: { plugInId, cookieData },
      lastChange: AT.toString(),
      currentTime: AT,
    });
    assert.deepEqual(fault[0], 'InvalidAuthorizationCookie');
  }
  const asSession = { ...session, cookie: { ...session.cookie, encryptedData: authorizationCookie.cookieData } };
  assert.deepEqual(await faultsOf(service.url, asSession), ['InvalidCookie'], 'nor is it a session');
  assert.equal(await stateOf(service), before);
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

  // Who claims the victim's id under another token does not take the server away from its customer.
  await authorize(`${service.url}/${two.token}`, identity(1), AT);
  assert.equal((await findServerByClientId(service.pool, victim.clientId))?.customerId, one.customerId);
});
