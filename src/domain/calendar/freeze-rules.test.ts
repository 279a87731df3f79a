import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { freezeProblems } from '#domain/calendar/check-freeze.ts';
import { describeFreeze } from '#domain/calendar/describe-freeze.ts';
import { freezeEnd, frozenSpans, isTouched } from '#domain/calendar/freeze-rules.ts';
import { plainRule, readRule } from '#domain/calendar/plain-freeze.ts';
import type { FreezeRule } from '#domain/calendar/plan.ts';

const instant = Temporal.Instant.from;
const AUTUMN = { start: instant('2023-10-01T00:00:00Z'), end: instant('2024-02-01T00:00:00Z') };

function spans(rule: FreezeRule, zone = 'UTC'): string[] {
  return frozenSpans(rule, zone, AUTUMN).map(({ start, end }) => `${start} ${end}`);
}

test('neighbouring days are one span, over the month and over the year', () => {
  assert.deepEqual(spans({ kind: 'month-end', lastDays: 2, firstDays: 1 }).slice(0, 3), [
    '2023-10-01T00:00:00Z 2023-10-02T00:00:00Z',
    '2023-10-30T00:00:00Z 2023-11-02T00:00:00Z',
    '2023-11-29T00:00:00Z 2023-12-02T00:00:00Z',
  ]);
  assert.deepEqual(spans({ kind: 'yearly', from: '12-24', to: '01-02' }, 'Europe/Berlin'), [
    '2023-12-23T23:00:00Z 2024-01-02T23:00:00Z',
  ]);
  assert.deepEqual(spans({ kind: 'dates', from: '2023-09-01', to: '2023-10-01' }), [
    '2023-09-01T00:00:00Z 2023-10-02T00:00:00Z',
  ]);
  assert.deepEqual(spans({ kind: 'dates', from: '2023-09-01', to: '2023-09-30' }), []);
});

test('February has its last day, in each kind of year', () => {
  const last: FreezeRule = { kind: 'month-end', lastDays: 1, firstDays: 0 };
  const hour = (at: string) => ({ start: instant(at), end: instant(at).add({ hours: 1 }) });
  assert.deepEqual(
    ['2023-02-28', '2024-02-28', '2024-02-29'].map((day) => isTouched(last, hour(`${day}T12:00:00Z`), 'UTC')),
    [true, false, true],
  );
});

const rules: fc.Arbitrary<FreezeRule> = fc.oneof(
  fc.record({
    kind: fc.constant('month-end' as const),
    lastDays: fc.integer({ min: 0, max: 10 }),
    firstDays: fc.integer({ min: 1, max: 10 }),
  }),
  fc.constantFrom<FreezeRule>(
    { kind: 'yearly', from: '12-24', to: '01-02' },
    { kind: 'yearly', from: '02-29', to: '03-01' },
    { kind: 'dates', from: '2023-10-28', to: '2023-10-30' },
    { kind: 'once', start: instant('2023-10-29T00:30:00Z'), end: instant('2023-10-29T01:30:00Z') },
  ),
);

test('the spans that are shown are just those that touch', () => {
  fc.assert(
    fc.property(
      rules,
      fc.constantFrom('Europe/London', 'America/Havana', 'Pacific/Apia', 'Asia/Tokyo'),
      fc.integer({ min: 0, max: 24 * 120 }),
      (rule, zone, hours) => {
        const start = AUTUMN.start.add({ hours });
        const hour = { start, end: start.add({ hours: 1 }) };
        const within = { start: start.subtract({ hours: 48 }), end: start.add({ hours: 48 }) };
        const shown = frozenSpans(rule, zone, within).some(
          (span) => Temporal.Instant.compare(span.start, hour.end) < 0 && Temporal.Instant.compare(start, span.end) < 0,
        );
        assert.equal(shown, isTouched(rule, hour, zone));
      },
    ),
    { numRuns: 300 },
  );
});

test('what comes again has no end; a day is over when it is over everywhere', () => {
  assert.equal(freezeEnd({ kind: 'yearly', from: '12-24', to: '01-02' }), undefined);
  assert.equal(String(freezeEnd({ kind: 'dates', from: '2023-10-01', to: '2023-10-01' })), '2023-10-02T12:00:00Z');
});

test('problems are named by their field', () => {
  const paths = (rule: FreezeRule): string[] => freezeProblems(rule).map(({ path }) => path);
  const once = (end: string): FreezeRule => ({ kind: 'once', start: AUTUMN.start, end: instant(end) });
  assert.deepEqual(paths(once('2023-10-01T00:00:00Z')), ['end']);
  assert.deepEqual(paths(once('2024-11-04T00:00:00Z')), []);
  assert.deepEqual(paths(once('2024-11-05T00:00:00Z')), ['end']);
  assert.deepEqual(paths({ kind: 'dates', from: '2023-10-02', to: '2023-10-01' }), ['to']);
  assert.deepEqual(paths({ kind: 'month-end', lastDays: 11, firstDays: 10 }), ['lastDays']);
  assert.deepEqual(paths({ kind: 'yearly', from: '12-01', to: '01-31' }), []);
  assert.deepEqual(paths({ kind: 'yearly', from: '02-01', to: '12-31' }), ['to']);
});

test('rules in words, and as rows hold them', () => {
  const words: readonly (readonly [FreezeRule, string])[] = [
    [{ kind: 'dates', from: '2023-12-24', to: '2023-12-24' }, '2023-12-24'],
    [{ kind: 'month-end', lastDays: 3, firstDays: 2 }, 'the last 3 days of each month and the first 2 of the next'],
    [{ kind: 'month-end', lastDays: 1, firstDays: 0 }, 'the last day of each month'],
    [{ kind: 'month-end', lastDays: 0, firstDays: 2 }, 'the first 2 days of each month'],
    [{ kind: 'yearly', from: '12-24', to: '01-02' }, 'each year from 12-24 to 01-02'],
    [{ kind: 'once', ...AUTUMN }, '2023-10-01T00:00:00Z to 2024-02-01T00:00:00Z'],
  ];
  for (const [rule, text] of words) {
    assert.equal(describeFreeze(rule), text);
    assert.equal(describeFreeze(readRule(plainRule(rule))), text);
  }
});
