import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notHeld } from '#domain/calendar/held-windows.ts';
import type { FreezeRule, Plan, PlanCalendar, Window } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { primaryWindow, windowsFrom } from '#domain/calendar/windows.ts';

const instant = Temporal.Instant.from;
const freeze = (rule: FreezeRule, name = 'freeze') => ({ freezeId: name, name, rule });
const oneOff = (start: string, end: string) => ({ windowId: start, start: instant(start), end: instant(end) });

function planWith(calendar: Partial<PlanCalendar>, choice: Partial<Plan> = {}): Plan {
  return { ...makePlan({ name: 'p', ...choice }), calendar: { freezes: [], oneOff: [], ...calendar } };
}

function shown(plan: Plan, zone: string, from: string, count: number): string[] {
  return [...windowsFrom(plan, zone, instant(from)).take(count)].map(show);
}

function show({ start, end, cycle, primary }: Window): string {
  return `${start} ${end} ${cycle} ${primary ? 'primary' : 'follow-up'}`;
}

test('a freeze over the primary window lets the release begin with the next one', () => {
  const plan = planWith({ freezes: [freeze({ kind: 'dates', from: '2023-10-22', to: '2023-10-22' })] });
  assert.deepEqual(shown(plan, 'UTC', '2023-10-17T00:00:00Z', 2), [
    '2023-10-29T02:00:00Z 2023-10-29T06:00:00Z 2023-10 follow-up',
    '2023-11-05T02:00:00Z 2023-11-05T06:00:00Z 2023-10 follow-up',
  ]);
  assert.equal(
    show(primaryWindow(plan, 'UTC', '2023-10')),
    '2023-10-29T02:00:00Z 2023-10-29T06:00:00Z 2023-10 follow-up',
  );
  assert.equal(
    show(primaryWindow(plan, 'UTC', '2023-11')),
    '2023-11-26T02:00:00Z 2023-11-26T06:00:00Z 2023-11 primary',
  );
});

test('a freeze that ends as a window opens leaves it, one second more takes it', () => {
  const until = (end: string) =>
    planWith({
      freezes: [freeze({ kind: 'once', start: instant('2023-10-20T00:00:00Z'), end: instant(end) })],
    });
  const first = (plan: Plan): string => shown(plan, 'UTC', '2023-10-17T00:00:00Z', 1)[0]?.slice(0, 10) ?? '';
  assert.equal(first(until('2023-10-22T02:00:00Z')), '2023-10-22');
  assert.equal(first(until('2023-10-22T02:00:01Z')), '2023-10-29');
});

test('days are those of the server: the same freeze, two zones', () => {
  const calendar = { freezes: [freeze({ kind: 'dates', from: '2023-10-29', to: '2023-10-29' })] };
  const plan = planWith(calendar, { weekday: 7, hour: 22 });
  assert.equal(shown(plan, 'Europe/London', '2023-10-23T12:00:00Z', 1)[0]?.slice(0, 10), '2023-11-05');
  const saturday = planWith(calendar, { weekday: 6, hour: 18 });
  assert.equal(shown(saturday, 'Asia/Tokyo', '2023-10-23T12:00:00Z', 1)[0]?.slice(0, 10), '2023-10-28');
  // 18:00 on Saturday for eight hours reaches into the frozen Sunday.
  const long = planWith(calendar, { weekday: 6, hour: 18, windowMinutes: 480 });
  assert.equal(shown(long, 'Asia/Tokyo', '2023-10-23T12:00:00Z', 1)[0]?.slice(0, 10), '2023-11-04');
});

test('month end and the turn of the year', () => {
  const monthEnd = planWith({ freezes: [freeze({ kind: 'month-end', lastDays: 3, firstDays: 5 })] });
  assert.deepEqual(
    shown(monthEnd, 'UTC', '2023-10-15T12:00:00Z', 4).map((line) => line.slice(0, 10)),
    ['2023-10-22', '2023-11-12', '2023-11-19', '2023-11-26'],
  );
  const holidays = planWith({ freezes: [freeze({ kind: 'yearly', from: '12-18', to: '01-06' })] });
  assert.deepEqual(
    shown(holidays, 'UTC', '2023-12-10T12:00:00Z', 2).map((line) => line.slice(0, 10)),
    ['2023-12-17', '2024-01-07'],
  );
});

test('a one-off window stands by itself, serves the cycle in force, and is one with what it meets', () => {
  const plan = planWith({
    oneOff: [
      oneOff('2023-10-18T20:00:00Z', '2023-10-18T23:00:00Z'),
      oneOff('2023-10-25T20:00:00Z', '2023-10-25T23:00:00Z'),
      oneOff('2023-10-29T06:00:00Z', '2023-10-29T08:00:00Z'),
    ],
  });
  assert.deepEqual(shown(plan, 'UTC', '2023-10-17T00:00:00Z', 4), [
    '2023-10-18T20:00:00Z 2023-10-18T23:00:00Z 2023-09 follow-up',
    '2023-10-22T02:00:00Z 2023-10-22T06:00:00Z 2023-10 primary',
    '2023-10-25T20:00:00Z 2023-10-25T23:00:00Z 2023-10 follow-up',
    '2023-10-29T02:00:00Z 2023-10-29T08:00:00Z 2023-10 follow-up',
  ]);
  assert.match(shown(plan, 'UTC', '2023-10-29T07:00:00Z', 1)[0] ?? '', /^2023-10-29T02/);
});

test('own hours: a window that leaves them by a minute is not held', () => {
  const hours = (minutes: number) => [{ weekdays: [7], from: 60, minutes }];
  const first = (plan: Plan): string => shown(plan, 'UTC', '2023-10-17T00:00:00Z', 1)[0]?.slice(0, 10) ?? '';
  assert.equal(first(planWith({ hours: hours(300) })), '2023-10-22');
  assert.notEqual(first(planWith({ hours: hours(299) })), '2023-10-22');
  // All week, in whole days: also on the day with 25 hours.
  const always = [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: 0, minutes: 1440 }];
  const night = planWith({ hours: always }, { hour: 0 });
  assert.match(shown(night, 'Europe/London', '2023-10-27T00:00:00Z', 1)[0] ?? '', /^2023-10-28T23:00:00Z/);
});

test('where nothing is ever held, a window far away is given instead of none', () => {
  const never = planWith({ hours: [{ weekdays: [1], from: 0, minutes: 60 }] });
  const asked = instant('2023-10-17T00:00:00Z');
  const [far, further] = [...windowsFrom(never, 'UTC', asked).take(2)];
  assert.ok(far && further);
  assert.ok(asked.until(far.start).total('days') >= 800);
  assert.ok(far.end.until(further.start).total('days') >= 800);
});

test('why the window at hand is not held', () => {
  const named = freeze({ kind: 'dates', from: '2023-10-22', to: '2023-10-22' }, 'stocktaking');
  const told = (plan: Plan, at: string): string | undefined => {
    const found = notHeld(plan, 'UTC', instant(at));
    return found && `${found.window.start} ${found.by === 'hours' ? 'hours' : found.by.name}`;
  };
  const frozen = planWith({ freezes: [named] });
  assert.equal(told(frozen, '2023-10-17T00:00:00Z'), '2023-10-22T02:00:00Z stocktaking');
  assert.equal(told(frozen, '2023-10-22T05:59:59Z'), '2023-10-22T02:00:00Z stocktaking');
  assert.equal(told(frozen, '2023-10-22T06:00:00Z'), undefined);
  const own = planWith({ hours: [{ weekdays: [1], from: 0, minutes: 60 }] });
  assert.equal(told(own, '2023-10-17T00:00:00Z'), '2023-10-22T02:00:00Z hours');
  assert.equal(told(makePlan({ name: 'p' }), '2023-10-17T00:00:00Z'), undefined);
});
