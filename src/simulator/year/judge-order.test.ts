import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Acquired } from '../demo/acquired.ts';
import type { KnownUpdate } from '../demo/known-updates.ts';
import type { InstallRecord } from '../fleet/fleet.ts';
import { orderBroken } from './judge-order.ts';
import { YEAR_BEGINS } from './run-year.ts';
import type { Judged } from './witness.ts';
import { randomFleet } from './year-fleet.ts';
import { randomOrder } from './year-order.ts';

const TO = YEAR_BEGINS.add({ hours: 24 * 60 });
const FLEET = randomFleet({ servers: 60, seed: 'order', task: 'half', from: YEAR_BEGINS, to: TO, cycles: ['2023-10'] });
const ORDER = randomOrder(FLEET, 'order');
const [first, second] =
  Map.groupBy(ORDER.groups.keys(), (name) => ORDER.groups.get(name))
    .values()
    .next().value ?? [];
const UPDATE: KnownUpdate = {
  updateId: 'u',
  title: 'An update',
  published: YEAR_BEGINS,
  class: 'os-cumulative',
  verdict: 'approve',
  expired: false,
};
const hour = (hours: number) => YEAR_BEGINS.add({ hours });

function judged(name: string | undefined, from: number, to: number, placement: Judged['placement'] = 'window'): Judged {
  const server = FLEET.find(({ dnsName }) => dnsName === name);
  assert.ok(server);
  const record: InstallRecord = {
    ...{ server: server.dnsName, kind: 'installed', updateId: 'u', revisionNumber: 1, trigger: 'schedule' },
    ...{ startedAt: hour(from), installedAt: hour(from), needsRestart: true, restartedAt: hour(to) },
  };
  return { server, update: UPDATE, record, placement };
}

const never: Acquired = () => undefined;

test('groups have two or three members, pilots are in none, clones in neither', () => {
  const sizes = [...Map.groupBy(ORDER.groups.values(), (name) => name).values()].map(({ length }) => length);
  assert.ok(Math.max(...sizes) <= 3 && sizes.filter((size) => size >= 2).length >= sizes.length - 1);
  for (const { dnsName, clone } of FLEET) {
    assert.ok(!(ORDER.pilots.has(dnsName) && ORDER.groups.has(dnsName)));
    assert.ok(!clone || !(ORDER.pilots.has(dnsName) || ORDER.groups.has(dnsName)));
  }
});

test('two of a group at it together are named, one after the other is not; nor what was no turn', () => {
  assert.match(orderBroken([judged(first, 1, 3), judged(second, 2, 4)], never, ORDER, TO).join(), /^together: /);
  assert.deepEqual(orderBroken([judged(first, 1, 3), judged(second, 3, 4)], never, ORDER, TO), []);
  assert.deepEqual(orderBroken([judged(first, 1, 3), judged(second, 2, 4, 'outside-window')], never, ORDER, TO), []);
});

test('two pilots must have an update first, or all that need it', () => {
  const pilots = [...ORDER.pilots];
  const had = (...fates: ReturnType<Acquired>[]): Acquired => {
    return (server) => fates[pilots.indexOf(server)];
  };
  const install = [judged(first, 10, 11)];
  assert.deepEqual(orderBroken(install, had(hour(5), hour(6), 'needed'), ORDER, TO), []);
  assert.deepEqual(orderBroken(install, had(hour(5)), ORDER, TO), []);
  assert.match(orderBroken(install, had(hour(5), hour(12)), ORDER, TO).join(), /^before its gate: .* 1 of 2 pilots/);
});
