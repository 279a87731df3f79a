import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cycleAt, cycleStart, nextCycle } from '#domain/calendar/patch-tuesday.ts';
import type { Plan, Window } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { releaseWeek } from '#domain/calendar/release-week.ts';
import { primaryWindow, windowsFrom } from '#domain/calendar/windows.ts';

const instant = Temporal.Instant.from;
const ALL_ZONES = Intl.supportedValuesOf('timeZone');
const ODD_ZONES = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Havana',
  'America/Nuuk',
  'America/Scoresbysund',
  'America/St_Johns',
  'Antarctica/Troll',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Honolulu',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
];
const SAMPLE = [...new Set([...ODD_ZONES, ...ALL_ZONES.filter((_, n) => n % 16 === 0)])];

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

const plans = fc.record({
  kind: fc.constantFrom('weekly' as const, 'weekly' as const, 'nightly' as const),
  releaseWeek: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
  weekday: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const, 5 as const, 6 as const, 7 as const),
  hour: fc.integer({ min: 0, max: 23 }),
  windowMinutes: fc.constantFrom(60, 240, 1440),
  followUp: fc.boolean(),
});
const choices = plans.map((choice) =>
  plan(choice.kind === 'weekly' ? choice : { ...choice, hour: 1, windowMinutes: 240 }),
);
const moments = fc
  .integer({ min: Date.parse('2024-01-01') / 1000, max: Date.parse('2044-12-31') / 1000 })
  .map((seconds) => Temporal.Instant.fromEpochMilliseconds(seconds * 1000));

test('each cycle has one primary window, in its release week, at the chosen weekday and hour', () => {
  fc.assert(
    fc.property(choices, fc.constantFrom(...SAMPLE), moments, (choice, zone, from) => {
      const cycle = cycleAt(from);
      assertPrimary(choice, zone, primaryWindow(choice, zone, cycle));
      const after = nextCycle(nextCycle(nextCycle(cycle)));
      const primaries = primariesUntil(after, choice, zone, from);
      const cycles = primaries.map((window) => window.cycle);
      assert.deepEqual(cycles, cyclesBetween(cycles[0] ?? '', after));
      for (const window of primaries) {
        assert.equal(show(window), show(primaryWindow(choice, zone, window.cycle)));
      }
    }),
    { numRuns: 150 },
  );
});

test('windows never overlap, are never lost and are one local week, or one night, apart', () => {
  fc.assert(
    fc.property(choices, fc.constantFrom(...SAMPLE), moments, (choice, zone, from) => {
      const windows = take(60, windowsFrom(choice, zone, from));
      for (const [n, window] of windows.entries()) {
        assert.ok(Temporal.Instant.compare(window.end, from) > 0);
        assert.equal(window.end.since(window.start).total('minutes'), choice.windowMinutes);
        const previous = windows[n - 1];
        if (previous) assertFollows(choice, zone, previous, window);
      }
    }),
    { numRuns: 150 },
  );
});

test('from wherever one looks, the same windows are seen', () => {
  fc.assert(
    fc.property(choices, fc.constantFrom(...SAMPLE), moments, fc.nat(60 * 86_400), (choice, zone, from, seconds) => {
      const later = from.add({ seconds });
      const seen = take(70, windowsFrom(choice, zone, from));
      const expected = seen.filter(({ end }) => Temporal.Instant.compare(end, later) > 0).slice(0, 3);
      assert.deepEqual(take(expected.length, windowsFrom(choice, zone, later)).map(show), expected.map(show));
    }),
    { numRuns: 150 },
  );
});

const exhaustive = process.env.ST_EXHAUSTIVE === '1';
const whole = { skip: exhaustive ? false : 'takes long: set ST_EXHAUSTIVE=1', timeout: 24 * 3_600_000 };

test('every zone, weekday and hour from 2024 to 2044', whole, () => {
  // The zones with unusual rules first.
  const ordered = [...new Set([...SAMPLE, ...ALL_ZONES])];
  const end = instant('2045-01-01T00:00:00Z');
  for (const [done, zone] of ordered.entries()) {
    process.stderr.write(`${done}/${ordered.length} ${zone}\n`);
    for (let hourOfWeek = 0; hourOfWeek < 168; hourOfWeek += 1) {
      const weekday = ((hourOfWeek % 7) + 1) as Plan['weekday'];
      // Hours of a weekday are 7 apart here, so that each weekday meets each release week.
      const week = ((Math.floor(hourOfWeek / 7) % 4) + 1) as Plan['releaseWeek'];
      assertAll(plan({ weekday, hour: hourOfWeek % 24, releaseWeek: week }), zone, end);
    }
  }
});

function assertAll(choice: Plan, zone: string, end: Temporal.Instant): void {
  let previous: Window | undefined;
  let cycle = '';
  for (const window of windowsFrom(choice, zone, instant('2024-01-01T00:00:00Z'))) {
    if (Temporal.Instant.compare(window.start, end) > 0) return;
    if (previous) assertFollows(choice, zone, previous, window);
    if (window.primary) {
      if (cycle !== '') assert.equal(window.cycle, nextCycle(cycle));
      cycle = window.cycle;
      assertPrimary(choice, zone, window);
    }
    previous = window;
  }
}

function assertPrimary(choice: Plan, zone: string, window: Window): void {
  const week = releaseWeek(window.cycle, choice.releaseWeek, zone);
  const where = `${zone} ${window.cycle} ${window.start}`;
  assert.ok(window.primary);
  assert.ok(Temporal.Instant.compare(window.start, cycleStart(window.cycle)) > 0, where);
  assert.ok(Temporal.Instant.compare(window.start, week.start) >= 0, where);
  assert.ok(Temporal.Instant.compare(window.start, week.end) < 0, where);
  const local = window.start.toZonedDateTimeISO(zone);
  if (local.hour === choice.hour && local.minute === 0) {
    if (choice.kind === 'weekly') assert.equal(local.dayOfWeek, choice.weekday, where);
  } else {
    assertSkipped(choice, zone, window);
  }
}

/** The wall time of a window may differ from the plan's only where a clock change skipped it. */
function assertSkipped(choice: Plan, zone: string, window: Window): void {
  const before = window.start.subtract({ hours: 2 }).toZonedDateTimeISO(zone);
  const change = before.getTimeZoneTransition('next');
  assert.ok(change && Temporal.Instant.compare(change.toInstant(), window.start) <= 0, `${zone} ${window.start}`);
  const wall = before.toPlainDateTime().add({ hours: 2 });
  assert.equal(wall.hour, choice.hour, `${zone} ${window.start}`);
}

function assertFollows(choice: Plan, zone: string, previous: Window, window: Window): void {
  const where = `${zone} ${previous.start} ${window.start}`;
  assert.ok(Temporal.Instant.compare(previous.end, window.start) <= 0, where);
  const { days } = slotDate(choice, zone, previous).until(slotDate(choice, zone, window));
  if (choice.kind === 'nightly') assert.equal(days, 1, where);
  else if (choice.followUp) assert.equal(days, 7, where);
  else assert.ok(days % 7 === 0 && days >= 21 && days <= 42, where);
}

/** The local date that a window belongs to: a skipped hour before midnight moves past it. */
function slotDate(choice: Plan, zone: string, window: Window): Temporal.PlainDate {
  const local = window.start.toZonedDateTimeISO(zone);
  return local.toPlainDate().subtract({ days: local.hour < choice.hour ? 1 : 0 });
}

function primariesUntil(cycle: string, choice: Plan, zone: string, from: Temporal.Instant): Window[] {
  const primaries: Window[] = [];
  for (const window of windowsFrom(choice, zone, from)) {
    if (window.cycle === cycle) return primaries;
    if (window.primary) primaries.push(window);
  }
  return primaries;
}

function cyclesBetween(first: string, after: string): string[] {
  const cycles: string[] = [];
  for (let cycle = first; cycle < after; cycle = nextCycle(cycle)) cycles.push(cycle);
  return cycles;
}
