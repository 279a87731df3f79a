import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPolicy, detectionRange, nextScheduledInstall } from './policy.ts';

const URL = 'https://msupdate.example.com';

test('the scheduled hour is that of the local clock, in summer and winter and through the changes', () => {
  const table: [zone: string, day: number, hour: number, after: string, expected: string][] = [
    ['Europe/London', 1, 2, '2023-10-21T12:00:00Z', '2023-10-22T01:00:00Z'],
    ['Europe/London', 1, 2, '2023-10-28T12:00:00Z', '2023-10-29T02:00:00Z'],
    // The hour does not exist on this night: one hour later.
    ['Europe/Berlin', 1, 2, '2024-03-30T12:00:00Z', '2024-03-31T01:00:00Z'],
    ['America/New_York', 1, 2, '2024-03-09T12:00:00Z', '2024-03-10T07:00:00Z'],
    // It exists twice: the first.
    ['America/New_York', 1, 1, '2024-11-02T12:00:00Z', '2024-11-03T05:00:00Z'],
    ['Asia/Kolkata', 7, 22, '2023-10-13T00:00:00Z', '2023-10-14T16:30:00Z'],
    ['UTC', 0, 3, '2023-10-11T03:00:00Z', '2023-10-12T03:00:00Z'],
    ['UTC', 4, 3, '2023-10-11T03:00:00Z', '2023-10-18T03:00:00Z'],
  ];
  for (const [zone, scheduledInstallDay, scheduledInstallTime, after, expected] of table) {
    const policy = createPolicy(URL, { scheduledInstallDay, scheduledInstallTime });
    const next = nextScheduledInstall(policy, zone, Temporal.Instant.from(after));
    assert.equal(next.toString(), expected, `${zone} ${after}`);
  }
});

test('the next scheduled installation is later, on the chosen day, and at most eight days away', () => {
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Africa/Cairo',
  );
  const instant = fc.integer({ min: 1_262_304_000, max: 2_208_988_800 });
  fc.assert(
    fc.property(
      zone,
      fc.integer({ min: 0, max: 7 }),
      fc.integer({ min: 0, max: 23 }),
      instant,
      (name, day, hour, at) => {
        const policy = createPolicy(URL, { scheduledInstallDay: day, scheduledInstallTime: hour });
        const after = Temporal.Instant.fromEpochMilliseconds(at * 1000);
        const next = nextScheduledInstall(policy, name, after);
        const hours = after.until(next).total('hours');
        assert.ok(hours > 0 && hours <= 9 * 24);
        const local = next.toZonedDateTimeISO(name);
        // A skipped hour moves at most one day's part ahead; the day of Apia that never was moves a whole one.
        if (day !== 0 && local.hour === hour) assert.equal((local.dayOfWeek % 7) + 1, day);
      },
    ),
  );
});

test('detections come 17.6 to 26 hours apart at the default frequency', () => {
  assert.deepEqual(detectionRange(createPolicy(URL)), { least: 1056, most: 1560 });
});
