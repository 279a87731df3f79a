import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { offerTimes, targetWindow } from '#domain/calendar/offer-times.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { releaseAt } from '#domain/calendar/release-week.ts';
import { primaryWindow } from '#domain/calendar/windows.ts';

const instant = Temporal.Instant.from;
const ZONE = 'Europe/London';

function plan(choice: Partial<Plan>): Plan {
  return makePlan({ name: 'p', ...choice });
}

function target(choice: Partial<Plan>, published: string, at: string): string {
  const chosen = plan(choice);
  const release = releaseAt(chosen, ZONE, instant(published));
  return targetWindow(chosen, ZONE, release, instant(at)).start.toString();
}

test('an offer is served from start − lead to end − run', () => {
  const chosen = plan({ leadHours: 48, runMinutes: 90 });
  const times = offerTimes(chosen, primaryWindow(chosen, ZONE, '2023-10'));
  assert.deepEqual(
    Object.entries(times)
      .map(([name, at]) => `${name} ${at}`)
      .sort(),
    [
      'end 2023-10-22T05:00:00Z',
      'lastOffer 2023-10-22T03:30:00Z',
      'leadFrom 2023-10-20T01:00:00Z',
      'start 2023-10-22T01:00:00Z',
    ],
  );
});

test('the lead is exact hours, also across a clock change', () => {
  const chosen = plan({ releaseWeek: 3 });
  const { leadFrom } = offerTimes(chosen, primaryWindow(chosen, ZONE, '2023-10'));
  assert.equal(String(leadFrom), '2023-10-27T02:00:00Z');
});

test('a nightly plan has no lead', () => {
  const chosen = plan({ kind: 'nightly', leadHours: 48 });
  const { leadFrom, start } = offerTimes(chosen, primaryWindow(chosen, ZONE, '2023-10'));
  assert.equal(String(leadFrom), String(start));
});

test('a Patch Tuesday update aims at the primary window, until that is too near its end', () => {
  const published = '2023-10-10T17:00:00Z';
  assert.equal(target({}, published, '2023-10-10T17:00:00Z'), '2023-10-22T01:00:00Z');
  assert.equal(target({}, published, '2023-10-22T03:29:59Z'), '2023-10-22T01:00:00Z');
  assert.equal(target({}, published, '2023-10-22T03:30:00Z'), '2023-10-29T02:00:00Z');
  assert.equal(target({ followUp: false }, published, '2023-10-22T03:30:00Z'), '2023-11-26T02:00:00Z');
});

test('a window on the first day of the release week takes what came out on Patch Tuesday', () => {
  const published = '2023-10-10T17:00:22Z';
  assert.equal(target({ releaseWeek: 1, weekday: 3, hour: 0 }, published, published), '2023-10-10T23:00:00Z');
  assert.equal(target({ releaseWeek: 2, weekday: 3, hour: 2 }, published, published), '2023-10-18T01:00:00Z');
});

test('a window that began before the release does not count', () => {
  // Early plan, out of band: published Saturday 02:30 BST, soaked one day later, half an hour into the Sunday window.
  assert.equal(target({ releaseWeek: 1 }, '2023-10-14T01:30:00Z', '2023-10-15T01:45:00Z'), '2023-10-22T01:00:00Z');
  assert.equal(target({ releaseWeek: 1 }, '2023-10-14T01:00:00Z', '2023-10-15T01:45:00Z'), '2023-10-15T01:00:00Z');
});

test('the target window begins no earlier than the release and is still offered', () => {
  const seconds = fc.integer({ min: Date.parse('2024-01-01') / 1000, max: Date.parse('2030-01-01') / 1000 });
  const plans = fc.record({
    kind: fc.constantFrom('weekly' as const, 'nightly' as const),
    followUp: fc.boolean(),
    runMinutes: fc.integer({ min: 1, max: 239 }),
  });
  fc.assert(
    fc.property(plans, seconds, seconds, (choice, released, now) => {
      const chosen = plan(choice);
      const release = Temporal.Instant.fromEpochMilliseconds(released * 1000);
      const at = Temporal.Instant.fromEpochMilliseconds(now * 1000);
      const window = targetWindow(chosen, ZONE, release, at);
      assert.ok(Temporal.Instant.compare(window.start, release) >= 0);
      assert.ok(Temporal.Instant.compare(offerTimes(chosen, window).lastOffer, at) > 0);
      const late = window.start.since(released > now ? release : at).total('hours');
      assert.ok(late <= 24 * (choice.kind === 'nightly' ? 1 : choice.followUp ? 7 : 42) + 1);
    }),
  );
});
