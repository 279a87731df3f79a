import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planInShort, planWords } from './plan-words.ts';

test('a plan is told in words, long and short, past midnight too', () => {
  const plan = { kind: 'weekly', releaseWeek: 2, weekday: 7, hour: 2, windowMinutes: 240 } as const;
  assert.equal(planWords(plan), 'Default week, Sunday 02:00–06:00');
  assert.equal(planInShort(plan), 'Default, Sun 02:00–06:00');
  assert.equal(planInShort({ ...plan, weekday: 6, hour: 22, windowMinutes: 270 }), 'Default, Sat 22:00–02:30');
  assert.equal(
    planWords({ ...plan, kind: 'nightly', releaseWeek: 4, hour: 1 }),
    'Fourth week, every night 01:00–05:00',
  );
});
