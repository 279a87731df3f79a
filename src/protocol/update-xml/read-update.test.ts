import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UpdateDocument } from './document.ts';
import { readUpdate } from './read-update.ts';
import { documentOf } from './testing/documents.ts';

function read(xml: string | Uint8Array): UpdateDocument {
  const result = readUpdate(xml);
  assert.ok(
    result.ok,
    result.ok ? '' : `${result.code} ${result.message} at ${result.line}:${result.column} ${result.path}`,
  );
  return result.update;
}

const SHA1 = Buffer.alloc(20, 0xa5);
const SHA256 = Buffer.alloc(32, 0x5a);

const FULL = documentOf({
  properties: `<upd:Properties UpdateType="Software" DefaultPropertiesLanguage="en" EulaID="0AAC58EE-82A0-4452-a7fa-19f68398f1fa" AutoSelectOnWebSites="true" ExplicitlyDeployable="true" OSUpgrade="swap" IsBeta="true" PerUser="false" IsPublic="true" Handler="urn:handler" MaxDownloadSize="7" MsrcSeverity="Critical" PublicationState="Expired" CreationDate="2026-10-13T17:00:00" PublisherID="bccf8ca0-2819-4598-8d15-c1506e363e92">
    <upd:SupportUrl>https://support.example/?a=1&amp;b=2</upd:SupportUrl>
    <upd:SecurityBulletinID>MS17-010</upd:SecurityBulletinID>
    <upd:KBArticleID>5029924</upd:KBArticleID>
    <upd:InstallationBehavior Impact="RequiresExclusiveHandling" RebootBehavior="AlwaysRequiresReboot" />
    <upd:UninstallationBehavior />
  </upd:Properties>`,
  texts: `<upd:LocalizedPropertiesCollection>
    <upd:LocalizedProperties><upd:Language>de</upd:Language><upd:Title>Ein Update</upd:Title></upd:LocalizedProperties>
    <upd:LocalizedProperties><upd:Language>en</upd:Language><upd:Title> An &lt;update&gt; </upd:Title><upd:Description>Why</upd:Description><upd:UninstallNotes>How</upd:UninstallNotes><upd:MoreInfoUrl>https://a.example</upd:MoreInfoUrl><upd:MoreInfoUrl>https://b.example</upd:MoreInfoUrl><upd:SupportUrl>https://c.example</upd:SupportUrl></upd:LocalizedProperties>
    <upd:EulaFile Digest="${SHA1.toString('base64')}" DigestAlgorithm="SHA1" FileName="eula.txt" Size="12" Language="en" GeoId="244"><upd:AdditionalDigest Algorithm="SHA256">${SHA256.toString('base64')}</upd:AdditionalDigest></upd:EulaFile>
  </upd:LocalizedPropertiesCollection>`,
  relationships: `<upd:Relationships>
    <upd:SupersededUpdates><upd:UpdateIdentity UpdateID="CE84983E-b20e-44d7-a412-1fd91fc7bda8" /></upd:SupersededUpdates>
    <upd:Prerequisites><upd:UpdateIdentity UpdateID="be4048db-157c-4532-9582-7f05099590c9" /><upd:AtLeastOne IsCategory="true"><upd:UpdateIdentity UpdateID="e0789628-ce08-4437-be74-2495b842f43b" /><upd:UpdateIdentity UpdateID="8c3fcc84-7410-4a95-8b89-a166a0190486" /></upd:AtLeastOne></upd:Prerequisites>
    <upd:BundledUpdates><upd:AtLeastOne><upd:UpdateIdentity UpdateID="90f961a9-1756-4493-aade-644c37589961" RevisionNumber="200" /><upd:UpdateIdentity UpdateID="ccb78947-6453-4ecc-9de8-bc0305c98f2d" RevisionNumber="201" /></upd:AtLeastOne><upd:UpdateIdentity UpdateID="1c835ddf-0c98-431b-93e2-50a3a872a30a" RevisionNumber="3" /></upd:BundledUpdates>
  </upd:Relationships>`,
  files: `<upd:Files><upd:File Digest="${SHA1.toString('base64')}" DigestAlgorithm="SHA1" FileName="a.cab" Size="4294967297" Modified="2026-10-04T09:39:26Z" PatchingType="Express"><upd:AdditionalDigest Algorithm="SHA256">${SHA256.toString('base64')}</upd:AdditionalDigest></upd:File></upd:Files>`,
});

test('everything that the service decides by is read', () => {
  const { revision, texts, eulaFiles, supportUrl, bulletins, securedFragment } = read(FULL);
  const file = { sha1: SHA1.toString('hex'), sha256: SHA256.toString('hex') };
  assert.equal(revision.published.toString(), '2026-10-13T17:00:00Z');
  assert.deepEqual(
    { ...revision, published: undefined },
    {
      updateId: '266f6222-c89d-43f2-9f8a-69340271e677',
      revisionNumber: 200,
      updateType: 'Software',
      title: 'An <update>',
      kb: '5029924',
      severity: 'Critical',
      published: undefined,
      publicationState: 'Expired',
      explicitlyDeployable: true,
      installedByDefault: true,
      isBeta: true,
      osUpgrade: 'swap',
      handler: 'urn:handler',
      eulaId: '0aac58ee-82a0-4452-a7fa-19f68398f1fa',
      reboot: 'AlwaysRequiresReboot',
      impact: 'RequiresExclusiveHandling',
      removable: true,
      prerequisites: [
        { anyOf: ['be4048db-157c-4532-9582-7f05099590c9'], isCategory: false },
        { anyOf: ['e0789628-ce08-4437-be74-2495b842f43b', '8c3fcc84-7410-4a95-8b89-a166a0190486'], isCategory: true },
      ],
      bundles: [
        [
          { updateId: '90f961a9-1756-4493-aade-644c37589961', revisionNumber: 200 },
          { updateId: 'ccb78947-6453-4ecc-9de8-bc0305c98f2d', revisionNumber: 201 },
        ],
        [{ updateId: '1c835ddf-0c98-431b-93e2-50a3a872a30a', revisionNumber: 3 }],
      ],
      supersedes: ['ce84983e-b20e-44d7-a412-1fd91fc7bda8'],
      files: [{ ...file, name: 'a.cab', size: 4_294_967_297, patchingType: 'Express' }],
    },
  );
  assert.deepEqual(texts[0], { language: 'de', title: 'Ein Update', moreInfoUrls: [] });
  assert.deepEqual(texts[1], {
    language: 'en',
    title: 'An <update>',
    description: 'Why',
    uninstallNotes: 'How',
    moreInfoUrls: ['https://a.example', 'https://b.example'],
    supportUrl: 'https://c.example',
  });
  assert.deepEqual(eulaFiles, [{ ...file, name: 'eula.txt', size: 12, language: 'en', geoId: '244' }]);
  assert.equal(supportUrl, 'https://support.example/?a=1&b=2');
  assert.deepEqual(bulletins, ['MS17-010']);
  assert.equal(securedFragment, false);
});

test('absent attributes have the values of the schema', () => {
  const { revision } = read(documentOf());
  assert.equal(revision.publicationState, 'Published');
  assert.equal(revision.explicitlyDeployable, false);
  assert.equal(revision.reboot, 'NeverReboots');
  assert.equal(revision.impact, 'Normal');
  assert.equal(revision.removable, false);
  assert.equal(revision.kb, undefined);
  assert.deepEqual([revision.prerequisites, revision.bundles, revision.supersedes, revision.files], [[], [], [], []]);
});

test('a category says of which kind it is, and a secured update that it is one', () => {
  const { revision, securedFragment } = read(
    documentOf({
      properties:
        '<upd:Properties UpdateType="Category" CreationDate="2005-09-22T00:05:11Z"><upd:SecuredFragment><upd:FileUrl /></upd:SecuredFragment></upd:Properties>',
      handlerData:
        '<upd:HandlerSpecificData xsi:type="cat:Category"><cat:CategoryInformation CategoryType="Product" /></upd:HandlerSpecificData>',
    }),
  );
  assert.equal(revision.categoryType, 'Product');
  assert.equal(securedFragment, true);
});

test('the same document is read from text, UTF-8 and UTF-16, with and without a byte order mark', () => {
  const xml = documentOf({ relationships: '<!-- ä€😀 -->' }).replace('An update', 'Ein Update für „alle“ 😀');
  const utf16 = Buffer.from(xml, 'utf16le');
  const expected = read(xml);
  assert.equal(expected.revision.title, 'Ein Update für „alle“ 😀');
  for (const bytes of [
    Buffer.from(xml),
    Buffer.from(`\uFEFF${xml}`),
    utf16,
    Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
    Buffer.from(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])).swap16(),
  ]) {
    assert.deepEqual(read(bytes), expected);
  }
  assert.deepEqual(read(`\uFEFF<?xml version="1.0" encoding="utf-16"?>\r\n${xml}`), expected);
});
