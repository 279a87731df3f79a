import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { makePlan } from '#domain/calendar/presets.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { nextScheduledInstall } from '../agent/policy.ts';
import { planPolicy, taskScans } from './plan-schedule.ts';

const ZONES = ['America/Chicago', 'America/New_York', 'Europe/London', 'Asia/Hong_Kong', 'Australia/Sydney'];
const URL = 'https://updates.example:8531';
const zone = fc.constantFrom(...ZONES);
const minutes = fc.nat(3 * 365 * 24 * 60);
const weekly = fc.record({
  name: fc.constant('p'),
  releaseWeek: fc.constantFrom(1 as const, 2 as const, 3 as const),
  weekday: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const, 5 as const, 6 as const, 7 as const),
  hour: fc.nat(23),
});

it('the schedule of a weekly plan starts exactly when its windows open, clock changes included', () => {
  fc.assert(
    fc.property(weekly, zone, minutes, (choice, zone, minute) => {
      const plan = makePlan(choice);
      const at = Temporal.Instant.from('2023-01-01T00:00:00Z').add({ minutes: minute });
      const scheduled = nextScheduledInstall(planPolicy(plan, URL, 'client'), zone, at);
      const opening = windowsFrom(plan, zone, at).find(({ start }) => Temporal.Instant.compare(start, at) > 0);
      assert.equal(scheduled.toString(), opening?.start.toString());
    }),
  );
});

it('the schedule of a nightly plan leaves time for the run before the slot ends', () => {
  const plan = makePlan({ name: 'nightly', kind: 'nightly' });
  fc.assert(
    fc.property(fc.uuid(), zone, minutes, (clientId, zone, minute) => {
      const at = Temporal.Instant.from('2023-01-01T00:00:00Z').add({ minutes: minute });
      const scheduled = nextScheduledInstall(planPolicy(plan, URL, clientId), zone, at);
      const { start, end } = windowsFrom(plan, zone, scheduled).next().value;
      assert.ok(Temporal.Instant.compare(start, scheduled) <= 0);
      assert.ok(Temporal.Instant.compare(scheduled.add({ minutes: plan.runMinutes }), end) <= 0);
    }),
  );
});

it('the settings task scans a day before, at the start and at the end of each window, never before it was set up', () => {
  const plan = makePlan({ name: 'p', releaseWeek: 2, weekday: 7, hour: 2 });
  const from = Temporal.Instant.from('2023-10-21T12:00:00Z');
  const scans = taskScans(plan, 'Europe/London', 'client', from);
  // Sunday 02:00 to 06:00 in London; the day before is over. A week later the clocks have changed.
  assert.deepEqual([...scans.take(4)].map(String), [
    '2023-10-22T01:00:00Z',
    '2023-10-22T05:00:00Z',
    '2023-10-28T02:00:00Z',
    '2023-10-29T02:00:00Z',
  ]);
});
