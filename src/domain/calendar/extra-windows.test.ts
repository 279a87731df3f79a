import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { offerTimes } from '#domain/calendar/offer-times.ts';
import { overlapNotes } from '#domain/calendar/overlaps.ts';
import type { ExtraWindow, Plan, Window } from '#domain/calendar/plan.ts';
import { checkPlan } from '#domain/calendar/plan-schema.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { primaryWindow, windowsFrom } from '#domain/calendar/windows.ts';

const instant = Temporal.Instant.from;

function plan(choice: Partial<Plan>): Plan {
  return makePlan({ name: 'p', ...choice });
}

function shown(choice: Partial<Plan>, zone: string, from: string, count: number): string[] {
  const windows = windowsFrom(plan(choice), zone, instant(from));
  return Array.from({ length: count }, () => show(windows.next().value));
}

function show({ start, end, cycle, primary }: Window): string {
  return `${start} ${end} ${cycle} ${primary ? 'primary' : 'follow-up'}`;
}

const thursday: ExtraWindow = { weekday: 4, hour: 22, windowMinutes: 120 };

test('an extra window opens each week from the primary one on', () => {
  assert.deepEqual(shown({ extraWindows: [thursday] }, 'UTC', '2023-10-17T00:00:00Z', 4), [
    '2023-10-19T22:00:00Z 2023-10-20T00:00:00Z 2023-09 follow-up',
    '2023-10-22T02:00:00Z 2023-10-22T06:00:00Z 2023-10 primary',
    '2023-10-26T22:00:00Z 2023-10-27T00:00:00Z 2023-10 follow-up',
    '2023-10-29T02:00:00Z 2023-10-29T06:00:00Z 2023-10 follow-up',
  ]);
});

test('without follow-up windows it opens only in the week of the primary one', () => {
  assert.deepEqual(shown({ followUp: false, extraWindows: [thursday] }, 'UTC', '2023-10-17T00:00:00Z', 3), [
    '2023-10-22T02:00:00Z 2023-10-22T06:00:00Z 2023-10 primary',
    '2023-10-26T22:00:00Z 2023-10-27T00:00:00Z 2023-10 follow-up',
    '2023-11-26T02:00:00Z 2023-11-26T06:00:00Z 2023-11 primary',
  ]);
});

test('windows that overlap or touch are one, and the primary one stays the primary', () => {
  const saturday: ExtraWindow = { weekday: 6, hour: 22, windowMinutes: 300 };
  const touching: ExtraWindow = { weekday: 7, hour: 6, windowMinutes: 60 };
  const choice = { extraWindows: [saturday, touching] };
  assert.deepEqual(shown(choice, 'UTC', '2023-10-27T00:00:00Z', 2), [
    '2023-10-28T22:00:00Z 2023-10-29T07:00:00Z 2023-10 follow-up',
    '2023-11-04T22:00:00Z 2023-11-05T07:00:00Z 2023-10 follow-up',
  ]);
  assert.equal(
    show(primaryWindow(plan(choice), 'UTC', '2023-11')),
    '2023-11-25T22:00:00Z 2023-11-26T07:00:00Z 2023-11 primary',
  );
  assert.deepEqual(overlapNotes(plan(choice)), [
    "extra window 1 meets the plan's own window: they are one window.",
    "extra window 2 meets the plan's own window: they are one window.",
  ]);
  assert.deepEqual(overlapNotes(plan({ extraWindows: [thursday] })), []);
});

const extras = fc.array(
  fc.record({
    weekday: fc.constantFrom(1 as const, 4 as const, 6 as const, 7 as const),
    hour: fc.integer({ min: 0, max: 23 }),
    windowMinutes: fc.constantFrom(90, 240, 1440),
  }),
  { minLength: 1, maxLength: 6 },
);

test('windows never meet, come in order, are the same from wherever one looks, and every primary one is found', () => {
  fc.assert(
    fc.property(
      extras,
      fc.constantFrom('Europe/London', 'Pacific/Apia', 'America/Chicago', 'Asia/Kathmandu'),
      fc.integer({ min: 0, max: 24 * 400 }),
      fc.boolean(),
      (extraWindows, zone, hours, followUp) => {
        const one = plan({ extraWindows, followUp });
        const from = instant('2023-01-01T00:00:00Z').add({ hours });
        const windows = windowsFrom(one, zone, from);
        const seen = Array.from({ length: 12 }, (): Window => windows.next().value);
        for (const [place, window] of seen.entries()) {
          assert.ok(Temporal.Instant.compare(from, window.end) < 0);
          const next = seen[place + 1];
          if (next) assert.ok(Temporal.Instant.compare(window.end, next.start) < 0);
          assert.equal(show(windowsFrom(one, zone, window.end.subtract({ seconds: 1 })).next().value), show(window));
          if (window.primary) assert.equal(show(primaryWindow(one, zone, window.cycle)), show(window));
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('the latest start ends the offer before the run would', () => {
  const [window] = [windowsFrom(plan({}), 'UTC', instant('2023-10-20T00:00:00Z')).next().value];
  assert.equal(offerTimes(plan({}), window).lastOffer.toString(), '2023-10-22T04:30:00Z');
  assert.equal(offerTimes(plan({ latestStartMinutes: 30 }), window).lastOffer.toString(), '2023-10-22T02:30:00Z');
});

test('fields that do not go together are refused by name', () => {
  const problems = (input: object): string[] => {
    const check = checkPlan({ name: 'p', ...input });
    return check.ok ? [] : check.problems.map(({ path }) => path);
  };
  assert.deepEqual(problems({ latestStartMinutes: 200 }), ['latestStartMinutes']);
  assert.deepEqual(problems({ missed: { kind: 'skip' } }), []);
  assert.deepEqual(problems({ missed: { kind: 'skip' }, followUp: true }), ['missed']);
  assert.deepEqual(problems({ kind: 'nightly', missed: { kind: 'catch-up', hours: 3 } }), ['missed']);
  assert.deepEqual(problems({ missed: { kind: 'catch-up', hours: 100 } }), ['missed.hours']);
  assert.deepEqual(problems({ extraWindows: [{ weekday: 1, hour: 3, windowMinutes: 60 }] }), [
    'extraWindows.0.windowMinutes',
  ]);
  assert.deepEqual(problems({ extraWindows: Array.from({ length: 7 }, () => thursday) }), ['extraWindows']);
});

test('windows that leave no time between them are refused, before they are looked for in vain', () => {
  const days = (hours: number) =>
    ([1, 2, 3, 4, 5, 6] as const).map((weekday) => ({ weekday, hour: 0, windowMinutes: hours * 60 }));
  const check = (hours: number, own: number): boolean =>
    checkPlan({ name: 'p', weekday: 7, hour: 0, windowMinutes: own, extraWindows: days(hours) }).ok;
  assert.equal(check(24, 1440), false);
  assert.equal(check(22, 1320), false);
  assert.equal(check(24, 1440 - 180), true);
  assert.equal(check(20, 1440), true);
});
