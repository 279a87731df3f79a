import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ENVELOPE } from '#protocol/soap/envelope.ts';
import { DEFAULT_LIMITS } from '#protocol/xml/read.ts';
import { WSUSSS_OPERATIONS } from './operations.ts';
import { readWsusssRequest } from './read-request.ts';
import { readWsusssResponse } from './read-response.ts';
import type { WsusssOperation } from './types.ts';
import { writeWsusssRequest } from './write-request.ts';

const COOKIE = '<cookie><Expiration>2025-10-14T00:00:00Z</Expiration><EncryptedData>AAAA</EncryptedData></cookie>';

const AUTHORIZATION = '<AuthorizationCookie><PlugInId>x</PlugInId><CookieData>AA==</CookieData></AuthorizationCookie>';

function message(operation: WsusssOperation, element: string, content: string): string {
  const { namespace } = WSUSSS_OPERATIONS[operation];
  return `<s:Envelope xmlns:s="${ENVELOPE['1.1']}"><s:Body><${element} xmlns="${namespace}">${content}</${element}></s:Body></s:Envelope>`;
}

function refusalOf(operation: WsusssOperation, content: string): string {
  const read = readWsusssRequest(message(operation, operation, content));
  assert.ok(!read.ok, 'was accepted');
  assert.equal(read.operation, operation);
  return `${read.errorCode} ${read.place}`;
}

function responseIn<O extends WsusssOperation>(operation: O, content: string) {
  return readWsusssResponse(operation, message(operation, `${operation}Response`, content));
}

describe('requests', () => {
  test('a filter goes out in the order of the WSDL', () => {
    const written = writeWsusssRequest({
      operation: 'GetRevisionIdList',
      cookie: { expiration: Temporal.Instant.from('2025-10-14T00:00:00Z'), encryptedData: 'AAAA' },
      filter: {
        languages: [{ id: 1033, delta: false }],
        classifications: [{ id: '0fa1201d-4330-4fa8-8ae9-b877473b6441', delta: true }],
        categories: [],
        get63LanguageOnly: false,
        getConfig: false,
        anchor: '1,x',
      },
    });
    assert.ok(
      written.includes(
        '<filter><Anchor>1,x</Anchor><GetConfig>false</GetConfig><Get63LanguageOnly>false</Get63LanguageOnly><Classifications>' +
          '<IdAndDelta><Id>0fa1201d-4330-4fa8-8ae9-b877473b6441</Id><Delta>true</Delta></IdAndDelta></Classifications>' +
          '<Languages><LanguageAndDelta><Id>1033</Id><Delta>false</Delta></LanguageAndDelta></Languages></filter>',
      ),
      written,
    );
  });

  test('what is broken about cookies asks for new ones, all else is InvalidParameters', () => {
    assert.equal(refusalOf('GetUpdateData', '<updateIds/>'), 'InvalidCookie cookie');
    assert.equal(refusalOf('GetConfigData', '<cookie/>'), 'InvalidCookie cookie.Expiration');
    assert.equal(
      refusalOf('GetCookie', '<authCookies/><protocolVersion>1.20</protocolVersion>'),
      'InvalidAuthorizationCookie authCookies',
    );
    assert.equal(
      refusalOf('GetCookie', `<authCookies>${AUTHORIZATION.repeat(2)}</authCookies>`),
      'InvalidAuthorizationCookie authCookies',
    );
    assert.equal(
      refusalOf('GetCookie', `<authCookies>${AUTHORIZATION}</authCookies><protocolVersion>new</protocolVersion>`),
      'InvalidParameters protocolVersion',
    );
    assert.equal(refusalOf('GetRevisionIdList', COOKIE), 'InvalidParameters filter');
    assert.equal(
      refusalOf('GetRevisionIdList', `${COOKIE}<filter><GetConfig>maybe</GetConfig></filter>`),
      'InvalidParameters filter.GetConfig',
    );
    assert.equal(
      refusalOf('GetAuthorizationCookie', '<accountName>a.b</accountName><accountGuid>me</accountGuid>'),
      'InvalidParameters accountGuid',
    );
  });

  test('an operation counts in its own namespace only', () => {
    const stranger = message('GetConfigData', 'GetAuthorizationCookie', '<accountName>a.b</accountName>');
    const read = readWsusssRequest(stranger);
    assert.ok(!read.ok && read.operation === undefined);
  });

  test('more than a downstream server could mean is refused', () => {
    const read = readWsusssRequest(`<a>${' '.repeat(DEFAULT_LIMITS.size)}</a>`);
    assert.ok(!read.ok && read.errorCode === 'InvalidParameters');
    const many = '<LanguageAndDelta><Id>1033</Id><Delta>1</Delta></LanguageAndDelta>'.repeat(1025);
    assert.equal(
      refusalOf('GetRevisionIdList', `${COOKIE}<filter><Languages>${many}</Languages></filter>`),
      'InvalidParameters filter.Languages',
    );
  });
});

describe('responses', () => {
  const ID = '<Id><UpdateID>0FA1201D-4330-4FA8-8AE9-B877473B6441</UpdateID><RevisionNumber>1</RevisionNumber></Id>';
  const update = (content: string): string =>
    `<GetUpdateDataResult><updates><ServerSyncUpdateData>${content}</ServerSyncUpdateData></updates></GetUpdateDataResult>`;

  test('elements in any order, unknown ones between them', () => {
    const read = responseIn(
      'GetUpdateData',
      update(`<New/><XmlUpdateBlobCompressed>\r\n TVND\n Rg==</XmlUpdateBlobCompressed>${ID}`),
    );
    assert.ok(read.ok, JSON.stringify(read));
    const [entry] = read.response.updates;
    assert.equal(entry?.id.updateId, '0fa1201d-4330-4fa8-8ae9-b877473b6441');
    assert.deepEqual(entry.document, { form: 'cabinet', cabinet: Uint8Array.of(0x4d, 0x53, 0x43, 0x46) });
    assert.deepEqual([entry.fileDigests, read.response.fileUrls], [[], []]);
  });

  test('an entry without a document is as good as none', () => {
    const read = responseIn('GetUpdateData', update(ID));
    assert.deepEqual(read.ok && read.response.updates, []);
  });

  for (const [what, operation, content, reason] of [
    ['no result', 'GetUpdateData', '', /GetUpdateDataResult is missing/],
    [
      'two results',
      'GetRevisionIdList',
      '<GetRevisionIdListResult><Anchor/></GetRevisionIdListResult>'.repeat(2),
      /more than 1/,
    ],
    [
      'a cabinet that is not base64',
      'GetUpdateData',
      update(`${ID}<XmlUpdateBlobCompressed>!</XmlUpdateBlobCompressed>`),
      /not base64/,
    ],
    ['a document of elements', 'GetUpdateData', update(`${ID}<XmlUpdateBlob><a/></XmlUpdateBlob>`), /not text/],
    [
      'a digest that is no SHA-1',
      'GetUpdateData',
      update(`${ID}<FileDigestList><base64Binary>AA==</base64Binary></FileDigestList>`),
      /20 bytes/,
    ],
    [
      'an anchor without end',
      'GetRevisionIdList',
      `<GetRevisionIdListResult><Anchor>${'1'.repeat(5000)}</Anchor></GetRevisionIdListResult>`,
      /longer than/,
    ],
    [
      'a maximum that is none',
      'GetConfigData',
      '<GetConfigDataResult><MaxNumberOfUpdatesPerRequest>many</MaxNumberOfUpdatesPerRequest></GetConfigDataResult>',
      /not an integer/,
    ],
  ] as const) {
    test(`${what} is refused`, () => {
      const read = responseIn(operation, content);
      assert.ok(!read.ok && read.fault === undefined, 'was accepted');
      assert.match(read.message, reason);
    });
  }

  test('the answer to another operation is none', () => {
    const read = readWsusssResponse('GetCookie', message('GetConfigData', 'GetConfigDataResponse', ''));
    assert.deepEqual(read.ok, false);
  });

  test("a fault without the family's detail reads as InternalServerError", () => {
    const fault = `<s:Envelope xmlns:s="${ENVELOPE['1.1']}"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>Out of memory</faultstring></s:Fault></s:Body></s:Envelope>`;
    const read = readWsusssResponse('GetCookie', fault);
    assert.ok(!read.ok);
    assert.deepEqual(read.fault, { errorCode: 'InternalServerError', message: 'Out of memory', id: '', method: '' });
  });
});
