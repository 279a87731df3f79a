import assert from 'node:assert/strict';
import { it } from 'node:test';
import { firstDifference, skeletonOf } from '#simulator/replay/skeleton.ts';

it('counts a run of equal siblings once, however they are built', () => {
  const one = '<r><u><id/><x><y/></x></u><end/></r>';
  const many = '<r xmlns="urn:a"><u><id/><x><y/></x></u><u><id/><x><y/><y/></x></u><u><id/><x><y/></x></u><end/></r>';
  assert.deepEqual(skeletonOf(many), skeletonOf(one));
  assert.deepEqual(skeletonOf(one), ['r', 'r/u', 'r/u/id', 'r/u/x', 'r/u/x/y', 'r/end']);
});

it('says where two documents part', () => {
  assert.equal(
    firstDifference(skeletonOf('<r><a/><b/></r>'), skeletonOf('<r><a/><c/></r>')),
    'element 3: recorded r/b, now r/c',
  );
  assert.equal(firstDifference(skeletonOf('<r><a/></r>'), skeletonOf('<r><a/><a/></r>')), undefined);
});
