import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makePlan } from '#domain/calendar/presets.ts';
import { taskTimes } from './scan-times.ts';

const PLAN = makePlan({ name: 'x', weekday: 5, hour: 2 });

test('scans are a day before a window, at its start and at its end', () => {
  const at = Temporal.Instant.from('2023-10-19T12:00:00Z'); // the Thursday before a window
  const { window, scans } = taskTimes(PLAN, 'Europe/London', at);
  assert.equal(String(window.start), '2023-10-20T01:00:00Z');
  assert.deepEqual(scans.map(String), [
    '2023-10-19T01:00:00Z',
    '2023-10-20T01:00:00Z',
    '2023-10-20T05:00:00Z',
    '2023-10-26T01:00:00Z',
    '2023-10-27T01:00:00Z',
    '2023-10-27T05:00:00Z',
  ]);
});

test('an open window is the one that counts; the one that has just closed is not', () => {
  const at = (text: string) => String(taskTimes(PLAN, 'Europe/London', Temporal.Instant.from(text)).window.start);
  assert.equal(at('2023-10-20T04:59:59Z'), '2023-10-20T01:00:00Z');
  assert.equal(at('2023-10-20T05:00:00Z'), '2023-10-27T01:00:00Z');
});

test('scans are in order, within their days, and few, whatever the plan', () => {
  const plans = [
    PLAN,
    makePlan({ name: 'n', kind: 'nightly' }),
    makePlan({ name: 'f', followUp: false }),
    makePlan({
      name: 'e',
      extraWindows: ([1, 2, 3, 4, 5, 6] as const).map((weekday) => ({ weekday, hour: 3, windowMinutes: 120 })),
    }),
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...plans),
      fc.constantFrom('Europe/London', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/New_York'),
      fc.integer({ min: 1_600_000_000, max: 1_900_000_000 }),
      (plan, zone, seconds) => {
        const at = Temporal.Instant.fromEpochMilliseconds(seconds * 1000);
        const { window, scans } = taskTimes(plan, zone, at);
        assert.ok(Temporal.Instant.compare(at, window.end) < 0);
        assert.ok(scans.length <= 40);
        for (const [n, scan] of scans.entries()) {
          const hours = at.until(scan).total('hours');
          assert.ok(hours >= -48 && hours <= 24 * 8);
          if (n > 0) assert.ok(Temporal.Instant.compare(scans[n - 1] as Temporal.Instant, scan) < 0);
        }
      },
    ),
    { numRuns: 60 },
  );
});
