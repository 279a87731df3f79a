import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyEffect, type ServerClass, updatesInQuestion } from '#domain/approval/effect.ts';
import type { PersonDecision } from '#domain/approval/verdict.ts';
import { indexCatalogue } from '#domain/catalogue/index-catalogue.ts';
import { revisionOf, updateIdOf } from '#domain/catalogue/testing.ts';
import { LATER, policyFrom } from '#server/testing/update-sketch.ts';

const policy = (verdict: string, title = '*') =>
  policyFrom(`name: p\nrules:\n  - { name: r, when: { title: "${title}" }, verdict: ${verdict}, reason: Because. }\n`);
const [APPROVE, REFUSE] = [policy('approve'), policy('not-approve')];
const [OLD, NEW, OTHER] = [1, 2, 3].map(updateIdOf) as [string, string, string];
const CATALOGUE = indexCatalogue(
  [revisionOf({ revisionId: 1 }), revisionOf({ revisionId: 2, supersedes: [OLD] }), revisionOf({ revisionId: 3 })],
  1,
);

function servers(needed: readonly string[], given: Partial<ServerClass> = {}): ServerClass {
  return { customerId: 'acme', target: { osBuild: 17763, productType: 3 }, needed, held: [], servers: 10, ...given };
}

function effect(
  [before, after]: readonly [typeof APPROVE, typeof APPROVE],
  classes: readonly ServerClass[],
  words: readonly PersonDecision[] = [],
) {
  return policyEffect(before, after, { catalogue: CATALOGUE, persons: new Map([[OTHER, words]]) }, classes, LATER);
}

test('servers that need what is approved newly are counted once, updates by themselves and by customer', () => {
  const { offered, withdrawn, updates } = effect(
    [REFUSE, APPROVE],
    [servers([NEW, OTHER]), servers([OTHER], { customerId: 'blue', servers: 3 }), servers([])],
  );
  assert.deepEqual(offered, { updates: 2, servers: 13 });
  assert.deepEqual(withdrawn, { updates: 0, servers: 0, holding: 0 });
  assert.deepEqual(
    updates.map(({ update, reach }) => [update.updateId, reach.offered]),
    [
      [OTHER, 13],
      [NEW, 10],
    ],
  );
  assert.deepEqual(
    [...(updates[0]?.customers ?? [])].map(([id, { offered: own }]) => [id, own]),
    [
      ['acme', 10],
      ['blue', 3],
    ],
  );
});

test('what is withdrawn tells who holds the offer already', () => {
  const classes = [servers([OTHER]), servers([OTHER], { held: [OTHER], servers: 2 })];
  const { withdrawn, updates } = effect([APPROVE, REFUSE], classes);
  assert.deepEqual(withdrawn, { updates: 1, servers: 12, holding: 2 });
  assert.deepEqual(updates[0]?.reach, { offered: 0, withdrawn: 12, holding: 2 });
});

test('an update gives way to an approved successor that is needed too, and comes back when that is refused', () => {
  const older = policy('approve', 'Update 1');
  assert.deepEqual(effect([REFUSE, APPROVE], [servers([OLD, NEW])]).offered, { updates: 1, servers: 10 });
  const { offered, withdrawn } = effect([APPROVE, older], [servers([OLD, NEW])]);
  assert.deepEqual([offered.updates, withdrawn.updates], [1, 1]);
  assert.deepEqual(updatesInQuestion([NEW], CATALOGUE), [OLD, NEW]);
});

test('a person who has the last word leaves the policy nothing to change', () => {
  const word = { who: 'Ann', why: 'no', at: LATER, atCustomersRisk: false } as const;
  const declined: PersonDecision = { ...word, decision: 'decline', customerId: 'acme' };
  const classes = [servers([OTHER]), servers([OTHER], { customerId: 'blue', servers: 4 })];
  assert.equal(effect([REFUSE, APPROVE], classes, [declined]).offered.servers, 4);
  const alone: PersonDecision = { ...declined, serverId: 'one' };
  const named = [servers([OTHER]), servers([OTHER], { serverId: 'one', servers: 1 })];
  assert.equal(effect([REFUSE, APPROVE], named, [alone]).offered.servers, 10);
});

test('what Microsoft withdrew reaches nobody', () => {
  const catalogue = indexCatalogue([revisionOf({ revisionId: 3, publicationState: 'Expired' })], 1);
  const { offered } = policyEffect(REFUSE, APPROVE, { catalogue, persons: new Map() }, [servers([OTHER])], LATER);
  assert.equal(offered.servers, 0);
});
