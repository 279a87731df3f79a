import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type PlannedWork, placeWork } from '#domain/rollout/planned-work.ts';

const START = Temporal.Instant.from('2026-01-14T02:00:00Z');
const WINDOW = { start: START, end: START.add({ hours: 4 }) };

function work(title: string, minutes: number, notBefore = '2026-01-01T00:00:00Z'): PlannedWork {
  const at = Temporal.Instant.from(notBefore);
  return { workId: title, kind: 'firmware', title, tool: 'iDRAC', minutes, notBefore: at, restarts: true };
}

function titles(works: readonly PlannedWork[]): string[] {
  return works.map(({ title }) => title);
}

it('places works after the updates, the ones that waited longest first', () => {
  const works = [work('b', 30), work('a', 30), work('old', 60, '2025-12-01T00:00:00Z')];
  const { placed, later, fits } = placeWork(works, WINDOW, 90);
  assert.deepEqual(
    placed.map(({ work: { title }, start, end }) => [title, start.toString(), end.toString()]),
    [
      ['old', '2026-01-14T03:30:00Z', '2026-01-14T04:30:00Z'],
      ['a', '2026-01-14T04:30:00Z', '2026-01-14T05:00:00Z'],
      ['b', '2026-01-14T05:00:00Z', '2026-01-14T05:30:00Z'],
    ],
  );
  assert.deepEqual([later, fits], [[], true]);
});

it('leaves for the next window what does not fit, and says what never will', () => {
  const { placed, later, tooLong, fits } = placeWork(
    [work('a', 100), work('b', 100), work('c', 40), work('d', 200)],
    WINDOW,
    90,
  );
  assert.deepEqual(titles(placed.map((one) => one.work)), ['a', 'c']);
  assert.deepEqual([titles(later), titles(tooLong), fits], [['b', 'd'], ['d'], false]);
  const next = placeWork(later, WINDOW, 90);
  assert.deepEqual(titles(next.placed.map((one) => one.work)), ['b']);
});

it('does not begin a work before its time, which is no lack of room', () => {
  const { placed, later, fits } = placeWork([work('a', 10, '2026-01-14T02:30:00Z')], WINDOW, 90);
  assert.deepEqual([placed, titles(later), fits], [[], ['a'], true]);
});

it('says when the updates alone do not fit', () => {
  assert.equal(placeWork([], WINDOW, 241).fits, false);
  assert.equal(placeWork([], WINDOW, 240).fits, true);
});

it('loses and doubles nothing, and never leaves the window', () => {
  const works = fc.array(
    fc.record({ minutes: fc.integer({ min: 1, max: 300 }), day: fc.integer({ min: 1, max: 28 }) }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(works, fc.integer({ min: 0, max: 300 }), (sketches, run) => {
      const all = sketches.map(({ minutes, day }, n) =>
        work(String(n), minutes, `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`),
      );
      const { placed, later } = placeWork(all, WINDOW, run);
      const told = [...placed.map((one) => one.work.workId), ...later.map(({ workId }) => workId)];
      assert.deepEqual(told.sort(), all.map(({ workId }) => workId).sort());
      let from = START.add({ minutes: run });
      for (const { start, end } of placed) {
        assert.ok(start.equals(from) && Temporal.Instant.compare(end, WINDOW.end) <= 0);
        from = end;
      }
    }),
  );
});
