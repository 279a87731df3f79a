import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePlan } from '#domain/calendar/presets.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { installTimeFor, installTimeOf } from './install-time.ts';
import { planPolicy } from './policy-values.ts';

test('a weekly plan is its weekday, counted from Sunday, and its hour', () => {
  const days = ([1, 2, 3, 4, 5, 6, 7] as const).map((weekday) => installTimeOf(makePlan({ name: 'x', weekday })).day);
  assert.deepEqual(days, [2, 3, 4, 5, 6, 7, 1]);
});

test('a nightly plan is every day, at 02:00 or at an hour of the server from which its run still ends in the slot', () => {
  const plan = makePlan({ name: 'x', kind: 'nightly' });
  assert.deepEqual(installTimeOf(plan), { day: 0, hour: 2, windowMinutes: 180 });
  const hours = new Set(Array.from({ length: 200 }, (_, n) => installTimeOf(plan, `server ${n}`).hour));
  assert.deepEqual([...hours].sort(), [1, 2, 3]);
});

test('the window that comes next says day and hour, also an extra one and one that a clock change moved', () => {
  const plan = makePlan({
    name: 'x',
    weekday: 7,
    hour: 2,
    extraWindows: [{ weekday: 3, hour: 22, windowMinutes: 120 }],
  });
  const zone = 'Europe/London';
  const from = Temporal.Instant.from('2024-03-25T00:00:00Z');
  const windows = windowsFrom({ ...plan, hour: 1 }, zone, from);
  const times = [windows.next(), windows.next()].map(({ value }) => installTimeFor(plan, value, zone, 's'));
  assert.deepEqual(times, [
    { day: 4, hour: 22, windowMinutes: 120 },
    { day: 1, hour: 2, windowMinutes: 240 },
  ]);
});

test('active hours never reach into the window, and never last longer than Windows takes', () => {
  for (const hour of [0, 2, 12, 23])
    for (const windowMinutes of [60, 90, 240, 480, 1380, 1440]) {
      const values = planPolicy({ time: { day: 1, hour, windowMinutes }, strict: false });
      const value = (name: string) => values.find((one) => one.name === name)?.value;
      if (value('SetActiveHours') === 0) {
        assert.ok(windowMinutes > 1380);
        continue;
      }
      const [start, end] = [Number(value('ActiveHoursStart')), Number(value('ActiveHoursEnd'))];
      assert.equal(end, hour);
      const length = (end - start + 24) % 24;
      assert.ok(length >= 1 && length <= 18);
      assert.ok(length * 60 + windowMinutes <= 1440, `${hour} ${windowMinutes}`);
    }
});
