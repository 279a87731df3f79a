import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seatsOf } from '#domain/rollout/at-once.ts';

test('seats by size, by share, by number, without limit; always one at least', () => {
  const bySize = [0, 1, 24, 25, 40, 100, 101, 1_000, 1_001, 5_000].map((servers) =>
    seatsOf({ kind: 'by-size' }, servers),
  );
  assert.deepEqual(bySize, [1, 1, 1, 1, 2, 5, 8, 80, 100, 500]);
  assert.equal(seatsOf({ kind: 'percent', percent: 30 }, 9), 2);
  assert.equal(seatsOf({ kind: 'percent', percent: 1 }, 9), 1);
  assert.equal(seatsOf({ kind: 'percent', percent: 100 }, 9), 9);
  assert.equal(seatsOf({ kind: 'servers', servers: 3 }, 2), 3);
  assert.equal(seatsOf({ kind: 'all' }, 2), Number.POSITIVE_INFINITY);
});
