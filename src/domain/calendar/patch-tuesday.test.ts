import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  cycleAt,
  cycleEnd,
  cycleOfPublication,
  cycleStart,
  nextCycle,
  patchTuesday,
  previousCycle,
  releaseMarks,
} from '#domain/calendar/patch-tuesday.ts';

const instant = Temporal.Instant.from;
const months = fc.record({ year: fc.integer({ min: 1990, max: 2100 }), month: fc.integer({ min: 1, max: 12 }) });

test('Patch Tuesday is the second Tuesday, 10:00 Pacific', () => {
  const golden = [
    [2023, 10, '2023-10-10T17:00:00Z'],
    [2023, 11, '2023-11-14T18:00:00Z'],
    [2023, 12, '2023-12-12T18:00:00Z'],
    [2024, 10, '2024-10-08T17:00:00Z'],
    [2025, 10, '2025-10-14T17:00:00Z'],
    [2022, 3, '2022-03-08T18:00:00Z'],
    [2026, 3, '2026-03-10T17:00:00Z'],
  ] as const;
  for (const [year, month, expected] of golden) assert.equal(patchTuesday(year, month).toString(), expected);
});

test('of any month it is the one Tuesday among the days 8 to 14', () => {
  fc.assert(
    fc.property(months, ({ year, month }) => {
      const local = patchTuesday(year, month).toZonedDateTimeISO('America/Los_Angeles');
      assert.deepEqual([local.year, local.month, local.dayOfWeek, local.hour, local.minute], [year, month, 2, 10, 0]);
      assert.ok(local.day >= 8 && local.day <= 14);
    }),
  );
});

test('cycles follow each other without gap; the instant of Patch Tuesday opens its own', () => {
  assert.equal(cycleAt(instant('2023-10-10T16:59:59.999999999Z')), '2023-09');
  assert.equal(cycleAt(instant('2023-10-10T17:00:00Z')), '2023-10');
  assert.equal(cycleAt(instant('2024-01-01T00:00:00Z')), '2023-12');
  fc.assert(
    fc.property(months, fc.integer({ min: 0, max: 40 * 86_400 }), ({ year, month }, seconds) => {
      const at = patchTuesday(year, month).add({ seconds });
      const cycle = cycleAt(at);
      assert.ok(Temporal.Instant.compare(cycleStart(cycle), at) <= 0);
      assert.ok(Temporal.Instant.compare(at, cycleEnd(cycle)) < 0);
      assert.equal(cycleEnd(cycle).toString(), cycleStart(nextCycle(cycle)).toString());
      assert.equal(previousCycle(nextCycle(cycle)), cycle);
    }),
  );
});

test('a text that is no cycle is refused', () => {
  assert.throws(() => cycleStart('2023-13'), RangeError);
  assert.throws(() => cycleStart('October'), RangeError);
});

test('what is published on the Pacific day of Patch Tuesday belongs to it', () => {
  const golden = [
    ['2022-08-09T17:00:22Z', '2022-08', true],
    ['2022-08-09T07:00:00Z', '2022-08', true],
    ['2022-08-09T06:59:59Z', '2022-07', false],
    ['2022-08-10T06:59:59Z', '2022-08', true],
    ['2022-08-10T07:00:00Z', '2022-08', false],
    ['2022-08-23T17:00:00Z', '2022-08', false],
    ['2022-09-01T00:00:00Z', '2022-08', false],
  ] as const;
  for (const [published, cycle, onPatchTuesday] of golden) {
    assert.deepEqual(cycleOfPublication(instant(published)), { cycle, onPatchTuesday });
  }
});

test('C and D releases are the third and fourth Tuesday, at the same Pacific hour across a clock change', () => {
  const { b, c, d } = releaseMarks('2024-10');
  assert.deepEqual([b, c, d].map(String), ['2024-10-08T17:00:00Z', '2024-10-15T17:00:00Z', '2024-10-22T17:00:00Z']);
  assert.equal(String(releaseMarks('2025-10').d), '2025-10-28T17:00:00Z');
  assert.equal(String(releaseMarks('2026-03').b), '2026-03-10T17:00:00Z');
});
