import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUpdate } from './read-update.ts';
import { type DocumentParts, documentOf } from './testing/documents.ts';

const category = (data: string): DocumentParts => ({
  properties: '<upd:Properties UpdateType="Category" CreationDate="2005-09-22T00:05:11Z" />',
  handlerData: data,
});
const properties = (text: string): DocumentParts => ({ properties: `<upd:Properties ${text} />` });
const file = (attributes: string, children = '') => ({
  files: `<upd:Files><upd:File ${attributes}>${children}</upd:File></upd:Files>`,
});
const relationships = (text: string) => ({ relationships: `<upd:Relationships>${text}</upd:Relationships>` });
const texts = (text: string) => ({
  texts: `<upd:LocalizedPropertiesCollection>${text}</upd:LocalizedPropertiesCollection>`,
});
const text = (language: string) =>
  `<upd:LocalizedProperties><upd:Language>${language}</upd:Language><upd:Title>T</upd:Title></upd:LocalizedProperties>`;
const GUID = 'be4048db-157c-4532-9582-7f05099590c9';
const DIGEST = Buffer.alloc(20, 0xa5).toString('base64');

const REFUSED: readonly (readonly [string, DocumentParts, code: string, path: string])[] = [
  ['no identity', { identity: '' }, 'update.missing-element', 'Update'],
  [
    'two identities',
    { files: `<upd:UpdateIdentity UpdateID="${GUID}" RevisionNumber="1" />` },
    'update.duplicate-element',
    'Update/UpdateIdentity',
  ],
  [
    'no id',
    { identity: '<upd:UpdateIdentity RevisionNumber="1" />' },
    'update.missing-attribute',
    'Update/UpdateIdentity',
  ],
  [
    'a bad id',
    { identity: '<upd:UpdateIdentity UpdateID="{x}" RevisionNumber="1" />' },
    'update.bad-guid',
    'Update/UpdateIdentity',
  ],
  [
    'a revision beyond int32',
    { identity: `<upd:UpdateIdentity UpdateID="${GUID}" RevisionNumber="2147483648" />` },
    'update.bad-number',
    'Update/UpdateIdentity',
  ],
  [
    'a revision of text',
    { identity: `<upd:UpdateIdentity UpdateID="${GUID}" RevisionNumber="0x10" />` },
    'update.bad-number',
    'Update/UpdateIdentity',
  ],
  ['no properties', { properties: '' }, 'update.missing-element', 'Update'],
  ['no type', properties('CreationDate="2005-09-22T00:05:11Z"'), 'update.missing-attribute', 'Update/Properties'],
  ['an unknown type', properties('UpdateType="Firmware"'), 'update.bad-value', 'Update/Properties'],
  ['no date', properties('UpdateType="Software"'), 'update.missing-attribute', 'Update/Properties'],
  [
    'an impossible date',
    properties('UpdateType="Software" CreationDate="2005-13-22T00:05:11Z"'),
    'update.bad-time',
    'Update/Properties',
  ],
  [
    'an unknown state',
    properties('UpdateType="Software" CreationDate="2005-09-22T00:05:11Z" PublicationState="Hidden"'),
    'update.bad-value',
    'Update/Properties',
  ],
  [
    'a bad boolean',
    properties('UpdateType="Software" CreationDate="2005-09-22T00:05:11Z" IsBeta="yes"'),
    'update.bad-value',
    'Update/Properties',
  ],
  [
    'a bad licence id',
    properties('UpdateType="Software" CreationDate="2005-09-22T00:05:11Z" EulaID="1"'),
    'update.bad-guid',
    'Update/Properties',
  ],
  ['no texts', { texts: '' }, 'update.missing-element', 'Update'],
  ['no text', texts(''), 'update.no-title', 'Update/LocalizedPropertiesCollection'],
  [
    'no title',
    texts('<upd:LocalizedProperties><upd:Language>en</upd:Language></upd:LocalizedProperties>'),
    'update.no-title',
    'Update/LocalizedPropertiesCollection/LocalizedProperties',
  ],
  [
    'no language',
    texts('<upd:LocalizedProperties><upd:Title>T</upd:Title></upd:LocalizedProperties>'),
    'update.missing-element',
    'Update/LocalizedPropertiesCollection/LocalizedProperties',
  ],
  [
    'a language twice',
    texts(text('pt-br') + text('pt-BR')),
    'update.duplicate-language',
    'Update/LocalizedPropertiesCollection/LocalizedProperties',
  ],
  [
    'an empty clause',
    relationships('<upd:Prerequisites><upd:AtLeastOne /></upd:Prerequisites>'),
    'update.empty-clause',
    'Update/Relationships/Prerequisites/AtLeastOne',
  ],
  [
    'a prerequisite without an id',
    relationships('<upd:Prerequisites><upd:UpdateIdentity /></upd:Prerequisites>'),
    'update.missing-attribute',
    'Update/Relationships/Prerequisites/UpdateIdentity',
  ],
  [
    'an unknown clause',
    relationships('<upd:Prerequisites><upd:NoneOf /></upd:Prerequisites>'),
    'update.unexpected-element',
    'Update/Relationships/Prerequisites/NoneOf',
  ],
  [
    'a bundle without a revision',
    relationships(`<upd:BundledUpdates><upd:UpdateIdentity UpdateID="${GUID}" /></upd:BundledUpdates>`),
    'update.missing-attribute',
    'Update/Relationships/BundledUpdates/UpdateIdentity',
  ],
  ['a file without a digest', file('FileName="a" Size="1"'), 'update.missing-attribute', 'Update/Files/File'],
  ['a short digest', file('FileName="a" Size="1" Digest="AAAA"'), 'update.bad-digest', 'Update/Files/File'],
  [
    'a digest that is not base64',
    file('FileName="a" Size="1" Digest="!!!!"'),
    'update.bad-digest',
    'Update/Files/File',
  ],
  [
    'another algorithm',
    file(`FileName="a" Size="1" Digest="${DIGEST}" DigestAlgorithm="MD5"`),
    'update.bad-digest',
    'Update/Files/File',
  ],
  [
    'a short second digest',
    file(
      `FileName="a" Size="1" Digest="${DIGEST}"`,
      `<upd:AdditionalDigest Algorithm="SHA256">${DIGEST}</upd:AdditionalDigest>`,
    ),
    'update.bad-digest',
    'Update/Files/File/AdditionalDigest',
  ],
  ['a negative size', file(`FileName="a" Size="-1" Digest="${DIGEST}"`), 'update.bad-number', 'Update/Files/File'],
  [
    'a file without a name',
    file(`FileName="" Size="1" Digest="${DIGEST}"`),
    'update.missing-attribute',
    'Update/Files/File',
  ],
  ['a category without its kind', category(''), 'update.missing-element', 'Update'],
  [
    'an unknown kind of category',
    category('<upd:HandlerSpecificData><cat:CategoryInformation CategoryType="Vendor" /></upd:HandlerSpecificData>'),
    'update.bad-value',
    'Update/HandlerSpecificData/CategoryInformation',
  ],
  [
    'two attributes that would become one',
    { rules: '<upd:ApplicabilityRules xsi:type="a" type="b" />' },
    'update.ambiguous-attribute',
    'Update/ApplicabilityRules',
  ],
  [
    'an unknown entity',
    { rules: '<upd:ApplicabilityRules>&constructor;</upd:ApplicabilityRules>' },
    'update.not-xml',
    'Update/ApplicabilityRules',
  ],
  ['an unbound prefix', { rules: '<x:y />' }, 'update.not-xml', 'Update'],
];

for (const [name, parts, code, path] of REFUSED) {
  test(`refused: ${name}`, () => {
    const result = readUpdate(documentOf(parts));
    assert.deepEqual(result.ok ? 'read' : [result.code, result.path], [code, path]);
  });
}

test('a refusal says on which line and column', () => {
  const xml = documentOf({ identity: `\n\n  <upd:UpdateIdentity UpdateID="1" RevisionNumber="1" />` });
  const result = readUpdate(xml);
  assert.deepEqual(result.ok ? 'read' : [result.line, result.column], [3, 56]);
});

test('what is not such a document is refused, whatever it is', () => {
  const cases: readonly (readonly [string | Uint8Array, string])[] = [
    ['', 'update.not-xml'],
    ['hello', 'update.not-xml'],
    ['<a/>', 'update.unexpected-element'],
    ['<Update/>', 'update.unexpected-element'],
    [documentOf().slice(0, -3), 'update.not-xml'],
    [`${documentOf()}<b/>`, 'update.not-xml'],
    [`<!DOCTYPE a [<!ENTITY b "c">]>${documentOf()}`, 'update.dtd'],
    [new Uint8Array([0x3c, 0xff, 0xff]), 'update.bad-encoding'],
    [Buffer.from(documentOf()).subarray(0, 20), 'update.not-xml'],
    [Buffer.from('\uFEFF<a', 'utf16le').subarray(0, 5), 'update.bad-encoding'],
  ];
  for (const [xml, code] of cases) {
    const result = readUpdate(xml);
    assert.equal(result.ok ? 'read' : result.code, code, String(xml));
  }
});

test('size, depth, attributes and elements have limits', () => {
  const rules = (inner: string) => documentOf({ rules: `<upd:ApplicabilityRules>${inner}</upd:ApplicabilityRules>` });
  const attributes = Array.from({ length: 300 }, (_, index) => ` a${index}=""`).join('');
  const clause = '<upd:AtLeastOne />';
  const cases = [
    [readUpdate(documentOf(), { maxLength: 100 }), 'update.too-large'],
    [readUpdate(rules('<lar:And>'.repeat(500_000))), 'update.too-deep'],
    [readUpdate(rules(`<lar:And${attributes} />`)), 'update.too-many-attributes'],
    [readUpdate(documentOf(relationships(clause.repeat(60))), { maxElements: 50 }), 'update.too-many-elements'],
  ] as const;
  for (const [result, code] of cases) assert.equal(result.ok ? 'read' : result.code, code);
  assert.ok(readUpdate(rules('<lar:And />'.repeat(1000)), { maxElements: 50 }).ok);
});
