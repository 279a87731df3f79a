import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOwnerTests } from '#domain/rollout/owner-tests.ts';

const at = (hours: number) => Temporal.Instant.from('2025-10-20T00:00:00Z').add({ hours });

test('the latest word of each owner counts, whoever has no server in the wave aside', () => {
  const tests = [
    { owner: 'Ann', result: 'did-not', at: at(1) },
    { owner: 'Ann', result: 'worked', at: at(3) },
    { owner: 'Ann', result: 'cannot-tell', at: at(2) },
    { owner: 'Bob', result: 'cannot-tell', at: at(1) },
    { owner: 'Guest', result: 'worked', at: at(1) },
  ] as const;
  assert.deepEqual(countOwnerTests(tests, new Set(['Ann', 'Bob', 'Cid'])), {
    worked: 2,
    didNot: 0,
    cannotTell: 1,
    owners: 3,
    ownersWorked: 1,
  });
});
