import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { OPERATIONS } from '#protocol/wusp/operations.ts';
import { readRequest } from '#protocol/wusp/read-request.ts';
import { readResponse } from '#protocol/wusp/read-response.ts';
import type { SourceDocument } from '#server/sources/import.ts';
import { clientService } from '#server/testing/client-service.ts';
import { sharedFolder } from '#server/testing/shared.ts';
import {
  enrol,
  event,
  faultTo,
  identity,
  post,
  type Session,
  scan,
  type WireAnswer,
} from '#server/testing/wire-client.ts';
import { firstDifference, skeletonOf } from '#simulator/replay/skeleton.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

// Requests of a real agent are sent to the listener; its answers are compared with those of a real server.

const shared = sharedFolder() ?? '';
const skip = shared ? false : 'the shared folder with the captures is absent';
const AT = Temporal.Instant.from('2026-10-04T15:04:00Z');
/** The product whose scan was captured. */
const PRODUCT = 'dd78b8a1-0b20-45c1-add6-4da72e9364cf';

function capture(name: string): string {
  return readFileSync(join(shared, 'data/wire-captures', name), 'utf8');
}

function sample(name: string): string {
  return readFileSync(join(shared, 'protocol/samples', name), 'utf8');
}

/** The recorded request with the cookies of a live client in place of the redacted ones. */
function withLiveCookie(request: string, { cookie }: Session): string {
  return request
    .replaceAll(/<EncryptedData>[^<]*</g, () => `<EncryptedData>${cookie.encryptedData}<`)
    .replaceAll(/(<cookie[^>]*>\s*<Expiration>)[^<]*/g, (_all, open) => `${open}${cookie.expiration}`);
}

async function replayed(session: Session, request: string): Promise<WireAnswer> {
  const read = readRequest(request);
  assert.ok(read.ok, JSON.stringify(read));
  return post(session.base, OPERATIONS[read.request.operation].path, withLiveCookie(request, session));
}

function assertSameStructure(recorded: string, answer: WireAnswer): void {
  assert.equal(firstDifference(skeletonOf(recorded), skeletonOf(answer.body.toString())), undefined);
}

/** An update for the captured product: without one that needs it, a category is not deployed. */
function updateOf(product: string): SourceDocument {
  const [document] = sampleCatalogue({ from: '2023-10', to: '2023-10' }).documents.filter(({ xml }) =>
    xml.includes('UpdateType="Driver"'),
  );
  assert.ok(document);
  const xml = document.xml.replace(/<upd:Prerequisites>.*<\/upd:Prerequisites>/s, () => {
    return `<upd:Prerequisites><upd:AtLeastOne IsCategory="true"><upd:UpdateIdentity UpdateID="${product}" /></upd:AtLeastOne></upd:Prerequisites>`;
  });
  return { name: 'synthetic', xml };
}

function realCategories(): SourceDocument[] {
  const folder = join(shared, 'data/update-metadata/docs');
  return ['56309036', '6964aab4', 'dd78b8a1'].flatMap((start) =>
    globSync(join(folder, `${start}-*.xml`)).map((file) => ({ name: basename(file), xml: readFileSync(file) })),
  );
}

test('every captured and specified request is answered', { skip }, async (t) => {
  const service = await clientService(t, { at: AT, documents: realCategories() });
  const session = await enrol(service.url, identity(1), AT);
  const files = [
    ...globSync(join(shared, 'data/wire-captures/**/request.body')),
    ...globSync(join(shared, 'protocol/samples/{spec-wusp-*-Request*,real-*-request}.xml')),
  ].sort();
  assert.ok(files.length >= 20, `${files.length} requests`);
  const operations = new Set<string>();
  for (const file of files) {
    const request = readFileSync(file, 'utf8').replace('AAAA...(blob trimmed)...AAAA=', 'AAAA');
    const read = readRequest(request);
    assert.ok(read.ok, `${file}: ${JSON.stringify(read)}`);
    const { operation } = read.request;
    operations.add(operation);
    const live = withLiveCookie(request, session);
    const answer = await post(service.url, OPERATIONS[operation].path, live);
    const response = readResponse(operation, answer.body);
    // A redacted authorization cookie cannot be replaced; what becomes of it is tested with the faults.
    const expected = operation === 'GetCookie' ? 'InvalidAuthorizationCookie' : undefined;
    assert.equal(response.ok ? undefined : response.fault?.errorCode, expected, `${file}: ${answer.body}`);
  }
  assert.ok(operations.size >= 9, [...operations].join());
});

test('the answers before a scan are built as the real ones', { skip }, async (t) => {
  const service = await clientService(t, { at: AT });
  const session = await enrol(service.url, identity(1), AT);
  const config = await replayed(session, capture('scan/000001/request.body'));
  assertSameStructure(sample('real-01-GetConfig-response.xml'), config);

  const authorized = await replayed(session, capture('scan/000002/request.body'));
  const sealed = /<CookieData>([^<]*)</.exec(authorized.body.toString())?.[1] ?? '';
  const lastChange = /<LastChange>([^<]*)</.exec(config.body.toString())?.[1] ?? '';
  const getCookie = capture('scan/000003/request.body')
    .replace(/<CookieData>[^<]*/, () => `<CookieData>${sealed}`)
    .replace(/<lastChange>[^<]*/, () => `<lastChange>${lastChange}`);
  assertSameStructure(capture('scan/000003/response.body'), await replayed(session, getCookie));
});

test('the captured category scan brings the same updates with the same fragments', { skip }, async (t) => {
  const service = await clientService(t, { at: AT, documents: [...realCategories(), updateOf(PRODUCT)] });
  const fresh = await enrol(service.url, identity(1), AT);
  const known = await scan(fresh);
  // Only a cookie that remembers a whole scan tells that what the client has is unchanged; else it is told again.
  const session = { ...fresh, cookie: known.cookie };
  const filtered = await scan(session, undefined, [PRODUCT]);
  const idOf = (updateId: string): string => {
    const sent = [...filtered.updates.values()].find(({ xml }) => xml.toLowerCase().includes(`"${updateId}"`));
    return String(sent?.id ?? assert.fail(`${updateId} was not sent`));
  };
  const live = (request: string): string =>
    request
      .replaceAll('<int>108226</int>', `<int>${idOf('56309036-4c77-4dd9-951a-99ee9c246a94')}</int>`)
      .replaceAll('<int>108231</int>', `<int>${idOf('6964aab4-c5b5-43bd-a17d-ffb4346a8e1d')}</int>`);
  for (const name of ['000006', '000008']) {
    const recorded = capture(`scan/${name}/response.body`);
    const answer = await replayed(session, live(capture(`scan/${name}/request.body`)));
    const [theirs, ours] = [recorded, answer.body.toString()].map((body) =>
      body
        .replaceAll(/<(ID|LastChangeTime|Expiration|EncryptedData)>[^<]*/g, '<$1>')
        // There nothing needed the product; here something must, or it would not be deployed.
        .replace(/<IsLeaf>true(<\/IsLeaf><Xml>&lt;UpdateIdentity UpdateID="dd78b8a1)/, '<IsLeaf>false$1'),
    );
    assert.equal(ours, theirs, name);
  }
});

test('details and reports are answered in the captured structure', { skip }, async (t) => {
  const at = Temporal.Instant.from('2023-10-20T12:00:00Z');
  const documents = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 40 }).documents;
  const service = await clientService(t, { at, documents, contentFromMicrosoft: true });
  const session = await enrol(service.url, identity(1), at);
  const bundleParts = [...(await scan(session)).updates.values()].filter(
    ({ deployment }) => deployment.action === 'Bundle',
  );
  const ids = bundleParts.slice(0, 18).map(({ id }) => `<int>${id}</int>`);
  const request = capture('flow/000015/request.body').replace(
    /<revisionIDs>.*<\/revisionIDs>/,
    `<revisionIDs>${ids.join('')}</revisionIDs>`,
  );
  const info = await replayed(session, request);
  assertSameStructure(capture('flow/000015/response.body'), info);
  const order = [...info.body.toString().matchAll(/<ID>(\d+)<\/ID><Xml>&lt;(\w+)/g)].map(([, , kind]) => kind);
  assert.deepEqual([...new Set(order)], ['ExtendedProperties', 'LocalizedProperties'], 'one type before the next');
  assert.equal(order.indexOf('LocalizedProperties'), order.length / 2);

  const reported = await replayed(session, capture('flow/000016/request.body'));
  assert.equal(reported.body.toString(), capture('flow/000016/response.body').trim());
});

test('faults are built as the real ones', { skip }, async (t) => {
  const service = await clientService(t, { at: AT });
  const session = await enrol(service.url, identity(1), AT);
  const eventBatch = [event(session, 1, 147, AT)];
  await service.pool.query(`update service set config_changed = config_changed + interval '1 s'`);
  await service.restart();
  const changed = await replayed(session, capture('flow/000016/request.body'));
  assert.equal(changed.status, 500);
  const recorded = sample('spec-wusp-20-AUTHORIZATION-PHASE-ReportEventBatch-Response-SOAP-Fault-ConfigChange.xml');
  // The actor is the server's own URL; nobody reads it.
  assertSameStructure(recorded.replace(/<faultactor>.*<\/faultactor>/, ''), changed);
  const { cookie } = session;
  assert.deepEqual(
    await faultTo<'ReportEventBatch'>(service.url, {
      operation: 'ReportEventBatch',
      cookie,
      clientTime: AT,
      eventBatch,
    }),
    ['ConfigChanged', undefined],
  );
  for (const [code, file] of [
    ['ConfigChanged', 'spec-wusp-07-AUTHORIZATION-PHASE-GetCookie-Response-SOAP-Fault-ConfigChanged.xml'],
    ['InvalidCookie', 'spec-wusp-08-AUTHORIZATION-PHASE-GetCookie-Response-SOAP-Fault-InvalidCookie.xml'],
  ] as const) {
    const request = capture('scan/000006/request.body');
    const answer = await post(
      service.url,
      OPERATIONS.SyncUpdates.path,
      code === 'InvalidCookie' ? request : withLiveCookie(request, session),
    );
    assertSameStructure(sample(file).replace(/<faultactor>.*<\/faultactor>/, ''), answer);
    const theirs = /<faultcode>.*<\/ErrorCode>/s.exec(sample(file))?.[0] ?? '';
    const ours = answer.body.toString();
    assert.equal(/<faultcode>\w+:(\w+)/.exec(ours)?.[1], /<faultcode>\w+:(\w+)/.exec(theirs)?.[1]);
    assert.equal(/<ErrorCode>(\w+)/.exec(ours)?.[1], code);
    assert.match(ours, /<ID>[0-9a-f-]{36}<\/ID><Method>"http:\/\/[^"]+\/SyncUpdates"<\/Method>/);
  }
});

test('a failure inside names nothing of the inside', async (t) => {
  const service = await clientService(t, { at: AT });
  const session = await enrol(service.url, identity(1), AT);
  await service.pool.query('alter table server rename to elsewhere');
  const request = {
    operation: 'SyncUpdates',
    cookie: session.cookie,
    parameters: { skipSoftwareSync: false },
  } as const;
  assert.deepEqual(await faultTo<'SyncUpdates'>(service.url, request), ['InternalServerError', undefined]);
  assert.ok(service.log.some((line) => line.includes('a request failed') && line.includes('server')));
  await service.pool.query('alter table elsewhere rename to server');
  assert.equal((await scan(session)).calls, 1);
});
