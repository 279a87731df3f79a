import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePlan } from '#domain/calendar/presets.ts';
import type { Campaign } from '#domain/rollout/campaign.ts';
import { dependencyOrder } from '#domain/rollout/order.ts';
import { FOUR_WAVES, ORDER_ONLY } from '#domain/rollout/shipped-plans.ts';
import { candidateOf, mayGo, neighbourhoods, nextTurn, type Position } from '#domain/rollout/sweep.ts';

const ZONE = 'Europe/London';
/** A Sunday, 02:00 in London. */
const WINDOW = Temporal.Instant.from('2023-10-22T01:00:00Z');
const weekly = makePlan({ name: 'default' });
const nightly = makePlan({ name: 'nights', kind: 'nightly' });

function turn(changes: { plan?: typeof weekly; task?: boolean; release?: Temporal.Instant }, at: Temporal.Instant) {
  const { plan = weekly, task = false, release = WINDOW.subtract({ hours: 100 }) } = changes;
  return nextTurn({ plan, zone: ZONE, task }, release, at);
}

test('a turn is for the first window after the release, and due when its offer begins', () => {
  const { window, night, dueAt } = turn({}, WINDOW.subtract({ hours: 90 }));
  assert.equal(window.start.toString(), WINDOW.toString());
  assert.equal(window.until.toString(), window.lastOffer.toString());
  assert.equal(night, '2023-10-22');
  assert.equal(dueAt.toString(), WINDOW.subtract({ hours: 48 }).toString());
  const later = turn({ release: WINDOW.add({ minutes: 1 }) }, WINDOW.subtract({ hours: 90 }));
  assert.equal(later.night, '2023-10-29');
});

test('an open window is for those with the settings task, as long as a run fits', () => {
  assert.equal(turn({}, WINDOW).night, '2023-10-29');
  assert.equal(turn({ task: true }, WINDOW).night, '2023-10-22');
  assert.equal(turn({ task: true }, WINDOW.add({ minutes: 150 })).night, '2023-10-29');
});

test('without a lead the turn is there before the window is', () => {
  const { window, dueAt } = turn({ plan: nightly }, WINDOW);
  assert.ok(Temporal.Instant.compare(dueAt, window.start) < 0);
});

test('a catch-up lasts until the next offer at most', () => {
  const long = { ...weekly, missed: { kind: 'catch-up', hours: 144 } } as const;
  const { window } = turn({ plan: long }, WINDOW.subtract({ hours: 1 }));
  // A day of 25 hours lies between.
  assert.equal(window.until.toString(), WINDOW.add({ hours: 7 * 24 + 1 - 48 }).toString());
});

function campaign(changes: Partial<Campaign>): Pick<Campaign, 'plan' | 'waves' | 'weeks'> {
  return {
    plan: FOUR_WAVES,
    waves: [{ state: 'passed' }, { state: 'open' }, { state: 'waiting' }],
    weeks: new Map(),
    ...changes,
  };
}

test('members go when their wave and their release week may; an unknown standing is a closed one', () => {
  const may = (wave: number | undefined, releaseWeek: number, changes: Partial<Campaign> = {}) =>
    mayGo(campaign(changes), { releaseWeek, ...(wave === undefined ? {} : { wave }) });
  assert.deepEqual(
    [0, 1, 2, 3, undefined].map((wave) => may(wave, 1)),
    [true, true, false, false, false],
  );
  assert.equal(may(0, 2), false);
  assert.equal(may(0, 2, { weeks: new Map([[2, { state: 'passed' }]]) }), true);
  assert.equal(may(0, 4, { plan: ORDER_ONLY }), true);
});

const order = dependencyOrder([
  { name: 'app', needs: ['sql'] },
  { name: 'sql', needs: ['dc'] },
  { name: 'dc' },
  { name: 'x', needs: ['y'] },
  { name: 'y', needs: ['x'] },
]);

function seen(
  name: string,
  positions: Readonly<Record<string, Position>>,
  holders: readonly string[] = [],
  weekGates = false,
) {
  const { wave = 1, releaseWeek } = positions[name] ?? { releaseWeek: 1 };
  const member = { serverId: name, name, rank: 1, task: false, groups: ['own'], wave, releaseWeek };
  return candidateOf(member, turn({}, WINDOW.subtract({ hours: 9 })), {
    neighbours: neighbourhoods(order),
    positionOf: (other) => positions[other],
    holds: (other) => holders.includes(other),
    weekGates,
  });
}

const waiting = (wave: number, releaseWeek = 1): Position => ({ wave, releaseWeek, state: 'waiting' });

test('a server waits for what it needs until that is verified', () => {
  assert.deepEqual(seen('app', { app: waiting(1), sql: waiting(1) }).waitsFor, ['sql']);
  assert.deepEqual(seen('app', { app: waiting(1), sql: { ...waiting(1), state: 'failed' } }).waitsFor, ['sql']);
  assert.deepEqual(seen('app', { app: waiting(1), sql: { ...waiting(1), state: 'verified' } }).waitsFor, []);
  assert.deepEqual(seen('app', { app: waiting(1) }).waitsFor, [], 'who is no member is not waited for');
});

test('what goes in a later wave, or behind a later week’s gate, is not waited for', () => {
  assert.deepEqual(seen('app', { app: waiting(0), sql: waiting(2) }).waitsFor, []);
  assert.deepEqual(seen('app', { app: waiting(1), sql: waiting(1, 3) }).waitsFor, ['sql']);
  assert.deepEqual(seen('app', { app: waiting(1), sql: waiting(1, 3) }, [], true).waitsFor, []);
});

test('neighbours on both sides are beside it while they hold a seat', () => {
  assert.deepEqual(seen('sql', {}, ['app', 'dc', 'sql', 'x']).beside.toSorted(), ['app', 'dc']);
});

test('members of a cycle share a group, and are beside one another', () => {
  const { groups, waitsFor, beside } = seen('x', { x: waiting(1), y: waiting(1) }, ['x', 'y']);
  assert.deepEqual([groups, waitsFor, beside], [['own', 'cycle:x'], [], ['y']]);
});
