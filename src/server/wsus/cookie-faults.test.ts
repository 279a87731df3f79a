import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCookieKey, removeCookieKeysRetiredBefore, retireCookieKeysBefore } from '#server/store/cookie-keys.ts';
import { AFTER_PATCH_TUESDAY as AT, clientService } from '#server/testing/client-service.ts';
import { faultsOf, report, stateOf, storedEvents } from '#server/testing/faults.ts';
import { answerTo, authorize, enrol, event, faultTo, identity, scan } from '#server/testing/wire-client.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

const _DOCUMENTS = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 40 }).documents;

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
