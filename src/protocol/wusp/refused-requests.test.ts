import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RequestFailure, readRequest } from './read-request.ts';
import { COOKIE, request, sync } from './testing/requests.ts';
import type { WuspOperation } from './types.ts';

function refusalOf(operation: WuspOperation, content: string): RequestFailure {
  const read = readRequest(request(operation, content));
  assert.ok(!read.ok, 'was accepted');
  assert.equal(read.operation, operation);
  return read;
}

describe('refusals', () => {
  const tooMany = `<int>1</int>`.repeat(100_001);
  const cases: readonly (readonly [string, WuspOperation, string, string, string])[] = [
    ['no cookie', 'SyncUpdates', '', 'InvalidCookie', 'cookie'],
    [
      'a cookie without data',
      'RefreshCache',
      '<cookie><Expiration>2025-10-14T00:00:00Z</Expiration></cookie>',
      'InvalidCookie',
      'cookie.EncryptedData',
    ],
    [
      'a cookie that never expires',
      'RefreshCache',
      COOKIE.replace('2025-10-14T00:00:00Z', 'never'),
      'InvalidCookie',
      'cookie.Expiration',
    ],
    [
      'a cookie of 10 kB',
      'RefreshCache',
      COOKIE.replace('AAAA', 'A'.repeat(10_000)),
      'InvalidCookie',
      'cookie.EncryptedData',
    ],
    ['two cookies', 'RefreshCache', COOKIE + COOKIE, 'InvalidCookie', 'cookie'],
    ['no parameters', 'SyncUpdates', COOKIE, 'InvalidParameters', 'parameters'],
    [
      'no word on software',
      'SyncUpdates',
      `${COOKIE}<parameters/>`,
      'InvalidParameters',
      'parameters.SkipSoftwareSync',
    ],
    [
      'an id that is none',
      'SyncUpdates',
      sync('<InstalledNonLeafUpdateIDs><int>x</int></InstalledNonLeafUpdateIDs>'),
      'InvalidParameters',
      'parameters.InstalledNonLeafUpdateIDs',
    ],
    [
      'an id above 32 bits',
      'SyncUpdates',
      sync('<OtherCachedUpdateIDs><int>2147483648</int></OtherCachedUpdateIDs>'),
      'InvalidParameters',
      'parameters.OtherCachedUpdateIDs',
    ],
    [
      'too many ids',
      'SyncUpdates',
      sync(`<OtherCachedUpdateIDs>${tooMany}</OtherCachedUpdateIDs>`),
      'InvalidParameters',
      'parameters.OtherCachedUpdateIDs',
    ],
    [
      'an element inside a number',
      'SyncUpdates',
      sync('<OtherCachedUpdateIDs><int><int>1</int></int></OtherCachedUpdateIDs>'),
      'InvalidParameters',
      'parameters.OtherCachedUpdateIDs',
    ],
    [
      'a category that is no GUID',
      'SyncUpdates',
      sync('<FilterCategoryIds><CategoryIdentifier><Id>7</Id></CategoryIdentifier></FilterCategoryIds>'),
      'InvalidParameters',
      'parameters.FilterCategoryIds.Id',
    ],
    [
      'a boolean of every object',
      'SyncUpdates',
      `${COOKIE}<parameters><SkipSoftwareSync>constructor</SkipSoftwareSync></parameters>`,
      'InvalidParameters',
      'parameters.SkipSoftwareSync',
    ],
    [
      'a client id with a slash',
      'GetAuthorizationCookie',
      '<clientId>a/b</clientId><dnsName>srv</dnsName>',
      'InvalidParameters',
      'clientId',
    ],
    [
      'a client id of 256',
      'GetAuthorizationCookie',
      `<clientId>${'a'.repeat(256)}</clientId><dnsName>srv</dnsName>`,
      'InvalidParameters',
      'clientId',
    ],
    ['no client id', 'GetAuthorizationCookie', '<clientId/><dnsName>srv</dnsName>', 'InvalidParameters', 'clientId'],
    [
      'a name of 2 kB',
      'GetAuthorizationCookie',
      `<clientId>a</clientId><dnsName>${'a'.repeat(2000)}</dnsName>`,
      'InvalidParameters',
      'dnsName',
    ],
    ['no authorization cookie', 'GetCookie', '<authCookies/>', 'InvalidAuthorizationCookie', 'authCookies'],
    [
      'two authorization cookies',
      'GetCookie',
      `<authCookies>${'<AuthorizationCookie><PlugInId/><CookieData/></AuthorizationCookie>'.repeat(2)}</authCookies>`,
      'InvalidAuthorizationCookie',
      'authCookies',
    ],
    [
      'a digest of 19 bytes',
      'GetFileLocations',
      `${COOKIE}<fileDigests><base64Binary>AAAAAAAAAAAAAAAAAAAAAAAAAA==</base64Binary></fileDigests>`,
      'InvalidParameters',
      'fileDigests',
    ],
    [
      '200 categories',
      'StartCategoryScan',
      `<requestedCategories>${'<CategoryRelationship><IndexOfAndGroup>0</IndexOfAndGroup><CategoryId>dd78b8a1-0b20-45c1-add6-4da72e9364cf</CategoryId></CategoryRelationship>'.repeat(200)}</requestedCategories>`,
      'InvalidParameters',
      'requestedCategories',
    ],
  ];
  for (const [what, operation, content, errorCode, place] of cases) {
    test(`${what}: ${errorCode} at ${place}`, () => {
      const { errorCode: code, place: where, message } = refusalOf(operation, content);
      assert.deepEqual([code, where], [errorCode, place]);
      assert.ok(message.length > 0 && message.length <= 200);
    });
  }

  test('an operation that is unknown, or of another service', () => {
    for (const name of ['GetTimestamps', 'ReportEventBatch', 'constructor']) {
      const read = readRequest(request('GetConfig', '').replaceAll('GetConfig', name));
      assert.ok(!read.ok);
      assert.deepEqual(
        [read.errorCode, read.operation, read.message],
        ['InvalidParameters', undefined, `unknown message ${name}`],
      );
    }
  });

  test('hostile documents end early, with a place', () => {
    const million = 1_000_000;
    for (const body of [
      '',
      '\u0000',
      '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      '<a>'.repeat(million),
      request('SyncUpdates', '<cookie>'.repeat(million)),
      request('SyncUpdates', `<cookie ${Array.from({ length: million }, (_, n) => `a${n}=""`).join(' ')}/>`),
      request('SyncUpdates', sync(`<OtherCachedUpdateIDs>${'<x/>'.repeat(million)}</OtherCachedUpdateIDs>`)),
      request('SyncUpdates', sync('<OtherCachedUpdateIDs><int>1')).slice(0, -200),
      request('GetConfig', `<protocolVersion>${'&amp;'.repeat(million)}</protocolVersion>`),
      'x'.repeat(9 * 1024 * 1024),
    ]) {
      const read = readRequest(body);
      assert.ok(!read.ok);
      assert.equal(read.errorCode, 'InvalidParameters');
      assert.match(read.place, /^line \d+, column \d+$|^protocolVersion$/);
    }
    const bytes = new TextEncoder().encode(request('GetConfig', ''));
    assert.ok(readRequest(bytes).ok);
    assert.ok(!readRequest(bytes.with(bytes.length - 30, 0xff)).ok);
  });
});
