import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan, Window } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { primaryWindow, windowsFrom } from '#domain/calendar/windows.ts';

const instant = Temporal.Instant.from;

function plan(choice: Partial<Plan>): Plan {
  return makePlan({ name: 'p', ...choice });
}

function take(count: number, windows: Iterator<Window>): Window[] {
  return Array.from({ length: count }, () => windows.next().value);
}

/** Temporal values have no properties of their own: compared as text, not by deepEqual. */
function show({ start, end, cycle, primary }: Window): string {
  return `${start} ${end} ${cycle} ${primary ? 'primary' : 'follow-up'}`;
}

function starts(choice: Partial<Plan>, zone: string, from: string, count: number): string[] {
  return take(count, windowsFrom(plan(choice), zone, instant(from))).map(({ start }) => start.toString());
}

test('the default plan of October 2023: one primary window, then one a week at the same wall time', () => {
  const windows = take(7, windowsFrom(plan({}), 'Europe/London', instant('2023-10-15T05:00:00Z')));
  assert.deepEqual(windows.map(show), [
    '2023-10-22T01:00:00Z 2023-10-22T05:00:00Z 2023-10 primary',
    '2023-10-29T02:00:00Z 2023-10-29T06:00:00Z 2023-10 follow-up',
    '2023-11-05T02:00:00Z 2023-11-05T06:00:00Z 2023-10 follow-up',
    '2023-11-12T02:00:00Z 2023-11-12T06:00:00Z 2023-10 follow-up',
    '2023-11-19T02:00:00Z 2023-11-19T06:00:00Z 2023-10 follow-up',
    '2023-11-26T02:00:00Z 2023-11-26T06:00:00Z 2023-11 primary',
    '2023-12-03T02:00:00Z 2023-12-03T06:00:00Z 2023-11 follow-up',
  ]);
});

test('a window is still given in its last instant, no longer at its end', () => {
  assert.equal(starts({}, 'Europe/London', '2023-10-15T04:59:59.999Z', 1)[0], '2023-10-15T01:00:00Z');
  assert.equal(starts({}, 'Europe/London', '2023-10-15T05:00:00Z', 1)[0], '2023-10-22T01:00:00Z');
});

test('a window that began on an earlier day is still seen', () => {
  const night = { weekday: 5, hour: 22 } as const;
  assert.equal(starts(night, 'UTC', '2023-10-21T01:59:00Z', 1)[0], '2023-10-20T22:00:00Z');
  const day = { weekday: 5, hour: 23, windowMinutes: 1440 } as const;
  assert.equal(starts(day, 'Pacific/Apia', '2012-01-01T08:00:00Z', 1)[0], '2011-12-31T09:00:00Z');
});

test('release week 4 may reach past the next Patch Tuesday; its windows still serve their own cycle', () => {
  const tuesday = plan({ releaseWeek: 4, weekday: 2, hour: 23 });
  const windows = take(3, windowsFrom(tuesday, 'UTC', instant('2023-12-12T18:30:00Z')));
  assert.deepEqual(windows.map(show), [
    '2023-12-12T23:00:00Z 2023-12-13T03:00:00Z 2023-11 primary',
    '2023-12-19T23:00:00Z 2023-12-20T03:00:00Z 2023-11 follow-up',
    '2023-12-26T23:00:00Z 2023-12-27T03:00:00Z 2023-11 follow-up',
  ]);
});

test('without follow-up only primary windows are left', () => {
  assert.deepEqual(starts({ followUp: false, releaseWeek: 1 }, 'UTC', '2023-09-20T00:00:00Z', 3), [
    '2023-10-15T02:00:00Z',
    '2023-11-19T02:00:00Z',
    '2023-12-17T02:00:00Z',
  ]);
});

test('primary windows of the default plan in October 2023, by zone', () => {
  const golden = [
    ['Australia/Sydney', '2023-10-21T15:00:00Z'],
    ['Pacific/Auckland', '2023-10-21T13:00:00Z'],
    ['Pacific/Kiritimati', '2023-10-21T12:00:00Z'],
    ['Pacific/Apia', '2023-10-21T13:00:00Z'],
    ['Pacific/Honolulu', '2023-10-22T12:00:00Z'],
    ['America/St_Johns', '2023-10-22T04:30:00Z'],
    ['Australia/Lord_Howe', '2023-10-21T15:00:00Z'],
    ['Africa/Casablanca', '2023-10-22T01:00:00Z'],
    ['Africa/Cairo', '2023-10-21T23:00:00Z'],
  ] as const;
  for (const [zone, start] of golden) assert.equal(String(primaryWindow(plan({}), zone, '2023-10').start), start, zone);
});

test('a weekday that Patch Tuesday has already reached in the east comes a week later there', () => {
  // Patch Tuesday is Wednesday 04:00 in Sydney and Tuesday 18:00 in London.
  const wednesday = plan({ releaseWeek: 1, weekday: 3, hour: 12 });
  assert.equal(String(primaryWindow(wednesday, 'Europe/London', '2023-10').start), '2023-10-11T11:00:00Z');
  assert.equal(String(primaryWindow(wednesday, 'Australia/Sydney', '2023-10').start), '2023-10-18T01:00:00Z');
});

test('a skipped wall time moves later, a repeated one means the first', () => {
  const golden = [
    ['America/New_York', 7, 2, '2024-03-09T00:00:00Z', '2024-03-10T07:00:00Z'],
    ['America/New_York', 7, 1, '2024-11-02T00:00:00Z', '2024-11-03T05:00:00Z'],
    ['Europe/London', 7, 1, '2024-03-30T00:00:00Z', '2024-03-31T01:00:00Z'],
    ['Europe/London', 7, 1, '2024-10-26T00:00:00Z', '2024-10-27T00:00:00Z'],
    ['Australia/Lord_Howe', 7, 2, '2024-10-05T00:00:00Z', '2024-10-05T15:30:00Z'],
    ['Australia/Lord_Howe', 7, 1, '2025-04-05T00:00:00Z', '2025-04-05T14:00:00Z'],
    ['Africa/Cairo', 5, 0, '2024-04-25T00:00:00Z', '2024-04-25T22:00:00Z'],
    ['Africa/Cairo', 4, 23, '2024-10-31T00:00:00Z', '2024-10-31T20:00:00Z'],
    ['Asia/Beirut', 7, 0, '2024-03-30T00:00:00Z', '2024-03-30T22:00:00Z'],
    ['America/Sao_Paulo', 7, 0, '2018-11-03T00:00:00Z', '2018-11-04T03:00:00Z'],
    ['America/Nuuk', 6, 23, '2024-03-30T12:00:00Z', '2024-03-31T01:00:00Z'],
    ['America/Havana', 7, 0, '2024-11-02T12:00:00Z', '2024-11-03T04:00:00Z'],
  ] as const;
  for (const [zone, weekday, hour, from, expected] of golden) {
    assert.equal(starts({ weekday, hour }, zone, from, 1)[0], expected, `${zone} ${expected}`);
  }
});

test('the window is as long as ever when the clock changes inside it', () => {
  const [spring, autumn] = ['2024-03-31T00:00:00Z', '2024-10-27T00:00:00Z'].map((from) =>
    take(1, windowsFrom(plan({ hour: 0, windowMinutes: 240 }), 'Europe/London', instant(from))),
  );
  assert.equal(String(spring?.[0]?.end), '2024-03-31T04:00:00Z');
  assert.equal(String(autumn?.[0]?.end), '2024-10-27T03:00:00Z');
});

test('a day that does not exist: the weekly window moves to the next one, the night is not doubled', () => {
  // Apia went from 2011-12-29 to 2011-12-31.
  assert.deepEqual(starts({ weekday: 5 }, 'Pacific/Apia', '2011-12-25T00:00:00Z', 2), [
    '2011-12-30T12:00:00Z',
    '2012-01-05T12:00:00Z',
  ]);
  assert.deepEqual(starts({ kind: 'nightly', hour: 1 }, 'Pacific/Apia', '2011-12-28T15:00:00Z', 4), [
    '2011-12-29T11:00:00Z',
    '2011-12-30T11:00:00Z',
    '2011-12-31T11:00:00Z',
    '2012-01-01T11:00:00Z',
  ]);
});

test('nightly plans open every night at 01:00; the first night of the release week is the primary one', () => {
  const windows = take(4, windowsFrom(plan({ kind: 'nightly' }), 'America/Chicago', instant('2023-10-31T00:00:00Z')));
  assert.deepEqual(windows.map(show), [
    '2023-10-31T06:00:00Z 2023-10-31T10:00:00Z 2023-09 follow-up',
    '2023-11-01T06:00:00Z 2023-11-01T10:00:00Z 2023-10 primary',
    '2023-11-02T06:00:00Z 2023-11-02T10:00:00Z 2023-10 follow-up',
    '2023-11-03T06:00:00Z 2023-11-03T10:00:00Z 2023-10 follow-up',
  ]);
});
