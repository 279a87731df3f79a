import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { OPERATIONS } from '#protocol/wusp/operations.ts';
import { readRequest } from '#protocol/wusp/read-request.ts';
import { readResponse } from '#protocol/wusp/read-response.ts';
import { mutationsOf } from '#protocol/wusp/testing/mutations.ts';
import type { WuspRequest } from '#protocol/wusp/types.ts';
import { writeRequest } from '#protocol/wusp/write-request.ts';
import { AFTER_PATCH_TUESDAY as AT } from '#server/testing/client-service.ts';
import { type ServiceProcess, serviceProcess } from '#server/testing/service-process.ts';
import { sharedFolder } from '#server/testing/shared.ts';
import { answerTo, enrol, event, identity, post, type Session, scan, server2019 } from '#server/testing/wire-client.ts';

// Requests that are right but for a few bytes, thousands of them, with cookies that open. `ST_FUZZ_RUNS`: how many.

const RUNS = Number(process.env.ST_FUZZ_RUNS ?? 2_000);
const SEED = Number(process.env.ST_FUZZ_SEED ?? 20_231_010);
const BATCH = 500;
const AT_ONCE = 8;
const MEBI = 1024 * 1024;
const MOST_GROWTH = 400 * MEBI;

interface Original {
  readonly path: string;
  readonly body: string;
}

async function originals({ url, token }: ServiceProcess): Promise<{ session: Session; list: readonly Original[] }> {
  const session = await enrol(`${url}/${token}`, identity(1), AT);
  const { cookie } = session;
  const ids = [...(await scan(session)).updates.keys()];
  const { authorizationCookie } = await answerTo<'GetAuthorizationCookie'>(`${url}/${token}`, {
    operation: 'GetAuthorizationCookie',
    ...identity(1),
  });
  const update = { updateId: '2cdde6c5-05a9-4a82-b5de-c5ffdcb5a618', revisionNumber: 1 };
  const details = { cookie, infoTypes: ['Extended', 'LocalizedProperties'], locales: ['en-US'] } as const;
  const status = { miscData: [`U=${update.updateId}`, 'V=', 'G=10.0'], updateId: update.updateId };
  const requests: WuspRequest[] = [
    { operation: 'GetConfig', protocolVersion: '2.50' },
    { operation: 'GetAuthorizationCookie', ...identity(1), targetGroupName: 'A;B' },
    {
      operation: 'GetCookie',
      authorizationCookie,
      lastChange: AT.toString(),
      currentTime: AT,
      protocolVersion: '2.50',
    },
    { operation: 'RegisterComputer', cookie, computerInfo: { ...server2019('srv1.example.com'), biosReleaseDate: AT } },
    { operation: 'StartCategoryScan', requestedCategories: [{ indexOfAndGroup: 0, categoryId: update.updateId }] },
    {
      operation: 'SyncUpdates',
      cookie,
      parameters: { skipSoftwareSync: false, installedNonLeafUpdateIds: ids.slice(0, 20), otherCachedUpdateIds: ids },
    },
    { operation: 'SyncUpdates', cookie, parameters: { skipSoftwareSync: true, cachedDriverIds: [1, 2, 3] } },
    { operation: 'SyncPrinterCatalog', cookie, printerUpdateIds: [1] },
    { operation: 'RefreshCache', cookie, globalIds: [update] },
    { operation: 'GetExtendedUpdateInfo', ...details, revisionIds: ids.slice(0, 10) },
    { operation: 'GetExtendedUpdateInfo2', ...details, updateIds: [update] },
    { operation: 'GetFileLocations', cookie, fileDigests: ['ab'.repeat(20)] },
    {
      operation: 'ReportEventBatch',
      cookie,
      clientTime: AT,
      eventBatch: [event(session, 1, 147, AT), event(session, 2, 156, AT, status), event(session, 3, 182, AT, status)],
    },
  ];
  const own = requests.map((request) => ({ path: OPERATIONS[request.operation].path, body: writeRequest(request) }));
  return { session, list: [...own, ...captured(session, authorizationCookie.cookieData)] };
}

/** What a real agent sent, where it is at hand, with a cookie that opens. */
function captured({ cookie, clientId }: Session, cookieData: string): Original[] {
  const folder = sharedFolder();
  if (!folder) return [];
  return globSync(join(folder, 'data/wire-captures/**/request.body')).flatMap((file) => {
    const body = readFileSync(file, 'utf8')
      .replaceAll(/<EncryptedData>[^<]*</g, `<EncryptedData>${cookie.encryptedData}<`)
      .replace(/<CookieData>[^<]*/, `<CookieData>${cookieData}`)
      .replace(/<lastChange>[^<]*/, `<lastChange>${AT}`)
      .replaceAll(/<Sid>[^<]*/g, `<Sid>${clientId}`);
    const read = readRequest(body);
    return read.ok ? [{ path: OPERATIONS[read.request.operation].path, body }] : [];
  });
}

/** Values that are text, or numbers, or dates, and yet have broken what came after the reading. */
const ODD_VALUES = [
  '',
  ' ',
  '0',
  '-1',
  '255',
  '32768',
  '2147483647',
  '-2147483648',
  'true',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.9999999Z',
  '2016-12-31T23:59:60Z',
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  'U=;V=;;g=1',
  `V=${'ffffffff-ffff-ffff-ffff-ffffffffffff;'.repeat(300)}`,
  "'; drop table server; --",
  '\\u0000\\',
  '{"a":1}',
  '\ufffd\u{10ffff}\u202e',
  '&amp;lt;&#9;&#10;',
  'x'.repeat(255),
  'x'.repeat(3000),
];

/** The document with one to three values replaced, its cookies untouched: well formed, and some of it acceptable. */
function otherValues(body: string): fc.Arbitrary<string> {
  const places = [...body.matchAll(/(?<!EncryptedData|CookieData)>[^<>]*<\//g)].map(({ index }) => index + 1);
  const change = fc.tuple(fc.constantFrom(...places), fc.constantFrom(...ODD_VALUES));
  return fc.uniqueArray(change, { minLength: 1, maxLength: 3, selector: ([place]) => place }).map((changes) => {
    let text = body;
    for (const [place, value] of changes.toSorted(([a], [b]) => b - a)) {
      text = text.slice(0, place) + value + text.slice(text.indexOf('<', place));
    }
    return text;
  });
}

/** An answer or a fault that a client understands; never a failure of the service's own. */
async function outcomeOf(url: string, { path, body }: Original): Promise<string> {
  const answer = await post(url, path, body);
  if (answer.status === 200) return 'answered';
  const read = readResponse('GetConfig', answer.body);
  const code = read.ok ? 'answered' : read.fault?.errorCode;
  const isExpected = answer.status === 500 && code !== undefined && code !== 'InternalServerError';
  assert.ok(isExpected, `${answer.status} ${code} for ${path}: ${JSON.stringify(body)}`);
  return code;
}

test(`${RUNS} mutated requests each get an answer or the right fault`, { timeout: 3_600_000 }, async (t) => {
  const service = await serviceProcess(t, 60_000);
  const { list } = await originals(service);
  for (const original of list) assert.equal(await outcomeOf(service.url, original), 'answered');
  const before = await service.memory();
  const mutated = fc.constantFrom(...list).chain(({ path, body }) => {
    return fc.oneof(mutationsOf([body]), otherValues(body)).map((changed) => ({ path, body: changed }));
  });
  const outcomes = new Map<string, number>();
  for (let done = 0; done < RUNS; done += BATCH) {
    const numRuns = Math.min(BATCH, RUNS - done);
    const requests = fc.sample(mutated, { seed: SEED + done, numRuns }).values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const request of requests) {
          const outcome = await outcomeOf(service.url, request);
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }
      }),
    );
    if (RUNS > 5_000 && (done + numRuns) % 5_000 === 0) {
      t.diagnostic(`${done + numRuns} of ${RUNS}, memory ${Math.round((await service.memory()) / MEBI)} MiB`);
    }
  }
  assert.equal(service.ended(), undefined);
  t.diagnostic(JSON.stringify(Object.fromEntries(outcomes)));
  assert.ok((outcomes.get('answered') ?? 0) > RUNS / 20, 'some are right enough to reach what is behind the reading');
  assert.ok((await scan(await enrol(`${service.url}/${service.token}`, identity(2), AT))).updates.size > 30);
  const growth = (await service.memory()) - before;
  t.diagnostic(`memory grew by ${Math.round(growth / MEBI)} MiB`);
  assert.ok(growth < MOST_GROWTH, `memory grew by ${Math.round(growth / MEBI)} MiB`);
});
