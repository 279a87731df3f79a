import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createFragmentCache } from '../agent/fragments.ts';
import { createHttpClient } from '../agent/http-client.ts';
import type { LogEntry } from '../agent/log-entry.ts';
import { createPolicy } from '../agent/policy.ts';
import { type ScriptedServer, startScriptedServer } from '../agent/testing/scripted-server.ts';
import { guidOf, software } from '../agent/testing/scripted-updates.ts';
import { createVirtualServer } from '../agent/virtual-server.ts';
import { createMachine } from '../machine/machine-state.ts';
import { createFleet } from './fleet.ts';
import { createSchedule } from './schedule.ts';

const START = Temporal.Instant.from('2023-10-11T00:00:00Z');
const http = createHttpClient();
const service: ScriptedServer = await startScriptedServer();
after(async () => {
  http.close();
  await service.close();
});

test('a fleet lives in time order, each server installs at its own hour, and a run can be continued', async () => {
  service.updates.push(software({ id: 1, reboot: 'AlwaysRequiresReboot', file: new Uint8Array(300) }));
  const clock: Temporal.Instant[] = [];
  const entries: LogEntry[] = [];
  const fleet = createFleet(servers(40), {
    moveClock: async (at) => {
      clock.push(at);
      service.now = () => at;
    },
    onEntry: (entry) => entries.push(entry),
    concurrency: 8,
  });
  await fleet.runUntil(START.add({ hours: 12 }));
  const half = fleet.installs().length;
  assert.ok(half > 0 && half < 40, `${half} of 40 by noon`);
  await fleet.runUntil(START.add({ hours: 60 }));
  assert.equal(fleet.installs().length, 40);
  for (const record of fleet.installs()) {
    const hour = Number(record.server.slice(3)) % 24;
    assert.equal(record.updateId, guidOf(1));
    assert.equal(record.startedAt.toZonedDateTimeISO('Asia/Tokyo').hour, hour);
    assert.equal(record.startedAt.toZonedDateTimeISO('Asia/Tokyo').minute, 0);
    assert.ok(record.restartedAt !== undefined && record.downFrom !== undefined);
    assert.ok(Temporal.Instant.compare(record.installedAt, record.downFrom) < 0);
    assert.ok(Temporal.Instant.compare(record.downFrom, record.restartedAt) < 0);
  }
  assert.deepEqual(clock, clock.toSorted(Temporal.Instant.compare), 'the clock never goes back');
  const times = entries.map(({ at }) => at.epochMilliseconds);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
});

test('a schedule gives everything in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000)), (minutes) => {
      const schedule = createSchedule<number>();
      for (const minute of minutes) schedule.add(START.add({ minutes: minute }), minute);
      const early = schedule.takeBefore(START.add({ minutes: 500 }));
      const late = schedule.takeBefore(START.add({ minutes: 1001 }));
      assert.ok(early.every((minute) => minute < 500));
      assert.deepEqual(
        [...early, ...late],
        minutes.toSorted((a, b) => a - b),
      );
      assert.equal(schedule.nextAt(), undefined);
    }),
  );
});

function servers(count: number) {
  const fragments = createFragmentCache();
  return Array.from({ length: count }, (_, index) =>
    createVirtualServer({
      identity: { clientId: `fleet-${index}`, dnsName: `srv${index}`, zone: 'Asia/Tokyo' },
      policy: createPolicy(service.url, { scheduledInstallTime: index % 24 }),
      machine: createMachine(),
      http,
      fragments,
      start: START,
    }),
  );
}
