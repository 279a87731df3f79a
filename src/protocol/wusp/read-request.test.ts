import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OPERATIONS } from './operations.ts';
import { type RequestFailure, readRequest } from './read-request.ts';
import type { WuspOperation, WuspRequest } from './types.ts';

const COOKIE = '<cookie><Expiration>2025-10-14T00:00:00Z</Expiration><EncryptedData>AAAA</EncryptedData></cookie>';

function request(operation: WuspOperation, content: string): string {
  const { namespace } = OPERATIONS[operation];
  return (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<s:Body><${operation} xmlns="${namespace}">${content}</${operation}></s:Body></s:Envelope>`
  );
}

function requestIn(body: string): WuspRequest {
  const read = readRequest(body);
  assert.ok(read.ok, JSON.stringify(read));
  return read.request;
}

function refusalOf(operation: WuspOperation, content: string): RequestFailure {
  const read = readRequest(request(operation, content));
  assert.ok(!read.ok, 'was accepted');
  assert.equal(read.operation, operation);
  return read;
}

function sync(parameters: string): string {
  return `${COOKIE}<parameters><SkipSoftwareSync>false</SkipSoftwareSync>${parameters}</parameters>`;
}

describe('patience', () => {
  test('unknown elements and attributes, any order, comments and white space', () => {
    const parameters =
      '<!-- c --><New><SkipSoftwareSync>true</SkipSoftwareSync></New><OtherCachedUpdateIDs a="b">\n<int>\t7 </int>\n<other/><int>+8</int></OtherCachedUpdateIDs>' +
      '<InstalledNonLeafUpdateIDs/><CachedDriverIDs xsi:nil="true"/>';
    const read = requestIn(
      request('SyncUpdates', `<parameters>${parameters}<SkipSoftwareSync> 1 </SkipSoftwareSync></parameters>${COOKIE}`),
    );
    assert.ok(read.operation === 'SyncUpdates');
    assert.deepEqual(read.parameters, {
      otherCachedUpdateIds: [7, 8],
      installedNonLeafUpdateIds: [],
      skipSoftwareSync: true,
    });
  });

  test('devices are counted, not kept', () => {
    const devices = '<Device><HardwareIDs><string>PCI\\VEN_8086</string></HardwareIDs></Device>'.repeat(3);
    const read = requestIn(request('SyncUpdates', sync(`<SystemSpec>${devices}</SystemSpec>`)));
    assert.ok(read.operation === 'SyncUpdates');
    assert.equal(read.parameters.systemSpecDevices, 3);
  });

  test('dates with and without a zone; a BIOS date that is none is absent', () => {
    const numbers = [
      'OSMajorVersion',
      'OSMinorVersion',
      'OSBuildNumber',
      'OSServicePackMajorNumber',
      'OSServicePackMinorNumber',
      'SuiteMask',
      'OldProductType',
      'NewProductType',
      'SystemMetrics',
      'ClientVersionMajorNumber',
      'ClientVersionMinorNumber',
      'ClientVersionBuildNumber',
      'ClientVersionQfeNumber',
    ]
      .map((name) => `<${name}>3</${name}>`)
      .join('');
    for (const [date, expected] of [
      ['2003-08-14T00:00:00', '2003-08-14T00:00:00Z'],
      ['2003-08-14T02:00:00.1234567+02:00', '2003-08-14T00:00:00.1234567Z'],
      ['08/14/2003', undefined],
      ['2003-02-30T00:00:00Z', undefined],
      ['', undefined],
      ['x'.repeat(10_000), undefined],
    ] as const) {
      const info = `<computerInfo><DnsName>srv</DnsName>${numbers}<BiosReleaseDate>${date}</BiosReleaseDate></computerInfo>`;
      const read = requestIn(request('RegisterComputer', COOKIE + info));
      assert.ok(read.operation === 'RegisterComputer');
      assert.equal(read.computerInfo.biosReleaseDate?.toString(), expected);
    }
  });

  test('GUIDs in any letter case, base64 with line breaks', () => {
    const read = requestIn(
      request(
        'StartCategoryScan',
        '<requestedCategories><CategoryRelationship><IndexOfAndGroup>0</IndexOfAndGroup><CategoryId>DD78B8A1-0B20-45C1-ADD6-4DA72E9364CF</CategoryId></CategoryRelationship></requestedCategories>',
      ),
    );
    assert.ok(read.operation === 'StartCategoryScan');
    assert.equal(read.requestedCategories[0]?.categoryId, 'dd78b8a1-0b20-45c1-add6-4da72e9364cf');
    const cookie = COOKIE.replace('AAAA', '\n AA\r\nAA ');
    const other = requestIn(request('RefreshCache', cookie));
    assert.ok(other.operation === 'RefreshCache');
    assert.equal(other.cookie.encryptedData, 'AAAA');
    assert.deepEqual(other.globalIds, []);
  });

  test('more than 400 installed revisions: a real server refuses them, this one does not', () => {
    const ids = Array.from({ length: 5000 }, (_, n) => `<int>${n}</int>`).join('');
    const read = requestIn(
      request('SyncUpdates', sync(`<InstalledNonLeafUpdateIDs>${ids}</InstalledNonLeafUpdateIDs>`)),
    );
    assert.ok(read.operation === 'SyncUpdates');
    assert.equal(read.parameters.installedNonLeafUpdateIds?.length, 5000);
  });

  test('kinds of fragments that are unknown are left out', () => {
    const types = ['Eula', 'Newest', 'Extended']
      .map((name) => `<XmlUpdateFragmentType>${name}</XmlUpdateFragmentType>`)
      .join('');
    const read = requestIn(
      request(
        'GetExtendedUpdateInfo',
        `${COOKIE}<revisionIDs><int>1</int></revisionIDs><infoTypes>${types}</infoTypes>`,
      ),
    );
    assert.ok(read.operation === 'GetExtendedUpdateInfo');
    assert.deepEqual(read.infoTypes, ['Extended', 'Eula']);
  });

  test('both spellings of the HRESULT, unsigned too; a replacement string that is nil keeps its place', () => {
    const basic =
      '<TargetID><Sid>a-1</Sid></TargetID><SequenceNumber>0</SequenceNumber><TimeAtTarget>2025-10-14T00:00:00</TimeAtTarget>' +
      '<EventInstanceID>FAB199C1-6123-44F2-B01C-A5A92201B011</EventInstanceID><NamespaceID>1</NamespaceID><EventID>182</EventID><SourceID>101</SourceID>';
    const strings =
      '<ReplacementStrings><string>a</string><string xsi:nil="1"/><string>c</string></ReplacementStrings>';
    const events = ['Win32HResult', 'Win32Hresult']
      .map(
        (name) =>
          `<ReportingEvent><BasicData>${basic}<${name}>2149842967</${name}></BasicData><ExtendedData>${strings}</ExtendedData></ReportingEvent>`,
      )
      .join('');
    const read = requestIn(
      request(
        'ReportEventBatch',
        `${COOKIE}<clientTime>2025-10-14T00:00:00Z</clientTime><eventBatch>${events}</eventBatch>`,
      ),
    );
    assert.ok(read.operation === 'ReportEventBatch');
    assert.deepEqual(
      read.eventBatch.map(({ basicData }) => basicData.win32HResult),
      [-2145124329, -2145124329],
    );
    assert.deepEqual(read.eventBatch[0]?.extendedData?.replacementStrings, ['a', '', 'c']);
  });
});

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
