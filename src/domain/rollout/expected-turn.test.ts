import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '#domain/rollout/campaign.ts';
import { withExpectedTurns } from '#domain/rollout/expected-turn.ts';

const WINDOW = Temporal.Instant.from('2023-10-22T01:00:00Z');
const turn = (changes: Partial<Turn>): Turn => ({
  campaignId: 'c',
  campaign: '2023-10 #1',
  updates: new Map(),
  state: 'waiting',
  ...changes,
});
const after = (changes: Partial<Turn>): Turn | undefined =>
  withExpectedTurns({ kinds: new Set(), turns: [turn(changes)] }, WINDOW).turns[0];

test('who only waits for others is expected to go; who waits for a gate is not', () => {
  const behind = after({ held: { code: 'order.group', text: 'dc1 is at its turn' } });
  assert.deepEqual([behind?.state, behind?.held, String(behind?.windowStart)], ['told', undefined, String(WINDOW)]);
  assert.equal(after({})?.state, 'told');
  for (const code of ['wave.not-open', 'wave.week-not-open', 'wave.stopped', 'wave.unplaced'] as const)
    assert.equal(after({ held: { code, text: 'later' } })?.state, 'waiting', code);
  assert.equal(after({ state: 'verified' })?.state, 'verified');
});
