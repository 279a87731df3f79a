import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPlan } from '#domain/calendar/plan-schema.ts';
import { YEAR_BEGINS } from './run-year.ts';
import { randomFleet } from './year-fleet.ts';

const OPTIONS = {
  servers: 400,
  seed: 'fleet',
  task: 'half',
  from: YEAR_BEGINS,
  to: YEAR_BEGINS.add({ hours: 24 * 400 }),
  cycles: ['2023-10', '2023-11'],
} as const;

test('a fleet follows from its seed, and its plans are valid', () => {
  const fleet = randomFleet(OPTIONS);
  assert.deepEqual(JSON.stringify(randomFleet(OPTIONS)), JSON.stringify(fleet));
  assert.notDeepEqual(JSON.stringify(randomFleet({ ...OPTIONS, seed: 'other' })), JSON.stringify(fleet));
  assert.equal(fleet.length, 400);
  for (const { plan } of fleet.flatMap(({ plans }) => plans)) assert.deepEqual(checkPlan(plan), { ok: true, plan });
});

test('every habit is there, with and without the task; clones share their id and nothing else', () => {
  const fleet = randomFleet(OPTIONS);
  for (const task of [true, false]) {
    const habits = fleet.filter((server) => server.task === task).map((server) => server.habits);
    for (const key of ['off', 'networkLost', 'failures'] as const) assert.ok(habits.some((one) => one[key].length > 0));
    assert.ok(habits.some(({ clockSkew }) => clockSkew < 0) && habits.some(({ clockSkew }) => clockSkew > 0));
  }
  const kinds = new Set(fleet.map(({ profile }) => profile.kind));
  assert.deepEqual([...kinds].sort(), ['bare', 'hand-made', 'plan', 'seed']);
  const policies = new Set(fleet.flatMap(({ plans }) => plans.map(({ plan }) => plan.missed.kind)));
  assert.deepEqual([...policies].sort(), ['catch-up', 'next', 'skip']);
  const clones = fleet.filter(({ clone }) => clone);
  assert.ok(clones.length >= 2 && clones.length % 2 === 0);
  assert.equal(new Set(clones.map(({ clientId }) => clientId)).size, clones.length / 2);
  assert.equal(new Set(fleet.map(({ dnsName }) => dnsName)).size, fleet.length);
});
