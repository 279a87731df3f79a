import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type UpdateClass, updateClass } from '#domain/approval/update-class.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import { type Sketch, sketch } from '#server/testing/update-sketch.ts';

function classOf(given: Sketch, osBuild?: number): UpdateClass {
  const { revision, catalogue } = sketch(given);
  return updateClass(revision, catalogue, osBuild === undefined ? undefined : { osBuild });
}

const WINDOWS: readonly [title: string, classification: string, expected: UpdateClass][] = [
  ['2024-09 Cumulative Update for Windows Server 2019 for x64-based Systems', 'Security Updates', 'os-cumulative'],
  [
    '2020-09 Security Monthly Quality Rollup for Windows Server 2012 R2 for x64-based Systems',
    'Security Updates',
    'os-cumulative',
  ],
  ['2022-08 Security Update for Windows Server 2019 for x64-based Systems', 'Security Updates', 'os-security'],
  ['2020-09 Security Only Quality Update for Windows Server 2012 R2', 'Security Updates', 'os-security'],
  ['2021-08 Servicing Stack Update for Windows Server 2019 for x64-based Systems', 'Security Updates', 'ssu'],
  ['2021-08 Servicing Stack Update for Windows Server 2019 for x64-based Systems', 'Service Packs', 'ssu'],
  ['2018-09 Update for Windows Server 2016 1803 for x64-based Systems', 'Critical Updates', 'os-other'],
  ['Update for Removal of Adobe Flash Player for Windows Server 2019', 'Updates', 'os-other'],
  ['2024-09 Cumulative Update Preview for Windows Server 2019 for x64-based Systems', 'Updates', 'preview'],
  ['2018-09 Cumulative Update for Windows Server 2016 1709 for x64-based Systems', 'Updates', 'preview'],
  ['2019-08 Preview of Monthly Quality Rollup for Windows Server 2012 R2', 'Updates', 'preview'],
  ['2024-07 Cumulative Update for .NET Framework 4.8 for Windows Server 2016', 'Security Updates', 'dotnet-security'],
  ['2022-10 Cumulative Update for .NET Framework 3.5 and 4.8', 'Updates', 'dotnet-other'],
  ['2024-09 Cumulative Update Preview for .NET Framework 3.5 and 4.8.1', 'Updates', 'preview'],
  ['Microsoft .NET Framework 4.8 for Windows Server 2019', 'Feature Packs', 'dotnet-other'],
  ['Microsoft .NET Framework 3.5 Service Pack 1', 'Service Packs', 'dotnet-other'],
  [
    'Cumulative Security Update for Internet Explorer 11 for Windows Server 2012 R2',
    'Security Updates',
    'os-role-security',
  ],
  ['Update for Internet Explorer 11 for Windows Server 2012 R2', 'Updates', 'os-other'],
  ['Internet Explorer 11 for Windows Server 2008 R2', 'Update Rollups', 'ie-version'],
  ['Security Update for Internet Information Services', 'Security Updates', 'os-role-security'],
  ['Windows Server 2008 R2 Service Pack 1', 'Service Packs', 'service-pack'],
  ['Cumulative time zone update for Windows Server 2012 R2', 'Updates', 'timezone'],
  ['Update for Windows: daylight saving time in Egypt', 'Update Rollups', 'timezone'],
  ['Windows Malicious Software Removal Tool x64 - v5.130', 'Update Rollups', 'tool'],
  ['Remote Desktop Connection 8.1 Client', 'Feature Packs', 'feature-pack'],
  ['2024-01 Dynamic Update for Windows 10 Version 22H2', 'Critical Updates', 'dynamic-update'],
  ['Windows 10 Version 22H2 x64-based systems 2022-10 via Enablement Package', 'Upgrades', 'feature-upgrade'],
  ['Some guidance', 'Guidance', 'microsoft-addon'],
];

for (const [title, classification, expected] of WINDOWS) {
  test(`${classification}: "${title}" is ${expected}`, () => {
    assert.equal(classOf({ title, classification }), expected);
  });
}

const PRODUCTS: readonly [products: string[], classification: string, expected: UpdateClass][] = [
  [['Office 2016'], 'Security Updates', 'office'],
  [['Office 2016'], 'Definition Updates', 'office'],
  [['Microsoft Edge', 'Windows Server 2019'], 'Updates', 'microsoft-addon'],
  [['Microsoft SQL Server 2019'], 'Security Updates', 'microsoft-addon'],
  [['.NET 8.0'], 'Security Updates', 'microsoft-addon'],
  [['A product that no table has'], 'Security Updates', 'microsoft-addon'],
  [['Microsoft Defender Antivirus'], 'Definition Updates', 'definition'],
  [['Microsoft Defender Antivirus'], 'Updates', 'os-other'],
  [['Windows Safe OS Dynamic Update', 'Windows 10 and later Dynamic Update'], 'Critical Updates', 'dynamic-update'],
  [['Windows Server 2019 and later, Servicing Drivers'], 'Updates', 'driver'],
  [['Internet Explorer 8 Dynamic Installer'], 'Update Rollups', 'ie-version'],
];

for (const [products, classification, expected] of PRODUCTS) {
  test(`${classification} for ${products.join(' and ')}: ${expected}`, () => {
    assert.equal(classOf({ products, classification, title: 'An update' }), expected);
  });
}

test('categories, detectoids and drivers are known by their type', () => {
  assert.equal(classOf({ updateType: 'Category' }), 'category');
  assert.equal(classOf({ updateType: 'Detectoid' }), 'detectoid');
  assert.equal(classOf({ updateType: 'Driver', title: 'Intel - net - 12.18.9.7' }), 'driver');
  assert.equal(classOf({ updateType: 'Driver', title: 'Contoso - Firmware - 1.4.2' }), 'firmware');
});

test('an update without a classification, or without a product, is unknown', () => {
  const { revision, catalogue } = sketch({});
  const withoutClassification = { ...revision, prerequisites: revision.prerequisites.slice(0, 1) };
  assert.equal(updateClass(withoutClassification, catalogue), 'unknown');
  assert.equal(updateClass({ ...revision, prerequisites: revision.prerequisites.slice(1) }, catalogue), 'unknown');
});

test('a publisher other than Microsoft is third-party, even when it calls its product a Windows Server', () => {
  assert.equal(classOf({ company: 'Local Publisher', family: 'Ours', products: ['Our tools'] }), 'third-party');
  const { revision, catalogue } = sketch({ company: 'Local Publisher', products: ['Windows Server 2077'] });
  assert.equal(updateClass(revision, catalogue), 'third-party');
});

test('the OSInstaller handler alone is a monthly update, not an upgrade', () => {
  const handler = 'http://schemas.microsoft.com/msus/2016/01/UpdateHandlers/OSInstaller';
  const title = '2025-01 for server operating system version 24H2';
  const products = ['Microsoft Server Operating System-24H2'];
  assert.equal(classOf({ handler, title, products }), 'os-cumulative');
});

test('OSUpgrade on the update or on a part of its bundle makes it a feature upgrade, whatever its classification says', () => {
  const title = '2024-10 Cumulative Update for Windows Server 2019 for x64-based Systems (KB5044277)';
  assert.equal(classOf({ title, osUpgrade: 'swap' }), 'feature-upgrade');
  assert.equal(classOf({ title, osUpgrade: 'false' }), 'os-cumulative');
  const part: Revision = {
    ...sketch({}).revision,
    updateId: 'a1111111-2222-3333-4444-555555555555',
    osUpgrade: 'swap',
  };
  const bundle = sketch({ title, bundles: [[{ updateId: part.updateId, revisionNumber: part.revisionNumber }]] }, [
    part,
  ]);
  assert.equal(updateClass(bundle.revision, bundle.catalogue), 'feature-upgrade');
});

test('a Windows update that is only for newer generations than the target is a feature upgrade there', () => {
  const update: Sketch = { title: '2024-10 Cumulative Update', products: ['Microsoft Server Operating System-24H2'] };
  assert.equal(classOf(update), 'os-cumulative');
  assert.equal(classOf(update, 26100), 'os-cumulative');
  assert.equal(classOf(update, 20348), 'feature-upgrade');
  const forBoth = { ...update, products: ['Microsoft Server Operating System-24H2', 'Windows Server 2019'] };
  assert.equal(classOf(forBoth, 17763), 'os-cumulative');
});

test('a Windows that the table does not know yet counts as newer than all that it knows', () => {
  const update: Sketch = { title: '2027-01 Cumulative Update', products: ['Microsoft Server Operating System-27H2'] };
  assert.equal(classOf(update, 26100), 'feature-upgrade');
  assert.equal(classOf(update, 29000), 'os-cumulative');
});

test('categories that name each other in a circle do not hang', () => {
  const { revision, catalogue } = sketch({ products: ['A product that no table has'] });
  const [product] = catalogue.products(revision);
  const circular = new Map([...catalogue.revisions.values()].map((known) => [known.updateId, known]));
  const family = [...circular.values()].find((known) => known.categoryType === 'ProductFamily');
  assert.ok(product && family);
  const looped = { ...family, prerequisites: [{ anyOf: [product], isCategory: true }] };
  const latest = (updateId: string) => (updateId === family.updateId ? looped : circular.get(updateId));
  assert.equal(updateClass(revision, { ...catalogue, latest }), 'third-party');
});
