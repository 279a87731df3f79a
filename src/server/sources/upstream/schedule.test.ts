import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextPull } from '#server/sources/upstream/schedule.ts';

const WALL = Temporal.Instant.from('2026-03-01T00:00:00Z');

test('after a failure an upstream is asked sooner than usual, then ever later, and never later than usual', () => {
  const waits: number[] = [];
  let failures = 0;
  for (let pull = 0; pull < 40; pull++) {
    const next = nextPull({ intervalMinutes: 360, failures }, 'failed', WALL);
    assert.equal(next.failures, failures + 1);
    failures = next.failures;
    waits.push(next.dueAt.since(WALL).total('minutes'));
  }
  assert.deepEqual(waits.slice(0, 8), [5, 10, 20, 40, 80, 160, 320, 360]);
  assert.ok(waits.slice(8).every((wait) => wait === 360));
  assert.deepEqual(nextPull({ intervalMinutes: 360, failures }, 'done', WALL), {
    failures: 0,
    dueAt: Temporal.Instant.from('2026-03-01T06:00:00Z'),
  });
});
