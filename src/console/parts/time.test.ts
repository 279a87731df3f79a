import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateOnly, dateTime, distance, duration, shortDate } from './time.ts';

const AT = '2023-10-22T01:00:00Z';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('an instant is told in the zone that is asked for, through a change of daylight saving', () => {
  assert.equal(dateTime(AT, 'Europe/London'), 'Sun 2023-10-22 02:00');
  assert.equal(dateTime(AT, 'Asia/Tokyo'), 'Sun 2023-10-22 10:00');
  assert.equal(dateTime(AT, 'America/Los_Angeles'), 'Sat 2023-10-21 18:00');
  assert.equal(dateTime('2023-10-29T01:00:00Z', 'Europe/London'), 'Sun 2023-10-29 01:00');
  assert.equal(dateTime('2023-10-22T00:00:00Z', 'UTC'), 'Sun 2023-10-22 00:00');
  assert.equal(dateOnly(AT, 'UTC'), 'Sun 2023-10-22');
  assert.equal(shortDate('2023-11-01T00:00:00Z', 'UTC'), '1 Nov');
});

test('distances have at most two units, and a direction', () => {
  const from = Date.parse(AT);
  const after = (ms: number): string => distance(new Date(from + ms).toISOString(), from);
  assert.equal(after(30_000), 'now');
  assert.equal(after(25 * MINUTE), 'in 25 min');
  assert.equal(after(-3 * HOUR), '3 h ago');
  assert.equal(after(-(3 * HOUR + 5 * MINUTE)), '3 h 5 min ago');
  assert.equal(after(76 * HOUR), 'in 3 d 4 h');
  assert.equal(duration(20 * 24 * HOUR + HOUR), '20 d');
});
