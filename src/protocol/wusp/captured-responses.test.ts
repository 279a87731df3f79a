import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { capture, sample, skip, text } from '#server/testing/captures.ts';
import { OPERATIONS } from './operations.ts';
import { readResponse } from './read-response.ts';
import type { WuspOperation } from './types.ts';
import { writeFault, writeResponse } from './write-response.ts';

function responseIn<O extends WuspOperation>(operation: O, bytes: Uint8Array) {
  const read = readResponse(operation, bytes);
  assert.ok(read.ok, JSON.stringify(read));
  return read.response;
}

describe('captured responses', { skip }, () => {
  const captured = [
    ['GetConfig', () => sample('real-01-GetConfig-response')],
    ['GetCookie', () => capture('scan/000003/response')],
    ['SyncUpdates', () => sample('real-06-SyncUpdates-response')],
    ['SyncUpdates', () => capture('scan/000006/response')],
    ['SyncUpdates', () => capture('scan/000008/response')],
    ['GetExtendedUpdateInfo', () => capture('flow/000015/response')],
    ['ReportEventBatch', () => capture('flow/000016/response')],
  ] as const;
  for (const [operation, load] of captured) {
    test(`${operation} is written as it was captured, blobs and all`, () => {
      const bytes = load();
      // The mark of a shortened blob has a space in it, which is none in base64.
      const expected = text(bytes).replace('(blob trimmed)', '(blobtrimmed)');
      assert.equal(writeResponse(responseIn(operation, bytes)).join(''), expected);
    });
  }

  test('GetConfig', () => {
    const { config } = responseIn('GetConfig', sample('real-01-GetConfig-response'));
    assert.equal(config.lastChange, '2026-10-04T13:17:07.59Z');
    assert.deepEqual(config.properties[2], { name: 'ProtocolVersion', value: '3.2' });
    assert.deepEqual(
      responseIn('GetConfig', sample('spec-wusp-02-AUTHORIZATION-PHASE-GetConfig-Response-Success')).config.authInfo,
      config.authInfo,
    );
  });

  test('the text of a fragment is unescaped once', () => {
    const [update] = responseIn('SyncUpdates', sample('real-06-SyncUpdates-response')).syncInfo.newUpdates;
    assert.match(
      update?.xml ?? '',
      /^<UpdateIdentity UpdateID="6964AAB4-C5B5-43BD-A17D-FFB4346A8E1D" RevisionNumber="100" \/><Properties/,
    );
    assert.deepEqual(update?.deployment, {
      id: 8069,
      action: 'Evaluate',
      isAssigned: true,
      lastChangeTime: '2026-10-04',
    });
  });

  test('file locations are known by the hex of their digest', () => {
    const { fileLocations, updates } = responseIn(
      'GetExtendedUpdateInfo',
      capture('flow/000015/response'),
    ).extendedUpdateInfo;
    assert.deepEqual([fileLocations.length, updates.length > 18], [9, true]);
    for (const { sha1, url } of fileLocations)
      assert.ok(url.includes(`/Content/${sha1.slice(-2).toUpperCase()}/${sha1.toUpperCase()}.`));
  });

  test('responses of older servers', () => {
    assert.equal(
      responseIn(
        'GetAuthorizationCookie',
        sample('spec-wusp-04-AUTHORIZATION-PHASE-GetAuthorizationCookie-Response-Success'),
      ).authorizationCookie.plugInId,
      'SimpleTargeting',
    );
    assert.equal(
      responseIn(
        'GetCookie',
        sample('spec-wusp-06-AUTHORIZATION-PHASE-GetCookie-Response-Success'),
      ).cookie.expiration.toString(),
      '2006-05-26T16:58:01.8749472Z',
    );
    assert.equal(
      responseIn('ReportEventBatch', sample('spec-wusp-19-AUTHORIZATION-PHASE-ReportEventBatch-Response-Success'))
        .accepted,
      true,
    );
    responseIn('RegisterComputer', sample('pywsus-register-computer'));
    responseIn('ReportEventBatch', sample('pywsus-report-event-batch'));
  });
});

describe('captured faults', { skip }, () => {
  test('are understood', () => {
    const cases = [
      [
        'GetCookie',
        'spec-wusp-07-AUTHORIZATION-PHASE-GetCookie-Response-SOAP-Fault-ConfigChanged',
        'ConfigChanged',
        '2587c8c1-4f54-4033-9f1a-3a195bf0495d',
      ],
      [
        'GetCookie',
        'spec-wusp-08-AUTHORIZATION-PHASE-GetCookie-Response-SOAP-Fault-InvalidCookie',
        'InvalidCookie',
        '34f57c46-0f67-45ed-b3d5-90bd2e8a1e87',
      ],
      [
        'ReportEventBatch',
        'spec-wusp-20-AUTHORIZATION-PHASE-ReportEventBatch-Response-SOAP-Fault-ConfigChange',
        'ConfigChanged',
        'f83d0ddb-2937-4d0a-a564-2d9a5cb906a4',
      ],
    ] as const;
    for (const [operation, name, errorCode, id] of cases) {
      const read = readResponse(operation, sample(name));
      assert.ok(!read.ok);
      assert.deepEqual(read.fault, { errorCode, id, method: OPERATIONS[operation].soapAction });
      const again = readResponse(operation, writeFault(read.fault, OPERATIONS[operation]));
      assert.deepEqual(again, read);
    }
  });

  test("one without the family's detail reads as InternalServerError", () => {
    const read = readResponse('SyncUpdates', sample('pywsus-internal-error'));
    assert.ok(!read.ok);
    assert.equal(read.fault?.errorCode, 'InternalServerError');
    assert.match(read.fault?.message ?? '', /unable to process the request/);
  });
});
