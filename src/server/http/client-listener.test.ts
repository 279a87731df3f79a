import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATIONS } from '#protocol/wusp/operations.ts';
import { readResponse } from '#protocol/wusp/read-response.ts';
import type { WuspRequest } from '#protocol/wusp/types.ts';
import { writeRequest } from '#protocol/wusp/write-request.ts';
import { decompress } from '#protocol/xpress/xpress.ts';
import { findServerByClientId } from '#server/store/servers.ts';
import { AFTER_PATCH_TUESDAY as AT, clientService } from '#server/testing/client-service.ts';
import { answerTo, enrol, event, identity, post, scan, send, server2019 } from '#server/testing/wire-client.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

const DOCUMENTS = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 40 }).documents;
const SECRETS = /<(EncryptedData|CookieData|ID)>[^<]*/g;

test('every answer in xpress is the plain answer', async (t) => {
  const service = await clientService(t, { documents: DOCUMENTS });
  const session = await enrol(service.url, identity(1), AT);
  const { cookie } = session;
  const known = await scan(session);
  const ids = [...known.updates.keys()];
  const { authorizationCookie } = await answerTo<'GetAuthorizationCookie'>(service.url, {
    operation: 'GetAuthorizationCookie',
    ...identity(1),
  });
  const requests: WuspRequest[] = [
    { operation: 'GetConfig', protocolVersion: '2.50' },
    { operation: 'GetConfig2', clientConfiguration: {} },
    { operation: 'GetAuthorizationCookie', ...identity(1) },
    { operation: 'GetCookie', authorizationCookie, lastChange: AT.toString(), currentTime: AT },
    { operation: 'RegisterComputer', cookie, computerInfo: server2019('srv1.example.com') },
    { operation: 'StartCategoryScan', requestedCategories: [] },
    { operation: 'SyncUpdates', cookie, parameters: { skipSoftwareSync: false } },
    { operation: 'SyncUpdates', cookie, parameters: { skipSoftwareSync: false, installedNonLeafUpdateIds: ids } },
    { operation: 'SyncUpdates', cookie, parameters: { skipSoftwareSync: true, cachedDriverIds: [1, 2] } },
    { operation: 'SyncPrinterCatalog', cookie },
    { operation: 'RefreshCache', cookie, globalIds: [] },
    {
      operation: 'GetExtendedUpdateInfo',
      cookie,
      revisionIds: ids.slice(0, 50),
      infoTypes: ['Extended', 'LocalizedProperties', 'Eula', 'Core'],
      locales: ['en-US', 'en'],
    },
    { operation: 'GetFileLocations', cookie, fileDigests: ['ab'.repeat(20)] },
    { operation: 'ReportEventBatch', cookie, clientTime: AT, eventBatch: [event(session, 1, 147, AT)] },
    { operation: 'ReportEventBatch', cookie: { ...cookie, encryptedData: 'AAAA' }, clientTime: AT, eventBatch: [] },
  ];
  const seen = new Set<string>();
  for (const request of requests) {
    const { operation } = request;
    seen.add(operation);
    const [plain, packed] = await Promise.all(
      ['identity', 'xpress'].map((encoding) =>
        post(service.url, OPERATIONS[operation].path, writeRequest(request), { 'accept-encoding': encoding }),
      ),
    );
    assert.ok(plain && packed);
    const isFault = plain.status === 500;
    assert.equal(packed.status, plain.status);
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(packed.headers['content-encoding'], isFault ? undefined : 'xpress', operation);
    const unpacked = isFault ? { ok: true as const, bytes: packed.body } : decompress(packed.body, 2 ** 24);
    assert.ok(unpacked.ok, operation);
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString().replaceAll(SECRETS, '<$1>');
    assert.equal(text(unpacked.bytes), text(plain.body), operation);
    assert.equal(readResponse(operation, unpacked.bytes).ok, !isFault, operation);
  }
  assert.deepEqual(
    Object.keys(OPERATIONS).filter((operation) => !seen.has(operation)),
    ['GetExtendedUpdateInfo2'],
  );
});

test('an answer is text/xml, private, of known length; what follows a fault is a new connection', async (t) => {
  const service = await clientService(t);
  const { path } = OPERATIONS.GetConfig;
  const good = await post(service.url, path, writeRequest({ operation: 'GetConfig' }));
  assert.equal(good.status, 200);
  assert.equal(good.headers['content-type'], 'text/xml; charset=utf-8');
  assert.equal(Number(good.headers['content-length']), good.body.length);
  assert.equal(good.headers['cache-control'], 'private');
  const bad = await post(service.url, path, '<no/>');
  assert.deepEqual([bad.status, bad.headers.connection], [500, 'close']);
  assert.match(bad.body.toString(), /<ErrorCode>InvalidParameters</);
  const bare = await send(service.url, path, { method: 'POST', body: writeRequest({ operation: 'GetConfig' }) });
  assert.equal(bare.status, 200, 'whatever the Content-Type, and without one');
  const modern = await post(
    service.url,
    path,
    writeRequest({ operation: 'GetConfig' }).replace(
      'http://schemas.xmlsoap.org/soap/envelope/',
      'http://www.w3.org/2003/05/soap-envelope',
    ),
  );
  assert.equal(modern.headers['content-type'], 'application/soap+xml; charset=utf-8');
  assert.equal(readResponse('GetConfig', modern.body).ok, true);
});

test('paths in any case, behind a token or not, and nothing else', async (t) => {
  const service = await clientService(t);
  const body = writeRequest({ operation: 'GetConfig' });
  for (const path of [
    '/ClientWebService/client.asmx',
    '/CLIENTWEBSERVICE/CLIENT.ASMX',
    '/clientwebservice/Client.asmx',
    '/st-abc/clientwebservice/client.ASMX',
    '/ST-ABC/ClientWebService/client.asmx?x=1',
  ]) {
    assert.equal((await post(service.url, path, body)).status, 200, path);
  }
  for (const path of ['/', '/a/b/ClientWebService/client.asmx', '/ClientWebService/', '/ClientWebService/other.asmx']) {
    assert.equal((await post(service.url, path, body)).status, 404, path);
  }
  assert.equal((await send(service.url, '/ClientWebService/client.asmx')).status, 404);
  const long = `/${'x'.repeat(300)}/ClientWebService/client.asmx`;
  assert.ok([404, 414].includes((await post(service.url, long, body)).status));
  const version = await send(service.url, '/st-abc/CLIENTwebservice/WusServerVersion.xml');
  assert.equal(version.status, 200);
  assert.match(version.body.toString(), /<ServerVersion>/);
});

test('a token in the path or as target group enrols; an unknown one does not', async (t) => {
  const service = await clientService(t, { documents: DOCUMENTS });
  const { token, customerId } = await service.addCustomer(1);
  const customerOf = async (number: number) =>
    (await findServerByClientId(service.pool, identity(number).clientId))?.customerId;

  await enrol(`${service.url}/${token}`, identity(1), AT);
  await enrol(service.url, { ...identity(2), targetGroupName: `Servers; ${token};x` }, AT);
  await enrol(service.url, { ...identity(3), targetGroupName: 'Servers;Test' }, AT);
  await enrol(`${service.url}/${token}x`, identity(4), AT);
  await enrol(service.url, identity(5), AT);
  const found = await Promise.all([1, 2, 3, 4, 5].map(customerOf));
  assert.deepEqual(found, [customerId, customerId, null, null, null]);

  const unknown = await scan(await enrol(`${service.url}/${token}x`, identity(4), AT));
  assert.ok(unknown.updates.size > 30, 'it is evaluated');
  assert.ok([...unknown.updates.values()].every(({ deployment }) => deployment.action !== 'Install'));

  // Found later by its customer: the token takes it in.
  await enrol(`${service.url}/${token}`, identity(5), AT);
  assert.equal(await customerOf(5), customerId);
  assert.ok(!service.log.join('').includes(token), 'tokens are not logged');
});

test('SimpleAuth is answered where GetConfig says, and without the token’s path; the customer is bound at GetCookie', async (t) => {
  const service = await clientService(t);
  const { token, customerId } = await service.addCustomer(1);
  const base = `${service.url}/${token}`;
  const { config } = await answerTo<'GetConfig'>(base, { operation: 'GetConfig' });
  assert.equal(config.authInfo[0]?.serviceUrl, `${base}/SimpleAuthWebService/SimpleAuth.asmx`);
  for (const [number, place, last] of [
    [1, base, service.url],
    [2, service.url, base],
  ] as const) {
    const { authorizationCookie } = await answerTo<'GetAuthorizationCookie'>(place, {
      operation: 'GetAuthorizationCookie',
      ...identity(number),
    });
    const { lastChange } = config;
    await answerTo<'GetCookie'>(last, { operation: 'GetCookie', authorizationCookie, lastChange, currentTime: AT });
    const row = await findServerByClientId(service.pool, identity(number).clientId);
    assert.equal(row?.customerId, customerId, place);
  }
});
