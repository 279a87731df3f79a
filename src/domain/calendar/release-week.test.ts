import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cycleStart } from '#domain/calendar/patch-tuesday.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { releaseAt, releaseWeek } from '#domain/calendar/release-week.ts';

const instant = Temporal.Instant.from;
const zones = Intl.supportedValuesOf('timeZone');

function released(choice: Partial<Plan>, zone: string, published: string): string {
  return releaseAt(makePlan({ name: 'p', ...choice }), zone, instant(published)).toString();
}

test('release weeks of October 2023, by zone', () => {
  const golden = [
    ['Europe/London', 1, '2023-10-10T23:00:00Z', '2023-10-17T23:00:00Z'],
    ['Europe/London', 2, '2023-10-17T23:00:00Z', '2023-10-24T23:00:00Z'],
    ['Europe/London', 3, '2023-10-24T23:00:00Z', '2023-11-01T00:00:00Z'],
    ['America/New_York', 4, '2023-11-01T04:00:00Z', '2023-11-08T05:00:00Z'],
    ['Pacific/Honolulu', 1, '2023-10-11T10:00:00Z', '2023-10-18T10:00:00Z'],
    ['Australia/Sydney', 1, '2023-10-11T13:00:00Z', '2023-10-18T13:00:00Z'],
    ['Pacific/Kiritimati', 1, '2023-10-11T10:00:00Z', '2023-10-18T10:00:00Z'],
    ['Africa/Cairo', 3, '2023-10-24T21:00:00Z', '2023-10-31T22:00:00Z'],
  ] as const;
  for (const [zone, n, start, end] of golden) {
    const week = releaseWeek('2023-10', n, zone);
    assert.deepEqual([week.start, week.end].map(String), [start, end], `${zone} week ${n}`);
  }
});

test('seven hours east of Greenwich the week begins on a Thursday in summer and winter', () => {
  // In summer Patch Tuesday is Wednesday 00:00 there: that midnight does not follow it.
  assert.equal(String(releaseWeek('2023-07', 1, 'Asia/Bangkok').start), '2023-07-12T17:00:00Z');
  assert.equal(String(releaseWeek('2023-12', 1, 'Asia/Bangkok').start), '2023-12-13T17:00:00Z');
});

test('a release week begins within a day after Patch Tuesday, at the first instant of a local day; weeks join', () => {
  const cycles = fc.record({ year: fc.integer({ min: 2000, max: 2044 }), month: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(fc.constantFrom(...zones), cycles, (zone, { year, month }) => {
      const cycle = new Temporal.PlainYearMonth(year, month).toString();
      const weeks = ([1, 2, 3, 4] as const).map((n) => releaseWeek(cycle, n, zone));
      for (const [n, { start, end }] of weeks.entries()) {
        const local = start.toZonedDateTimeISO(zone);
        assert.ok(local.equals(local.startOfDay()));
        if (n > 0) assert.ok(start.equals(weeks[n - 1]?.end ?? end));
      }
      const wait = weeks[0]?.start.since(cycleStart(cycle)).total('hours') ?? 0;
      assert.ok(wait > 0 && wait <= 25, `${zone} ${cycle}: ${wait} h`);
    }),
  );
});

test('what comes out on Patch Tuesday is released with the first instant of the release week', () => {
  const weeks = [1, 2, 3, 4] as const;
  for (const zone of ['Europe/London', 'Australia/Sydney', 'Pacific/Honolulu', 'Asia/Bangkok', 'Africa/Cairo']) {
    for (const week of weeks) {
      for (const published of ['2023-10-10T14:00:00Z', '2023-10-10T17:00:00Z', '2023-10-10T17:00:22Z']) {
        const at = released({ releaseWeek: week }, zone, published);
        assert.equal(at, String(releaseWeek('2023-10', week, zone).start), `${zone} ${week}`);
      }
    }
  }
});

test('what comes out late on that day waits for a midnight of its own where the first one is past', () => {
  assert.equal(released({ releaseWeek: 1 }, 'Europe/London', '2023-10-11T06:00:00Z'), '2023-10-11T23:00:00Z');
  assert.equal(released({ releaseWeek: 1 }, 'America/New_York', '2023-10-11T03:00:00Z'), '2023-10-11T04:00:00Z');
  assert.equal(
    released({ releaseWeek: 1, soakDays: 0 }, 'Europe/London', '2023-10-11T06:00:00Z'),
    '2023-10-11T06:00:00Z',
  );
});

test('an out-of-band revision soaks exact days, whatever the release week was', () => {
  assert.equal(released({ releaseWeek: 1 }, 'Europe/London', '2023-10-21T20:00:00Z'), '2023-10-22T20:00:00Z');
  assert.equal(released({ releaseWeek: 2 }, 'Europe/London', '2023-10-21T20:00:00Z'), '2023-10-29T20:00:00Z');
  assert.equal(released({ releaseWeek: 3 }, 'Europe/London', '2023-10-12T00:00:00Z'), '2023-10-27T00:00:00Z');
});

test('a short soak does not open the release week early; a long one delays it', () => {
  assert.equal(released({ releaseWeek: 3, soakDays: 0 }, 'UTC', '2023-10-12T00:00:00Z'), '2023-10-25T00:00:00Z');
  assert.equal(released({ releaseWeek: 1, soakDays: 5 }, 'UTC', '2023-10-10T17:00:00Z'), '2023-10-15T00:00:00Z');
});

test('a midnight that does not exist means the first instant of its day', () => {
  assert.equal(
    released({ releaseWeek: 1, soakDays: 17 }, 'Africa/Cairo', '2024-04-09T17:00:00Z'),
    '2024-04-25T22:00:00Z',
  );
  assert.equal(
    released({ releaseWeek: 1, soakDays: 19 }, 'Asia/Beirut', '2024-03-12T17:00:00Z'),
    '2024-03-30T22:00:00Z',
  );
  assert.equal(
    released({ releaseWeek: 1, soakDays: 26 }, 'America/Sao_Paulo', '2018-10-09T17:00:00Z'),
    '2018-11-04T03:00:00Z',
  );
});

test('nothing is released before it is published, before its week, or before its cycle opened', () => {
  const publications = fc.integer({ min: Date.parse('2015-01-01'), max: Date.parse('2044-01-01') });
  const plans = fc.record({
    releaseWeek: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
    soakDays: fc.integer({ min: 0, max: 60 }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...zones), publications, plans, (zone, milliseconds, choice) => {
      const published = Temporal.Instant.fromEpochMilliseconds(milliseconds);
      const at = releaseAt(makePlan({ name: 'p', ...choice }), zone, published);
      assert.ok(Temporal.Instant.compare(at, published) >= 0);
      const soaked = published.add({ hours: 24 * choice.soakDays });
      assert.ok(Temporal.Instant.compare(at, soaked.subtract({ hours: 25 })) >= 0);
    }),
  );
});
