import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OPERATIONS, SERVICES } from './operations.ts';
import { readResponse } from './read-response.ts';
import type { FragmentRef, SyncInfo, WuspResponse } from './types.ts';
import { type Chunk, faultOf, writeFault, writeResponse, writeStoredUpdate } from './write-response.ts';

const newCookie = { expiration: Temporal.Instant.from('2025-10-14T01:00:00.123456789Z'), encryptedData: 'AAAA' };
const EMPTY: SyncInfo = {
  newUpdates: [],
  outOfScopeRevisionIds: [],
  changedUpdates: [],
  truncated: false,
  newCookie,
  deployedOutOfScopeRevisionIds: [],
};

function inside(response: WuspResponse): string {
  const name = `${response.operation}Response`;
  const [, content] = new RegExp(`<${name} xmlns="[^"]*">(.*)</${name}>`).exec(writeResponse(response).join('')) ?? [];
  return content ?? '';
}

describe('SyncUpdates', () => {
  test('empty arrays are left out, the expiration keeps 7 digits', () => {
    assert.equal(
      inside({ operation: 'SyncUpdates', syncInfo: EMPTY }),
      '<SyncUpdatesResult><Truncated>false</Truncated><NewCookie><Expiration>2025-10-14T01:00:00.1234567Z</Expiration>' +
        '<EncryptedData>AAAA</EncryptedData></NewCookie></SyncUpdatesResult>',
    );
  });

  test('a deployment has its fields in the order of the wire', () => {
    const deployment = {
      lastChangeTime: '2025-10-14',
      downloadPriority: '3',
      isAssigned: true,
      deadline: Temporal.Instant.from('2025-10-18T20:00:00+02:00'),
      action: 'Install',
      id: 5,
    } as const;
    const content = inside({
      operation: 'SyncUpdates',
      syncInfo: {
        ...EMPTY,
        changedUpdates: [{ id: 1, deployment, isLeaf: true }],
        outOfScopeRevisionIds: [2, 3],
        deployedOutOfScopeRevisionIds: [4],
        driverSyncNotNeeded: true,
      },
    });
    assert.match(
      content,
      new RegExp(
        '^<SyncUpdatesResult><OutOfScopeRevisionIDs><int>2</int><int>3</int></OutOfScopeRevisionIDs>' +
          '<ChangedUpdates><UpdateInfo><ID>1</ID><Deployment><ID>5</ID><Action>Install</Action><Deadline>2025-10-18T18:00:00Z</Deadline>' +
          '<IsAssigned>true</IsAssigned><LastChangeTime>2025-10-14</LastChangeTime><DownloadPriority>3</DownloadPriority><AutoSelect>0</AutoSelect>' +
          '<AutoDownload>0</AutoDownload><SupersedenceBehavior>0</SupersedenceBehavior></Deployment><IsLeaf>true</IsLeaf></UpdateInfo></ChangedUpdates>' +
          '<Truncated>false</Truncated><NewCookie>.*</NewCookie><DeployedOutOfScopeRevisionIds><int>4</int></DeployedOutOfScopeRevisionIds>' +
          '<DriverSyncNotNeeded>true</DriverSyncNotNeeded></SyncUpdatesResult>$',
      ),
    );
  });

  test('updates are left to whoever has the bytes of their fragments: filled in, the pieces are the document', () => {
    const deployment = { id: 1, action: 'Evaluate', isAssigned: true, lastChangeTime: '2025-10-14' } as const;
    const refs: readonly FragmentRef[] = [
      { fragment: 'Core', revisionId: 7 },
      { fragment: 'Core', revisionId: 8 },
    ];
    const chunks = writeResponse({
      operation: 'SyncUpdates',
      syncInfo: { ...EMPTY, newUpdates: refs.map((xml) => ({ id: xml.revisionId, deployment, isLeaf: false, xml })) },
    });
    assert.deepEqual(
      chunks.filter((chunk) => typeof chunk !== 'string').map((chunk) => ('xml' in chunk ? chunk.xml : chunk)),
      refs,
    );
    const textOf = (chunk: Chunk): string => {
      if (typeof chunk === 'string') return chunk;
      if ('fragment' in chunk) return `&lt;a n="${chunk.revisionId}" /&gt;`;
      const { head, tail } = writeStoredUpdate(chunk);
      return `${head}${textOf(chunk.xml)}${tail}`;
    };
    const filled = chunks.map(textOf).join('');
    const read = readResponse('SyncUpdates', filled);
    assert.ok(read.ok, JSON.stringify(read));
    assert.deepEqual(
      read.response.syncInfo.newUpdates.map(({ xml }) => xml),
      ['<a n="7" />', '<a n="8" />'],
    );
  });
});

test('results that are arrays stay when they are empty', () => {
  assert.equal(inside({ operation: 'RefreshCache', results: [] }), '<RefreshCacheResult/>');
  const whole = writeResponse({ operation: 'RegisterComputer' }).join('');
  assert.match(whole, /<RegisterComputerResponse xmlns="[^"]+"\/><\/s:Body>/);
});

test('SimpleAuth and Reporting answer in the look of ASMX', () => {
  const authorizationCookie = { plugInId: 'SimpleTargeting', cookieData: 'AAAA' };
  const written = writeResponse({ operation: 'GetAuthorizationCookie', authorizationCookie });
  assert.equal(written.length, 1);
  assert.match(
    String(written[0]),
    /^<\?xml version="1\.0" encoding="utf-8"\?><soap:Envelope [^>]+><soap:Body><GetAuthorizationCookieResponse /,
  );
});

describe('faults', () => {
  test('for a client: unqualified detail, the refused SOAPAction in quotes', () => {
    const fault = faultOf('SyncUpdates', 'InvalidParameters', '0f6d43f3-8a2e-4313-99a6-71558f67f436', 'parameters.<x>');
    assert.equal(
      writeFault(fault, OPERATIONS.SyncUpdates),
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>' +
        '<faultstring>Fault occurred</faultstring><detail><ErrorCode>InvalidParameters</ErrorCode><Message>parameters.&lt;x&gt;</Message>' +
        '<ID>0f6d43f3-8a2e-4313-99a6-71558f67f436</ID>' +
        '<Method>"http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService/SyncUpdates"</Method></detail></s:Fault></s:Body></s:Envelope>',
    );
  });

  test('come back as they were sent, in both looks and versions', () => {
    for (const service of Object.values(SERVICES)) {
      for (const version of ['1.1', '1.2'] as const) {
        const fault = faultOf('GetCookie', 'InternalServerError', 'x', 'a & b');
        const read = readResponse('GetCookie', writeFault(fault, service, version));
        assert.ok(!read.ok);
        assert.deepEqual(read.fault, fault);
      }
    }
  });

  test("only the server's own failure blames the server", () => {
    assert.match(
      writeFault(faultOf('GetCookie', 'InternalServerError', 'x'), OPERATIONS.GetCookie),
      /<faultcode>s:Server</,
    );
    assert.match(
      writeFault(faultOf('ReportEventBatch', 'ConfigChanged', 'x'), OPERATIONS.ReportEventBatch),
      /<faultcode>soap:Client</,
    );
  });
});

test('what is no answer is told from a fault', () => {
  for (const body of [
    '',
    '<html><body>Bad gateway</body></html>',
    writeResponse({ operation: 'RegisterComputer' }).join(''),
  ]) {
    const read = readResponse('SyncUpdates', body);
    assert.ok(!read.ok && read.fault === undefined && read.message.length > 0);
  }
});
