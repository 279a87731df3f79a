import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readUpdate } from '#protocol/update-xml/read-update.ts';
import { categoryDocuments } from './categories.ts';
import { cumulativeDocuments } from './cumulative.ts';
import { definitionDocuments } from './definitions.ts';
import { detectoidDocuments } from './detectoids.ts';
import { type DocumentFacts, writeDocument } from './document.ts';
import { dotnetDocuments } from './dotnet.ts';
import { driverDocuments } from './drivers.ts';
import { extraDocuments } from './extras.ts';
import { malformedDocuments } from './malformed.ts';
import { servicingStackDocuments } from './servicing-stack.ts';

const all: readonly DocumentFacts[] = [
  ...categoryDocuments(),
  ...detectoidDocuments(),
  ...servicingStackDocuments(),
  ...cumulativeDocuments(),
  ...dotnetDocuments(),
  ...definitionDocuments(Temporal.PlainDate.from('2023-10-31'), 3),
  ...driverDocuments(),
  ...extraDocuments(),
];

describe('documents of the sample', () => {
  it('read back to the facts that they were written from', () => {
    for (const facts of all) {
      const { revision, texts, eulaFiles } = read(facts);
      assert.equal(revision.updateId, facts.updateId);
      assert.equal(revision.revisionNumber, facts.revisionNumber);
      assert.equal(revision.updateType, facts.updateType);
      assert.equal(revision.published.toString(), facts.published);
      assert.equal(revision.publicationState, facts.expired ? 'Expired' : 'Published');
      assert.equal(revision.explicitlyDeployable, facts.explicitlyDeployable ?? false);
      assert.deepEqual([revision.kb, revision.severity], [facts.kb, facts.severity]);
      assert.deepEqual([revision.osUpgrade, revision.eulaId], [facts.osUpgrade, facts.eula?.id]);
      assert.equal(revision.handler, facts.handler?.namespace);
      assert.equal(revision.reboot, facts.reboot ?? 'NeverReboots');
      assert.equal(revision.removable, facts.removable ?? false);
      assert.equal(revision.title, facts.texts[0]?.title);
      assert.deepEqual(
        texts.map(({ title }) => title),
        facts.texts.map(({ title }) => title),
      );
      assert.deepEqual(revision.prerequisites, facts.prerequisites ?? []);
      assert.deepEqual(revision.bundles, facts.bundles ?? []);
      assert.deepEqual(revision.supersedes, facts.supersedes ?? []);
      assert.deepEqual(
        revision.files.map(({ sha1, name, size }) => ({ sha1, name, size })),
        (facts.files ?? []).map(({ sha1, name, size }) => ({ sha1, name, size })),
      );
      assert.equal(eulaFiles.length, facts.eula === undefined ? 0 : 1);
    }
  });

  it('give core fragments as clients know them', () => {
    const update = all.find(({ kb, bundles }) => kb === '5031361' && bundles !== undefined);
    const part = all.find(({ updateId }) => updateId === update?.bundles?.[0]?.[0]?.updateId);
    assert.ok(update && part);
    assert.doesNotMatch(read(update).fragments.core, /ApplicabilityRules/);
    const core = read(part).fragments.core;
    assert.match(core, /<IsInstalled><CbsPackageInstalled \/><\/IsInstalled>/);
    assert.match(core, /<assembly xmlns="urn:schemas-microsoft-com:asm.v3"/);
    assert.match(core, /<assemblyIdentity name="Package_for_RollupFix" version="17763.4974.1.0"/);
  });

  it('write companies and families in capitals, as the real ones are', () => {
    const windows = all.find(({ texts }) => texts[0]?.title === 'Windows');
    assert.ok(windows);
    assert.match(read(windows).fragments.core, /^<UpdateIdentity UpdateID="6964AAB4-C5B5-43BD-A17D-FFB4346A8E1D"/);
  });
});

describe('malformed documents', () => {
  for (const { name, xml } of malformedDocuments()) {
    it(`are refused: ${name}`, () => assert.equal(readUpdate(xml).ok, false));
  }
});

function read(facts: DocumentFacts) {
  const result = readUpdate(writeDocument(facts));
  assert.ok(result.ok, result.ok ? '' : `${facts.texts[0]?.title}: ${result.message}`);
  return result.update;
}
