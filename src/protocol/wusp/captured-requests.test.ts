import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { capture, sample, skip, text } from '#server/testing/captures.ts';
import { readRequest } from './read-request.ts';
import type { WuspOperation, WuspRequest } from './types.ts';
import { writeRequest } from './write-request.ts';

type Request<O extends WuspOperation> = Extract<WuspRequest, { readonly operation: O }>;

function requestIn<O extends WuspOperation>(operation: O, bytes: Uint8Array): Request<O> {
  const read = readRequest(bytes);
  assert.ok(read.ok, JSON.stringify(read));
  assert.equal(read.request.operation, operation);
  return read.request as Request<O>;
}

describe('captured requests', { skip }, () => {
  for (const name of [
    'scan/000001',
    'scan/000002',
    'scan/000003',
    'scan/000004',
    'scan/000006',
    'scan/000008',
    'flow/000015',
    'flow/000016',
  ]) {
    test(`${name} is written as it was captured`, () => {
      const bytes = capture(`${name}/request`);
      const read = readRequest(bytes);
      assert.ok(read.ok, JSON.stringify(read));
      assert.equal(writeRequest(read.request), text(bytes));
    });
  }

  test('GetConfig, GetAuthorizationCookie', () => {
    assert.equal(requestIn('GetConfig', capture('scan/000001/request')).protocolVersion, '2.90');
    const { clientId, targetGroupName, dnsName } = requestIn('GetAuthorizationCookie', capture('scan/000002/request'));
    assert.deepEqual([clientId.length, targetGroupName, dnsName.length > 0], [36, undefined, true]);
  });

  test('GetCookie keeps the text of lastChange; a first call has no old cookie', () => {
    const request = requestIn('GetCookie', capture('scan/000003/request'));
    assert.equal(request.lastChange, '2026-10-04T13:17:07.59Z');
    assert.equal(request.currentTime.toString(), '2026-10-04T15:03:36Z');
    assert.equal(request.authorizationCookie.plugInId, 'SimpleTargeting');
    assert.equal(request.oldCookie?.expiration.toString(), '2026-10-04T15:03:36Z');
    assert.ok(!('encryptedData' in (request.oldCookie ?? {})));
  });

  test('RegisterComputer', () => {
    const { computerInfo, cookie } = requestIn('RegisterComputer', capture('scan/000004/request'));
    assert.equal(cookie.expiration.toString(), '2026-10-04T16:03:35.9967236Z');
    assert.equal(computerInfo.osBuildNumber, 26200);
    assert.equal(computerInfo.biosReleaseDate?.toString(), '2022-02-02T00:00:00Z');
    assert.equal(computerInfo.oldProductType, 1);
    assert.equal(computerInfo.newProductType, 48);
    assert.equal(computerInfo.mobileOperator, 'Not Present');
  });

  test('SyncUpdates: what is absent is told from what is empty', () => {
    const first = requestIn('SyncUpdates', capture('scan/000006/request')).parameters;
    assert.ok(
      !('installedNonLeafUpdateIds' in first) && !('otherCachedUpdateIds' in first) && !('systemSpecDevices' in first),
    );
    assert.deepEqual(first.filterCategoryIds, ['dd78b8a1-0b20-45c1-add6-4da72e9364cf']);
    assert.equal(first.needTwoGroupOutOfScopeUpdates, true);
    assert.equal(first.skipSoftwareSync, false);
    assert.deepEqual(first.computerSpec, {});
    assert.match(first.productsParameters?.deviceAttributes ?? '', /;OSVersion=10\.0\.26200\.8037;/);
    const second = requestIn('SyncUpdates', capture('scan/000008/request')).parameters;
    assert.deepEqual(second.installedNonLeafUpdateIds, [108226, 108231]);
  });

  test('GetExtendedUpdateInfo, StartCategoryScan', () => {
    const request = requestIn('GetExtendedUpdateInfo', capture('flow/000015/request'));
    assert.equal(request.revisionIds.length, 18);
    assert.deepEqual(request.infoTypes, ['Extended', 'LocalizedProperties']);
    assert.deepEqual(request.locales, ['en-US', 'en']);
    assert.match(request.callerAttributes ?? '', /Id=<<PROCESS>>: powershell\.exe;/);
    assert.deepEqual(requestIn('StartCategoryScan', sample('real-04-StartCategoryScan-request')).requestedCategories, [
      { indexOfAndGroup: 0, categoryId: 'dd78b8a1-0b20-45c1-add6-4da72e9364cf' },
    ]);
  });

  test('ReportEventBatch', () => {
    const { eventBatch, clientTime } = requestIn('ReportEventBatch', capture('flow/000016/request'));
    assert.equal(clientTime.toString(), '2026-10-04T15:20:47.397Z');
    assert.deepEqual(
      eventBatch.map(({ basicData }) => basicData.eventId),
      [147, 148, 148, 148],
    );
    assert.equal(eventBatch[1]?.basicData.win32HResult, -2145123272);
    assert.ok(!('update' in (eventBatch[1]?.basicData ?? {})));
    assert.ok(eventBatch[3]?.extendedData?.miscData?.includes('AppName=<<PROCESS>>: powershell.exe'));
    assert.equal(eventBatch[0]?.extendedData?.osVersion?.revision, 65792);
    assert.deepEqual(eventBatch[0]?.privateData, {});
  });
});

describe('samples of older agents', { skip }, () => {
  test('every request parses', () => {
    const expected = {
      'spec-wusp-01-AUTHORIZATION-PHASE-GetConfig-Request': 'GetConfig',
      'spec-wusp-03-AUTHORIZATION-PHASE-GetAuthorizationCookie-Request': 'GetAuthorizationCookie',
      'spec-wusp-05-AUTHORIZATION-PHASE-GetCookie-Request': 'GetCookie',
      'spec-wusp-09-AUTHORIZATION-PHASE-RegisterComputer-Request': 'RegisterComputer',
      'spec-wusp-16-AUTHORIZATION-PHASE-ReportEventBatch-Request-EventID-148': 'ReportEventBatch',
      'spec-wusp-18-AUTHORIZATION-PHASE-ReportEventBatch-Request-EventID-183-202-147-156': 'ReportEventBatch',
      'real-02-GetCookie-request': 'GetCookie',
      'real-03-RegisterComputer-request': 'RegisterComputer',
      'real-05-SyncUpdates-category-scan-request': 'SyncUpdates',
      'real-07-GetExtendedUpdateInfo-request': 'GetExtendedUpdateInfo',
    } as const;
    for (const [name, operation] of Object.entries(expected)) requestIn(operation, sample(name));
  });

  test('xsi:nil is absent, arrayType is ignored', () => {
    const first = requestIn(
      'SyncUpdates',
      sample('spec-wusp-12-AUTHORIZATION-PHASE-SyncUpdates-Request-Very-First-from-WinXP'),
    );
    assert.deepEqual(first.parameters, { expressQuery: false, skipSoftwareSync: false });
    assert.equal(first.cookie.expiration.toString(), '2006-05-23T04:06:32.9843746Z');
    const second = requestIn(
      'SyncUpdates',
      sample('spec-wusp-13-AUTHORIZATION-PHASE-SyncUpdates-Request-Second-Request-from-WinXP-afte'),
    );
    assert.deepEqual(second.parameters.installedNonLeafUpdateIds, [109]);
    assert.equal(second.parameters.otherCachedUpdateIds?.length, 29);
    for (const name of [
      '14-AUTHORIZATION-PHASE-SyncUpdates-Request-Third-Request-from-WinXP-after',
      '15-AUTHORIZATION-PHASE-SyncUpdates-Request-Fourth-Request-from-WinXP-afte',
    ]) {
      assert.equal(requestIn('SyncUpdates', sample(`spec-wusp-${name}`)).parameters.otherCachedUpdateIds?.length, 58);
    }
  });

  test('RefreshCache, GetFileLocations', () => {
    const { globalIds } = requestIn(
      'RefreshCache',
      sample('spec-wusp-10-AUTHORIZATION-PHASE-RefreshCache-Request-After-getting-an-InvalidCoo-k'),
    );
    assert.equal(globalIds.length, 7);
    assert.deepEqual(globalIds[1], { updateId: '352f9494-d516-4b40-a21a-cd2416098982', revisionNumber: 51 });
    const { fileDigests } = requestIn(
      'GetFileLocations',
      sample('spec-wusp-11-AUTHORIZATION-PHASE-GetFileLocations-Request'),
    );
    assert.deepEqual(fileDigests, ['00'.repeat(20)]);
  });

  test('a status event', () => {
    const { eventBatch } = requestIn(
      'ReportEventBatch',
      sample('spec-wusp-17-AUTHORIZATION-PHASE-ReportEventBatch-Request-EventID-147-156'),
    );
    const status = eventBatch[1];
    assert.equal(status?.basicData.eventId, 156);
    assert.equal(status?.basicData.timeAtTarget.toString(), '2006-05-23T03:09:45.828Z');
    assert.equal(status?.basicData.eventInstanceId, '07b6bd18-bc34-4458-8fda-d517e3500272');
    assert.ok(!('replacementStrings' in (status?.extendedData ?? {})));
    assert.match(status?.extendedData?.miscData?.[0] ?? '', /^V=E45B26C2-278F-48F3-97D1-AA0FD57423D5;/);
  });
});
