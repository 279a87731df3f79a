import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { indexCatalogue, withRevisions } from '#domain/catalogue/index-catalogue.ts';
import type { Revision, UpdateFile, UpdateId } from '#domain/catalogue/revision.ts';
import { catalogueRevisions, revisionOf, updateIdOf } from '#domain/catalogue/testing.ts';

const id = updateIdOf;
const ids = (revisions: Iterable<Revision>) => [...revisions].map((r) => r.revisionId).sort((a, b) => a - b);
const part = (number: number, revisionNumber = 1) => ({ updateId: id(number), revisionNumber });
const needs = (...numbers: readonly number[]) => [{ anyOf: numbers.map(id), isCategory: false }];
const file = (sha1: string): UpdateFile => ({ sha1, name: `${sha1}.cab`, size: 1 });

test('latest is the highest revision number, whatever the order of import', () => {
  const two = revisionOf({ revisionId: 1, updateId: id(9), revisionNumber: 2 });
  const one = revisionOf({ revisionId: 2, updateId: id(9), revisionNumber: 1 });
  const three = revisionOf({ revisionId: 3, updateId: id(9), revisionNumber: 3, publicationState: 'Expired' });
  const catalogue = indexCatalogue([two, one, three], 1);
  assert.equal(catalogue.latest(id(9)), three);
  assert.deepEqual(
    [1, 2, 3, 4].map((number) => catalogue.revision(id(9), number)),
    [one, two, three, undefined],
  );
  assert.equal(catalogue.latest(id(8)), undefined);
  assert.equal(catalogue.revision(id(8), 1), undefined);
});

test('deployable are the latest software and drivers that people approve, by revision id', () => {
  const catalogue = indexCatalogue(
    [
      revisionOf({ revisionId: 5, updateId: id(1), revisionNumber: 2 }),
      revisionOf({ revisionId: 4, updateId: id(1) }),
      revisionOf({ revisionId: 3, updateType: 'Driver' }),
      revisionOf({ revisionId: 2, explicitlyDeployable: false }),
      revisionOf({ revisionId: 1, updateId: id(7), updateType: 'Category' }),
      revisionOf({ revisionId: 6, updateType: 'Detectoid' }),
    ],
    1,
  );
  assert.deepEqual(
    catalogue.deployable.map((r) => r.revisionId),
    [3, 5],
  );
});

test('a leaf is what no latest revision requires; being a part of a bundle does not matter', () => {
  const catalogue = indexCatalogue(
    [
      revisionOf({ revisionId: 1 }),
      revisionOf({ revisionId: 2 }),
      revisionOf({ revisionId: 3 }),
      revisionOf({ revisionId: 4, prerequisites: [{ anyOf: [id(1), id(2)], isCategory: true }], bundles: [[part(3)]] }),
      revisionOf({ revisionId: 5, updateId: id(50), prerequisites: needs(3) }),
      revisionOf({ revisionId: 6, updateId: id(50), revisionNumber: 2 }),
    ],
    1,
  );
  assert.deepEqual(
    [1, 2, 3, 4, 50, 999].map((number) => catalogue.isLeaf(id(number))),
    [false, false, true, true, true, true],
  );
});

test('what an older revision requires is no leaf while a bundle is made of that revision', () => {
  const catalogue = indexCatalogue(
    [
      revisionOf({ revisionId: 1, updateType: 'Detectoid' }),
      revisionOf({ revisionId: 2, updateId: id(20), prerequisites: needs(1) }),
      revisionOf({ revisionId: 3, updateId: id(20), revisionNumber: 2 }),
      revisionOf({ revisionId: 4, bundles: [[part(20, 1)]] }),
    ],
    1,
  );
  assert.equal(catalogue.isLeaf(id(1)), false);
});

test('categories: own clauses first, then those of the parts', () => {
  const category = (
    revisionId: number,
    categoryType: 'Product' | 'ProductFamily' | 'UpdateClassification' | 'Company',
  ) => revisionOf({ revisionId, updateType: 'Category', categoryType, title: categoryType });
  const catalogue = indexCatalogue(
    [
      category(1, 'Company'),
      category(2, 'ProductFamily'),
      category(3, 'Product'),
      category(4, 'UpdateClassification'),
      category(5, 'UpdateClassification'),
      revisionOf({ revisionId: 10, prerequisites: [...needs(99, 1), ...needs(3, 2), ...needs(4), ...needs(3)] }),
      revisionOf({ revisionId: 11, prerequisites: needs(5), bundles: [[part(98)], [part(10)]] }),
      revisionOf({ revisionId: 12, bundles: [[part(13)]] }),
      revisionOf({ revisionId: 13, bundles: [[part(12)]] }),
    ],
    1,
  );
  const of = (number: number) => catalogue.latest(id(number)) ?? assert.fail();
  assert.deepEqual(
    [10, 11, 12].map((n) => catalogue.classification(of(n))),
    [id(4), id(5), undefined],
  );
  assert.deepEqual(
    [10, 11, 12].map((n) => catalogue.products(of(n))),
    [[id(3), id(2)], [id(3), id(2)], []],
  );
  assert.deepEqual([catalogue.categoryTitle(id(3)), catalogue.categoryTitle(id(77))], ['Product', id(77)]);
});

test('payload and reboot come from the whole bundle, cycles and all, each file once', () => {
  const catalogue = indexCatalogue(
    [
      revisionOf({ revisionId: 1, files: [file('aa')], bundles: [[part(2), part(9)], [part(3)]] }),
      revisionOf({ revisionId: 2, files: [file('bb'), file('aa')], reboot: 'CanRequestReboot', bundles: [[part(1)]] }),
      revisionOf({ revisionId: 3, files: [file('cc')], reboot: 'AlwaysRequiresReboot' }),
    ],
    1,
  );
  const [one, two, three] = [1, 2, 3].map((number) => catalogue.revisions.get(number) ?? assert.fail());
  assert.ok(one && two && three);
  assert.deepEqual(
    catalogue.payload(one).map((f) => f.sha1),
    ['aa', 'bb', 'cc'],
  );
  assert.deepEqual([one, two, three].map(catalogue.reboot), [
    'AlwaysRequiresReboot',
    'AlwaysRequiresReboot',
    'AlwaysRequiresReboot',
  ]);
  assert.equal(indexCatalogue([two], 1).reboot(two), 'CanRequestReboot');
});

test('supersedence is transitive, without the update itself and without what is not there', () => {
  const catalogue = indexCatalogue(
    [
      revisionOf({ revisionId: 1, supersedes: [id(3)] }),
      revisionOf({ revisionId: 2, supersedes: [id(1), id(1), id(77)] }),
      revisionOf({ revisionId: 3, supersedes: [id(2), id(3)] }),
      revisionOf({ revisionId: 4, supersedes: [id(2)] }),
    ],
    1,
  );
  assert.deepEqual([...catalogue.predecessors(id(1))].sort(), [id(2), id(3)]);
  assert.deepEqual([...catalogue.predecessors(id(4))].sort(), [id(1), id(2), id(3)]);
  assert.deepEqual([...catalogue.successors(id(2))].sort(), [id(1), id(3), id(4)]);
  assert.deepEqual([...catalogue.successors(id(4)), ...catalogue.successors(id(77))], []);
});

test('one is the successor of the other exactly when that one is its predecessor', () => {
  fc.assert(
    fc.property(catalogueRevisions({ cycles: true }), (revisions) => {
      const catalogue = indexCatalogue(revisions, 1);
      for (const { updateId } of revisions) {
        for (const older of catalogue.predecessors(updateId)) assert.ok(catalogue.successors(older).has(updateId));
        for (const newer of catalogue.successors(updateId)) assert.ok(catalogue.predecessors(newer).has(updateId));
      }
    }),
    { numRuns: 100 },
  );
});

test('a closure has the latest prerequisites and the exact parts, and nothing else', () => {
  const latest = (revisions: readonly Revision[], updateId: UpdateId) =>
    revisions.filter((r) => r.updateId === updateId).toSorted((a, b) => b.revisionNumber - a.revisionNumber)[0];
  const cases = fc.record({ revisions: catalogueRevisions({ cycles: true }), roots: fc.array(fc.nat(200)) });
  fc.assert(
    fc.property(cases, ({ revisions, roots: picks }) => {
      const roots = revisions.filter((_, at) => picks.includes(at));
      const expected = new Set<Revision | undefined>(roots);
      for (let size = -1; size !== expected.size; ) {
        size = expected.size;
        for (const revision of [...expected]) {
          for (const named of revision?.prerequisites.flatMap(({ anyOf }) => anyOf) ?? [])
            expected.add(latest(revisions, named));
          for (const { updateId, revisionNumber } of revision?.bundles.flat() ?? []) {
            expected.add(revisions.find((r) => r.updateId === updateId && r.revisionNumber === revisionNumber));
          }
        }
        expected.delete(undefined);
      }
      assert.deepEqual(indexCatalogue(revisions, 1).closure(roots), expected);
    }),
    { numRuns: 200 },
  );
});

test('a catalogue that grew by batches answers like one that was built at once', () => {
  const cases = fc.record({ revisions: catalogueRevisions({ cycles: true }), reads: fc.array(fc.boolean()) });
  fc.assert(
    fc.property(cases, ({ revisions, reads }) => {
      const whole = indexCatalogue(revisions, revisions.length);
      const steps = [indexCatalogue([], 0)];
      for (const [at, revision] of revisions.entries()) {
        const last = steps.at(-1) ?? assert.fail();
        if (reads[at]) assert.equal(last.revisions.size, at);
        steps.push(withRevisions(last, [revision], at + 1));
      }
      const grown = steps.at(-1) ?? assert.fail();
      assert.equal(grown.version, whole.version);
      assert.deepEqual(ids(grown.revisions.values()), ids(whole.revisions.values()));
      assert.deepEqual(grown.deployable, whole.deployable);
      for (const { updateId } of revisions) {
        assert.equal(grown.latest(updateId), whole.latest(updateId));
        assert.equal(grown.isLeaf(updateId), whole.isLeaf(updateId));
      }
      for (const [at, step] of steps.entries())
        assert.equal(step.revisions.size, at, 'older catalogues stay as they were');
    }),
    { numRuns: 100 },
  );
});

test('a revision that is added again replaces the old one', () => {
  const before = indexCatalogue([revisionOf({ revisionId: 1, title: 'old' })], 1);
  const after = withRevisions(before, [revisionOf({ revisionId: 1, title: 'new' })], 2);
  assert.deepEqual(
    [before, after].map((catalogue) => catalogue.latest(id(1))?.title),
    ['old', 'new'],
  );
  assert.equal(after.revisions.size, 1);
});

test('chains and rings of 100,000 documents neither hang nor overflow', () => {
  const count = 100_000;
  const ring = (number: number) => (number % count) + 1;
  const revisions = Array.from({ length: count }, (_, at) =>
    revisionOf({
      revisionId: at + 1,
      prerequisites: needs(ring(at + 1)),
      bundles: [[part(ring(at + 2))]],
      supersedes: [id(ring(at + 1))],
    }),
  );
  let catalogue = indexCatalogue([], 0);
  for (let at = 0; at < count; at += 100) catalogue = withRevisions(catalogue, revisions.slice(at, at + 100), at + 1);
  const first = catalogue.latest(id(1)) ?? assert.fail();
  assert.equal(catalogue.revisions.size, count);
  assert.equal(catalogue.closure([first]).size, count);
  assert.equal(catalogue.predecessors(id(1)).size, count - 1);
  assert.equal(catalogue.successors(id(1)).size, count - 1);
  assert.equal(catalogue.reboot(first), 'NeverReboots');
});

test('supersedence stays right when the closures are too many to keep', () => {
  const count = 2_000;
  const revisions = Array.from({ length: count }, (_, at) =>
    revisionOf({ revisionId: at + 1, supersedes: at === 0 ? [] : [id(at)] }),
  );
  const catalogue = indexCatalogue(revisions, 1);
  for (let number = 1; number <= count; number++) assert.equal(catalogue.predecessors(id(number)).size, number - 1);
  assert.equal(catalogue.predecessors(id(7)).size, 6);
});
