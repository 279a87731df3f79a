import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nightlyHour } from '#domain/calendar/nightly-hour.ts';
import { makePlan } from '#domain/calendar/presets.ts';

const nightly = makePlan({ name: 'nightly', kind: 'nightly' });

test('the run of every server ends in the slot 01:00–05:00', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.integer({ min: 1, max: 240 }), (server, runMinutes) => {
      const hour = nightlyHour({ ...nightly, runMinutes }, server);
      assert.ok(Number.isInteger(hour) && hour >= 1);
      assert.ok(hour * 60 + runMinutes <= 5 * 60);
    }),
  );
});

test('servers are spread over all hours that fit, each always at the same one', () => {
  const counts = new Map<number, number>();
  for (let n = 0; n < 4000; n += 1) {
    const server = `0b6f2a64-5f0e-4c55-9d6b-${n.toString(16).padStart(12, '0')}`;
    const hour = nightlyHour({ ...nightly, runMinutes: 60 }, server);
    assert.equal(hour, nightlyHour({ ...nightly, runMinutes: 60 }, server));
    counts.set(hour, (counts.get(hour) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), [1, 2, 3, 4]);
  for (const [hour, count] of counts) assert.ok(count > 850 && count < 1150, `${hour}: ${count}`);
});

test('the hour of a server stays what it was in earlier releases of this service', () => {
  assert.equal(nightlyHour(nightly, '2c8b1a3e-9c7d-4f5e-8a6b-1d2e3f405162'), 2);
});
