import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeCycle, describePlan } from '#domain/calendar/describe.ts';
import { makePlan } from '#domain/calendar/presets.ts';

test('a plan in words', () => {
  const words = [
    [{}, 'default week, Sunday 02:00–06:00 Europe/London, restart inside the window'],
    [
      { releaseWeek: 1, weekday: 5, hour: 22 },
      'early week, Friday 22:00–02:00 the next day Europe/London, restart inside the window',
    ],
    [{ releaseWeek: 3, hour: 20 }, 'delayed week, Sunday 20:00–24:00 Europe/London, restart inside the window'],
    [{ hour: 0, windowMinutes: 1440 }, 'default week, Sunday 00:00–24:00 Europe/London, restart inside the window'],
    [
      { followUp: false, windowMinutes: 90 },
      'default week, Sunday 02:00–03:30 Europe/London, once a cycle, restart inside the window',
    ],
    [{ kind: 'nightly' }, 'fourth week, every night 01:00–05:00 Europe/London, restart inside the window'],
  ] as const;
  for (const [choice, expected] of words) {
    assert.equal(describePlan(makePlan({ name: 'p', ...choice }), 'Europe/London'), expected);
  }
});

test('a cycle in exact instants and local time', () => {
  const plan = makePlan({ name: 'p', releaseWeek: 3 });
  assert.deepEqual(describeCycle(plan, 'Europe/London', '2023-10'), {
    cycle: '2023-10',
    patchTuesday: { utc: '2023-10-10T17:00:00Z', local: 'Tuesday 2023-10-10 18:00 +01:00' },
    cWeek: { utc: '2023-10-17T17:00:00Z', local: 'Tuesday 2023-10-17 18:00 +01:00' },
    dWeek: { utc: '2023-10-24T17:00:00Z', local: 'Tuesday 2023-10-24 18:00 +01:00' },
    nextPatchTuesday: { utc: '2023-11-14T18:00:00Z', local: 'Tuesday 2023-11-14 18:00 +00:00' },
    releaseWeek: {
      start: { utc: '2023-10-24T23:00:00Z', local: 'Wednesday 2023-10-25 00:00 +01:00' },
      end: { utc: '2023-11-01T00:00:00Z', local: 'Wednesday 2023-11-01 00:00 +00:00' },
    },
    leadFrom: { utc: '2023-10-27T02:00:00Z', local: 'Friday 2023-10-27 03:00 +01:00' },
    primaryWindow: {
      start: { utc: '2023-10-29T02:00:00Z', local: 'Sunday 2023-10-29 02:00 +00:00' },
      lastOffer: { utc: '2023-10-29T04:30:00Z', local: 'Sunday 2023-10-29 04:30 +00:00' },
      end: { utc: '2023-10-29T06:00:00Z', local: 'Sunday 2023-10-29 06:00 +00:00' },
    },
  });
});
