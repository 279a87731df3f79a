import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sample, skip, text } from '#server/testing/captures.ts';
import { readWsusssRequest } from './read-request.ts';
import { readWsusssResponse } from './read-response.ts';
import type { WsusssOperation } from './types.ts';
import { writeWsusssRequest } from './write-request.ts';
import { writeWsusssResponse } from './write-response.ts';

const REQUESTS = [
  '01-AUTHORIZATION-PHASE-GetAuthConfig-Request',
  '03-AUTHORIZATION-PHASE-GetAuthorizationCookie-Request',
  '05-AUTHORIZATION-PHASE-GetCookie-Request',
  '07-META-DATA-SYNC-PHASE-GetConfigData-Request',
  '09-META-DATA-SYNC-PHASE-GetRevisionIdList-Request',
  '11-META-DATA-SYNC-PHASE-GetUpdateData-Request',
];

const RESPONSES = [
  ['GetAuthConfig', 'spec-wsusss-02-AUTHORIZATION-PHASE-GetAuthConfig-Response-Success'],
  ['GetAuthorizationCookie', 'spec-wsusss-04-AUTHORIZATION-PHASE-GetAuthorizationCookie-Response-Success'],
  ['GetCookie', 'spec-wsusss-06-AUTHORIZATION-PHASE-GetCookie-Response-Success'],
  ['GetConfigData', 'spec-wsusss-08-META-DATA-SYNC-PHASE-GetConfigData-Response'],
  ['GetConfigData', 'real-09-uss-GetConfigData-response'],
  ['GetRevisionIdList', 'spec-wsusss-10-META-DATA-SYNC-PHASE-GetRevisionIdList-Response'],
  ['GetUpdateData', 'spec-wsusss-12-META-DATA-SYNC-PHASE-GetUpdateData-Response'],
] as const satisfies readonly (readonly [WsusssOperation, string])[];

const NS = 'xmlns="http://www.microsoft.com/SoftwareDistribution';

/**
 * A sample as the wire would have it: the specification is laid out for people, prints the document of an update as elements, and cut
 * so much out of a blob that its padding is wrong.
 */
function asOnWire(name: string): string {
  return text(sample(name))
    .replace(/<!--.*?-->/g, '')
    .replace('==</XmlUpdateBlobCompressed>', '</XmlUpdateBlobCompressed>')
    .replace(/(<XmlUpdateBlob>)(.*?)(<\/XmlUpdateBlob>)/s, (_, open, inner, close) => open + escaped(inner) + close);
}

function escaped(xml: string): string {
  return xml.trim().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What does not matter: the declaration, white space between tags, empty arrays, the case of GUIDs, the padding of base64. */
function essence(message: string): string {
  return message
    .slice(message.indexOf(NS))
    .replace(/>\s+</g, '><')
    .replaceAll(' />', '/>')
    .replace(/<(fileUrls|LanguageUpdateList)\/>/g, '')
    .replace(/[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27}/g, (guid) => guid.toLowerCase())
    .replace(/=+(?=<)/g, '')
    .trimEnd();
}

describe('samples of the specification and of a real WSUS', { skip }, () => {
  for (const name of REQUESTS) {
    test(`${name} is written as it was read`, () => {
      const source = asOnWire(`spec-wsusss-${name}`);
      const read = readWsusssRequest(source);
      assert.ok(read.ok, JSON.stringify(read));
      assert.equal(essence(writeWsusssRequest(read.request)), essence(source));
    });
  }

  for (const [operation, name] of RESPONSES) {
    test(`${name} is written as it was read`, () => {
      const source = asOnWire(name);
      const read = readWsusssResponse(operation, source);
      assert.ok(read.ok, JSON.stringify(read));
      assert.equal(essence(writeWsusssResponse(read.response)), essence(source));
    });
  }

  test('both forms of a document', () => {
    const read = readWsusssResponse('GetUpdateData', asOnWire(RESPONSES[6][1]));
    assert.ok(read.ok);
    const [packed, plain] = read.response.updates;
    assert.ok(packed?.document.form === 'cabinet' && plain?.document.form === 'xml');
    assert.equal(new TextDecoder().decode(packed.document.cabinet.subarray(0, 4)), 'MSCF');
    assert.match(plain.document.xml, /^<upd:Update .*<\/upd:Update>$/s);
    assert.deepEqual(plain.id, { updateId: '17e993cd-cf5a-4276-9944-6af62ff7139c', revisionNumber: 100 });
  });

  test('a WSUS on Windows Server 2025', () => {
    const read = readWsusssResponse('GetConfigData', sample('real-09-uss-GetConfigData-response'));
    assert.deepEqual(read.ok && read.response.config, {
      catalogOnlySync: false,
      lazySync: true,
      serverHostsPsfFiles: false,
      maxNumberOfComputerIdsInRequest: 0,
      maxNumberOfDriverSetsPerRequest: 0,
      maxNumberOfPnpHardwareIdsInRequest: 0,
      maxNumberOfUpdatesPerRequest: 100,
      newConfigAnchor: '9438,2026-10-04 16:33:26.668',
      protocolVersion: '1.20',
      languages: [],
      maxUpdatesPerRequestInGetUpdateDecryptionData: 100,
    });
  });
});
