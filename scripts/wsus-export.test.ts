import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportRevisions, readExportRows } from './wsus-export.ts';

const ROW = {
  UpdateId: '89E11227-761b-4396-bf37-37a2b641fa84',
  Title: '2021-01 Update for Windows Server 2019 & others (KB4589208)',
  KBNumber: '4589208',
  CreationDate: '/Date(1615327326000)/',
  CompanyTitles: 'Microsoft',
  ProductFamilyTitles: 'Windows',
  Category: 'Windows 10, version 1903 and later Windows 10 LTSB',
  UpdateClassificationTitle: 'Updates',
  MsrcSeverity: 'Unspecified',
  UpdateType: 'Software',
  PublicationState: 'Published',
  IsBeta: false,
  IsSuperseded: true,
  HasSupersededUpdates: false,
  Type: 'SelfContained',
  FileName: 'one.cab',
  FileUri: 'http://download.example/one.cab',
  Size: 3276052,
  Hash: '6 235 0',
  AdditionalHash: '36 175 9',
};

function clixml(row: Record<string, unknown>): string {
  const escaped = (value: unknown) => String(value).replaceAll('&', '&amp;');
  const properties = Object.entries(row).map(([name, value]) => `<S N="${name}">${escaped(value)}</S>`);
  const namespace = 'http://schemas.microsoft.com/powershell/2004/04';
  return `<Objs Version="1.1.0.1" xmlns="${namespace}"><Obj RefId="0"><MS>${properties.join('\n')}</MS></Obj></Objs>`;
}

test('JSON rows of the same update become one update with two files', () => {
  const [update, ...others] = readExportRows(JSON.stringify([ROW, { ...ROW, FileName: 'two.cab' }]));
  assert.equal(others.length, 0);
  assert.deepEqual(
    update?.files.map(({ name }) => name),
    ['one.cab', 'two.cab'],
  );
  assert.equal(update?.files[0]?.sha1, '06eb00');
  assert.equal(update?.published.toString(), '2021-03-09T22:02:06Z');
  assert.deepEqual(update?.products, ['Windows 10, version 1903 and later', 'Windows 10 LTSB']);
  assert.deepEqual([update?.superseded, update?.supersedes, update?.severity], [true, false, undefined]);
});

test('CLIXML rows give the same', () => {
  const fromXml = readExportRows(clixml({ ...ROW, CreationDate: '2021-03-09T22:02:06Z' }));
  assert.deepEqual(fromXml, readExportRows(JSON.stringify([ROW])));
});

test('revisions name their categories by the ids that real catalogues have', () => {
  const revisions = exportRevisions(readExportRows(JSON.stringify([ROW])));
  assert.deepEqual(revisions.at(-1)?.prerequisites, [
    { anyOf: ['b3c75dc1-155f-4be4-b015-3f1a91758e52', 'd2085b71-5f1f-43a9-880d-ed159016d5c6'], isCategory: true },
    { anyOf: ['cd5ffd1e-e932-4e3a-bf74-18bf0b1bbd83'], isCategory: true },
  ]);
  assert.deepEqual(
    revisions.map(({ revisionId }) => revisionId),
    [1, 2, 3, 4, 5, 6],
  );
});
