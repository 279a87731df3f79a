import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { indexCatalogue } from '#domain/catalogue/index-catalogue.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import { catalogueRevisions, revisionOf, updateIdOf } from '#domain/catalogue/testing.ts';
import type { Deployment } from '#domain/decide/deployment.ts';
import { type SyncAsk, syncUpdates } from '#domain/sync/sync-updates.ts';
import { deploymentSetOf } from './testing.ts';

const LIMITS = { maxUpdates: 200, maxBytes: 1_000_000, bytesOf: () => 1_000 };
const INSTALL: Deployment = { action: 'Install', lastChange: '2023-10-10' };

const COMPANY = 1;
const FAMILY = 2;
const PRODUCT = 3;
const OTHER_PRODUCT = 4;
const DETECTOID = 5;
const UPDATE = 6;
const PART = 7;
const OTHER_UPDATE = 8;
const OTHER_DETECTOID = 9;
const LATER_UPDATE = 10;
const WITHDRAWN = 11;

const requires = (...numbers: readonly number[]) =>
  numbers.map((number) => ({ anyOf: [updateIdOf(number)], isCategory: number <= OTHER_PRODUCT }));

const REVISIONS = [
  revisionOf({ revisionId: COMPANY, updateType: 'Category', categoryType: 'Company' }),
  revisionOf({
    revisionId: FAMILY,
    updateType: 'Category',
    categoryType: 'ProductFamily',
    prerequisites: requires(COMPANY),
  }),
  revisionOf({ revisionId: PRODUCT, updateType: 'Category', categoryType: 'Product', prerequisites: requires(FAMILY) }),
  revisionOf({
    revisionId: OTHER_PRODUCT,
    updateType: 'Category',
    categoryType: 'Product',
    prerequisites: requires(FAMILY),
  }),
  revisionOf({ revisionId: DETECTOID, updateType: 'Detectoid' }),
  revisionOf({
    revisionId: UPDATE,
    prerequisites: requires(PRODUCT, DETECTOID),
    bundles: [[{ updateId: updateIdOf(PART), revisionNumber: 1 }]],
  }),
  revisionOf({ revisionId: PART, explicitlyDeployable: false }),
  revisionOf({ revisionId: OTHER_DETECTOID, updateType: 'Detectoid' }),
  revisionOf({ revisionId: OTHER_UPDATE, prerequisites: requires(OTHER_PRODUCT, OTHER_DETECTOID) }),
  revisionOf({ revisionId: LATER_UPDATE, prerequisites: requires(UPDATE) }),
];
const CATALOGUE = indexCatalogue([...REVISIONS, revisionOf({ revisionId: WITHDRAWN })], 1);
const SET = deploymentSetOf(CATALOGUE, 'all', new Map(REVISIONS.map((revision) => [revision, INSTALL])));

const ask = (facts: Partial<SyncAsk>): SyncAsk => ({
  installedNonLeaf: [],
  otherCached: [],
  filterCategories: [updateIdOf(PRODUCT)],
  needTwoGroupOutOfScope: true,
  known: SET,
  ...facts,
});

test('a category scan brings the chain of the category, its updates and what these need', () => {
  const rounds = [
    [],
    [COMPANY],
    [COMPANY, FAMILY],
    [COMPANY, FAMILY, PRODUCT, DETECTOID],
    [COMPANY, FAMILY, PRODUCT, DETECTOID, UPDATE],
  ];
  const brought = rounds.map((installedNonLeaf) => syncUpdates(CATALOGUE, SET, ask({ installedNonLeaf }), LIMITS));
  assert.deepEqual(
    brought.map(({ newUpdates }) => newUpdates.toSorted((a, b) => a - b)),
    [
      [COMPANY, DETECTOID, PART],
      [FAMILY, DETECTOID, PART],
      [PRODUCT, DETECTOID, PART],
      [UPDATE, PART],
      [PART, LATER_UPDATE],
    ],
  );
});

test('two groups: what is still deployed is kept, what is not goes', () => {
  const cached = {
    installedNonLeaf: [COMPANY, FAMILY, OTHER_PRODUCT],
    otherCached: [OTHER_UPDATE, OTHER_DETECTOID, LATER_UPDATE, WITHDRAWN, 99],
  };
  const two = syncUpdates(CATALOGUE, SET, ask(cached), LIMITS);
  assert.deepEqual(two.outOfScope, [WITHDRAWN, 99]);
  assert.deepEqual(two.deployedOutOfScope, [OTHER_PRODUCT, OTHER_UPDATE, OTHER_DETECTOID, LATER_UPDATE]);
  const one = syncUpdates(CATALOGUE, SET, ask({ ...cached, needTwoGroupOutOfScope: false }), LIMITS);
  assert.deepEqual(one.outOfScope, [OTHER_PRODUCT, OTHER_UPDATE, OTHER_DETECTOID, LATER_UPDATE, WITHDRAWN, 99]);
  assert.deepEqual(one.deployedOutOfScope, []);
});

test('without a filter there is one group, whatever the client asks for', () => {
  const answer = syncUpdates(CATALOGUE, SET, ask({ filterCategories: [], otherCached: [LATER_UPDATE, 99] }), LIMITS);
  assert.deepEqual(answer.outOfScope, [LATER_UPDATE, 99]);
  assert.deepEqual(answer.deployedOutOfScope, []);
});

test('an unknown category selects nothing', () => {
  const answer = syncUpdates(
    CATALOGUE,
    SET,
    ask({ filterCategories: [updateIdOf(77)], otherCached: [DETECTOID] }),
    LIMITS,
  );
  assert.deepEqual(answer.newUpdates, []);
  assert.deepEqual(answer.deployedOutOfScope, [DETECTOID]);
});

test('many different filters in a row give the same answers as one', () => {
  const scan = (filter: readonly UpdateId[]) =>
    syncUpdates(CATALOGUE, SET, ask({ filterCategories: filter, installedNonLeaf: [COMPANY, FAMILY] }), LIMITS);
  const first = scan([updateIdOf(OTHER_PRODUCT)]);
  for (let number = 100; number < 200; number++) scan([updateIdOf(number)]);
  assert.deepEqual(scan([updateIdOf(OTHER_PRODUCT), updateIdOf(OTHER_PRODUCT)]), first);
  assert.ok(first.newUpdates.includes(OTHER_PRODUCT) && !first.newUpdates.includes(PRODUCT));
});

/** Naively: the category and all that reaches it by prerequisites, then all that these reach by prerequisites and bundles. */
function scopeByTheBook(
  revisions: readonly Revision[],
  deployed: ReadonlySet<number>,
  category: UpdateId,
): Set<number> {
  const isLatest = (r: Revision) =>
    !revisions.some((o) => o.updateId === r.updateId && o.revisionNumber > r.revisionNumber);
  const needs = (r: Revision) => [
    ...revisions.filter((o) => isLatest(o) && r.prerequisites.some(({ anyOf }) => anyOf.includes(o.updateId))),
    ...revisions.filter((o) =>
      r.bundles.flat().some((part) => part.updateId === o.updateId && part.revisionNumber === o.revisionNumber),
    ),
  ];
  const scope = new Set(revisions.filter((r) => r.updateId === category && isLatest(r)));
  for (let size = -1; size !== scope.size; ) {
    size = scope.size;
    const ids = new Set([...scope].map((r) => r.updateId));
    for (const r of revisions) {
      const names = r.prerequisites.some(({ anyOf }) => anyOf.some((id) => ids.has(id)));
      if (deployed.has(r.revisionId) && names) scope.add(r);
    }
  }
  for (const r of scope) for (const needed of needs(r)) scope.add(needed);
  return new Set([...scope].map((r) => r.revisionId));
}

test('the scope of a filter is what the book says, in catalogues of any shape', () => {
  const cases = fc.record({
    revisions: catalogueRevisions({ cycles: true }),
    category: fc.nat(39).map(updateIdOf),
    installedNonLeaf: fc.array(fc.integer({ min: 97, max: 400 })),
  });
  fc.assert(
    fc.property(cases, ({ revisions, category, installedNonLeaf }) => {
      const catalogue = indexCatalogue(revisions, 1);
      const roots = catalogue.deployable.filter(({ revisionId }) => revisionId % 2 === 0);
      const set = deploymentSetOf(catalogue, 'some', new Map(roots.map((revision) => [revision, INSTALL])));
      const wide = syncUpdates(catalogue, set, ask({ filterCategories: [], installedNonLeaf, known: set }), LIMITS);
      const narrow = syncUpdates(
        catalogue,
        set,
        ask({ filterCategories: [category], installedNonLeaf, known: set }),
        LIMITS,
      );
      const scope = scopeByTheBook(revisions, new Set(set.deployments.keys()), category);
      assert.deepEqual(
        narrow.newUpdates,
        wide.newUpdates.filter((id) => scope.has(id)),
      );
    }),
    { numRuns: 200 },
  );
});
