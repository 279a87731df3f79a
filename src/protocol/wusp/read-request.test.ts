import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readRequest } from './read-request.ts';
import { COOKIE, request, sync } from './testing/requests.ts';
import type { WuspRequest } from './types.ts';

function requestIn(body: string): WuspRequest {
  const read = readRequest(body);
  assert.ok(read.ok, JSON.stringify(read));
  return read.request;
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
