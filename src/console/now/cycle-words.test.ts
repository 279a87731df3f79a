import assert from 'node:assert/strict';
import { test } from 'node:test';
import { percentOf, standing } from './cycle-words.ts';

const WEEKS = [
  { name: 'early', start: '2023-10-11T00:00:00Z', end: '2023-10-18T00:00:00Z' },
  { name: 'default', start: '2023-10-18T00:00:00Z', end: '2023-10-25T00:00:00Z' },
];

test('an instant of a cycle is told by its release week', () => {
  const at = (instant: string): string => standing(WEEKS, Date.parse(instant));
  assert.equal(at('2023-10-10T18:00:00Z'), 'the early week begins in 6 h');
  assert.equal(at('2023-10-11T00:00:00Z'), 'day 1 of the early week');
  assert.equal(at('2023-10-17T23:59:59Z'), 'day 7 of the early week');
  assert.equal(at('2023-10-18T00:00:00Z'), 'day 1 of the default week');
  assert.equal(at('2023-10-25T00:00:00Z'), 'all release weeks are over; follow-up windows go on');
});

test('a place on the timeline stays on it', () => {
  const place = (instant: string): number => percentOf(instant, '2023-10-10T00:00:00Z', '2023-10-20T00:00:00Z');
  assert.deepEqual(['2023-10-15T00:00:00Z', '2023-09-01T00:00:00Z', '2024-01-01T00:00:00Z'].map(place), [50, 0, 100]);
});
