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

// `1` for all, or a part for each core: `1/2` and `2/2`.
const [part = 0, parts = 1] = process.env.ST_EXHAUSTIVE?.split('/').map(Number) ?? [];
const whole = { skip: part > 0 ? false : 'takes long: set ST_EXHAUSTIVE=1', timeout: 24 * 3_600_000 };

test('every zone, weekday and hour from 2024 to 2044', whole, () => {
  // The zones with unusual rules first.
  const ordered = [...new Set([...SAMPLE, ...ALL_ZONES])].filter((_, index) => index % parts === part - 1);
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
