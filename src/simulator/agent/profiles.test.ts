import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { makePlan } from '#domain/calendar/presets.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { nextScheduledInstall } from './policy.ts';
import { planProfile } from './profiles.ts';
import { readPolicy } from './registry.ts';

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
      const scheduled = nextScheduledInstall(readPolicy(planProfile(plan, URL, 'client')), zone, at);
      const opening = windowsFrom(plan, zone, at).find(({ start }) => Temporal.Instant.compare(start, at) > 0);
      assert.equal(scheduled.toString(), opening?.start.toString());
    }),
  );
});

it('the schedule of a nightly plan leaves time for the run before the slot ends', () => {
  const plan = makePlan({ name: 'nightly', kind: 'nightly' });
  fc.assert(
    // Where the clocks never change: in the night in which an hour comes twice the slot ends an hour earlier by the wall clock.
    fc.property(fc.uuid(), fc.constantFrom('Asia/Hong_Kong', 'Asia/Kathmandu'), minutes, (clientId, zone, minute) => {
      const at = Temporal.Instant.from('2023-01-01T00:00:00Z').add({ minutes: minute });
      const scheduled = nextScheduledInstall(readPolicy(planProfile(plan, URL, clientId)), zone, at);
      const { start, end } = windowsFrom(plan, zone, scheduled).next().value;
      assert.ok(Temporal.Instant.compare(start, scheduled) <= 0);
      assert.ok(Temporal.Instant.compare(scheduled.add({ minutes: plan.runMinutes }), end) <= 0);
    }),
  );
});
