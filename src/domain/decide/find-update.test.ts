import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexCatalogue } from '#domain/catalogue/index-catalogue.ts';
import { updateIdOf } from '#domain/catalogue/testing.ts';
import { findUpdate, fitsTarget } from './find-update.ts';
import { category, clause, SERVER_2019, update } from './testing.ts';

const SERVER_2022 = '71718f13-7324-4b0f-8f9e-2ca9dc978e53';
const for2019 = update(1, { kb: '5031361', title: 'Cumulative for 2019' });
const for2022 = update(2, { kb: '5031361', title: 'Cumulative for 2022', prerequisites: [clause(SERVER_2022)] });
const catalogue = indexCatalogue(
  [
    category(1, SERVER_2019, 'Product', 'Windows Server 2019'),
    category(2, SERVER_2022, 'Product', 'Microsoft Server operating system-21H2'),
    for2019,
    for2022,
    update(3, { kb: '9000001', title: 'Cumulative' }),
  ],
  1,
);
const target = { osBuild: 20348, productType: 3 };
const found = (...asked: Parameters<typeof findUpdate> extends [unknown, ...infer Rest] ? Rest : never) => {
  const search = findUpdate(catalogue, ...asked);
  return search.ok ? search.update.revisionId : search.code;
};

test('an update is found by id, KB and title, whatever the letter case', () => {
  assert.equal(found(updateIdOf(1).toUpperCase()), 1);
  assert.equal(found('kb9000001'), 3);
  assert.equal(found('9000001'), 3);
  assert.equal(found('FOR 2022'), 2);
  assert.equal(found('cumulative'), 3, 'the whole title before a part of one');
  assert.equal(found('nothing of that name'), 'not-found');
  assert.equal(found(updateIdOf(99)), 'not-found');
});

test('of several, those that the server reported come first, then those for its Windows', () => {
  assert.equal(found('KB5031361'), 'ambiguous');
  assert.equal(found('KB5031361', { reported: new Set(), target }), 2);
  assert.equal(found('KB5031361', { reported: new Set([updateIdOf(1)]), target }), 1);
  assert.equal(found('KB5031361', { reported: new Set([updateIdOf(1), updateIdOf(2)]), target }), 'ambiguous');
});

test('an update fits a build of its generation, and any while the build is unknown', () => {
  assert.equal(fitsTarget(for2022, catalogue, target), true);
  assert.equal(fitsTarget(for2019, catalogue, target), false);
  assert.equal(fitsTarget(for2019, catalogue, {}), true);
});
