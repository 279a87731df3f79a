import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Candidate, giveTurns, type Occupancy } from '#domain/rollout/turns.ts';

const START = Temporal.Instant.from('2024-03-10T02:00:00Z');
const BEFORE = START.subtract({ hours: 20 });
const INSIDE = START.add({ minutes: 30 });

function candidate(name: string, changes: Partial<Candidate> = {}): Candidate {
  return {
    serverId: name,
    name,
    wave: 0,
    rank: 50,
    task: false,
    window: {
      start: START,
      end: START.add({ hours: 4 }),
      lastOffer: START.add({ minutes: 150 }),
      until: START.add({ minutes: 150 }),
    },
    night: '2024-03-10',
    groups: [],
    waitsFor: [],
    beside: [],
    ...changes,
  };
}

function occupancy(changes: Partial<Occupancy> = {}): Occupancy {
  return { seats: new Map([[0, Number.POSITIVE_INFINITY]]), groups: new Map(), ...changes };
}

function group(atOnce: number, holders: readonly string[] = [], nights: readonly string[] = []): Occupancy['groups'] {
  return new Map([['pair', { atOnce, holders, nights: new Set(nights) }]]);
}

function names(candidates: readonly Candidate[], taken = occupancy(), at = BEFORE): string[] {
  return giveTurns(candidates, taken, at).given.map(({ name }) => name);
}

function codeOf(one: Candidate, taken = occupancy(), at = BEFORE): string | undefined {
  return giveTurns([one], taken, at).held.get(one.serverId)?.code;
}

test('wave, rank, the passive node, who waits longest, and the name say who is first', () => {
  const seats = new Map([
    [0, 9],
    [1, 9],
  ]);
  const all = [
    candidate('f', { wave: 1, rank: 0 }),
    candidate('e', { rank: 60 }),
    candidate('d', { lastTold: START.subtract({ hours: 24 }) }),
    candidate('c', { lastTold: START.subtract({ hours: 48 }) }),
    candidate('b'),
    candidate('a'),
    candidate('z', { passive: true }),
  ];
  assert.deepEqual(names(all, occupancy({ seats })), ['z', 'a', 'b', 'c', 'd', 'e', 'f']);
});

test('a wave gives as many turns as it has seats', () => {
  const taken = occupancy({ seats: new Map([[0, 1]]) });
  assert.deepEqual(names([candidate('a'), candidate('b')], taken), ['a']);
  assert.equal(codeOf(candidate('a'), occupancy({ seats: new Map([[0, 0]]) })), 'wave.seats');
  assert.equal(codeOf(candidate('a', { wave: 7 }), taken), 'wave.seats');
});

test('of a group no more go than may be down, whoever holds a seat already', () => {
  const members = [candidate('a', { groups: ['pair'], task: true }), candidate('b', { groups: ['pair'], task: true })];
  assert.deepEqual(names(members), ['a'], 'a group that nobody configured lets one go');
  assert.deepEqual(names(members, occupancy({ groups: group(2) })), ['a', 'b']);
  const { given, held } = giveTurns(members, occupancy({ groups: group(1, ['c']) }), BEFORE);
  assert.equal(given.length, 0);
  assert.equal(held.get('a')?.code, 'order.group');
  assert.equal(held.get('a')?.subject, 'pair');
  assert.match(held.get('a')?.text ?? '', /c is not verified/);
});

test('who holds a seat of the group already does not stand in its own way', () => {
  assert.deepEqual(
    names([candidate('a', { groups: ['pair'] })], occupancy({ groups: group(1, ['a'], ['2024-03-10']) })),
    ['a'],
  );
});

test('without the settings task one member of a group goes in a night, with it the next follows', () => {
  const taken = occupancy({ groups: group(1, [], ['2024-03-10']) });
  assert.equal(codeOf(candidate('a', { groups: ['pair'] }), taken), 'order.own-night');
  assert.deepEqual(names([candidate('a', { groups: ['pair'], task: true })], taken, INSIDE), ['a']);
});

test('an open window takes only those who hear in time', () => {
  assert.equal(codeOf(candidate('a'), occupancy(), INSIDE), 'wave.not-its-turn');
  assert.deepEqual(names([candidate('a', { task: true })], occupancy(), INSIDE), ['a']);
  assert.equal(codeOf(candidate('a', { task: true }), occupancy(), START.add({ minutes: 150 })), 'wave.not-its-turn');
});

test('what goes before is waited for, and a neighbour at its turn too; long lists are cut', () => {
  const { held } = giveTurns([candidate('a', { waitsFor: 'bcdefgh'.split('') })], occupancy(), BEFORE);
  assert.deepEqual(held.get('a'), {
    code: 'order.dependency',
    text: 'It goes after b, c, d, e, f and 2 more, not verified yet.',
    subject: 'b',
  });
  assert.equal(codeOf(candidate('a', { beside: ['b'] })), 'order.dependency');
});

test('neighbours are not told together', () => {
  const both = [candidate('a', { neighbours: ['b'] }), candidate('b', { neighbours: ['a'] })];
  const { given, held } = giveTurns(both, occupancy(), BEFORE);
  assert.deepEqual([given.map(({ name }) => name), held.get('b')?.code], [['a'], 'order.dependency']);
});

test('who lost its last window to the others is given way to, until it had its chance', () => {
  const reserved = { name: 'b', lost: 1, from: START.add({ hours: 12 }) };
  const group = (more: object) =>
    occupancy({ groups: new Map([['g', { atOnce: 1, holders: [], nights: new Set<string>(), reserved, ...more }]]) });
  const a = candidate('a', { groups: ['g'] });
  assert.equal(codeOf(a, group({})), 'wave.not-its-turn', 'to give way is not to lose a window');
  assert.deepEqual(names([candidate('b', { groups: ['g'], lost: 1 })], group({})), ['b']);
  assert.deepEqual(names([candidate('a', { groups: ['g'], lost: 2 })], group({})), ['a'], 'it lost more itself');
  assert.deepEqual(names([a], group({ atOnce: 2 })), ['a'], 'there is room for both');
  const far = { ...reserved, from: START.add({ hours: 24 * 7 }) };
  assert.deepEqual(names([a], group({ reserved: far })), ['a'], 'it is back by then');
  const over = { ...reserved, from: BEFORE.subtract({ hours: 2 }) };
  assert.deepEqual(names([a], group({ reserved: over })), ['a'], 'the other had its chance');
});

const candidates = fc.array(
  fc.record({
    wave: fc.nat(2),
    rank: fc.nat(3),
    task: fc.boolean(),
    groups: fc.uniqueArray(fc.constantFrom('g0', 'g1', 'g2'), { maxLength: 2 }),
    waits: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  }),
  { maxLength: 30 },
);

test('property: seats and groups are never overdrawn, each gets a turn or a reason, and who could go does', () => {
  const seats = new Map([
    [0, 3],
    [1, 1],
    [2, Number.POSITIVE_INFINITY],
  ]);
  const groups = new Map([
    ['g0', { atOnce: 1, holders: [], nights: new Set<string>() }],
    ['g1', { atOnce: 3, holders: ['other'], nights: new Set<string>() }],
  ]);
  fc.assert(
    fc.property(candidates, fc.constantFrom(BEFORE, INSIDE), (sketches, at) => {
      const all = sketches.map(({ waits, ...one }, n) =>
        candidate(`s${n}`, { ...one, waitsFor: waits ? ['another'] : [] }),
      );
      const { given, held } = giveTurns(all, { seats, groups }, at);
      assert.equal(given.length + held.size, all.length);
      for (const [wave, free] of seats) assert.ok(given.filter((one) => one.wave === wave).length <= free);
      for (const [name, room] of [
        ['g0', 1],
        ['g1', 2],
        ['g2', 1],
      ] as const) {
        assert.ok(given.filter((one) => one.groups.includes(name)).length <= room);
      }
      assert.ok(given.every((one) => one.waitsFor.length === 0 && (one.task || at === BEFORE)));
      const unhindered = all.filter(
        (one) => one.wave === 2 && one.groups.length === 0 && one.task && one.waitsFor.length === 0,
      );
      assert.ok(unhindered.every((one) => given.includes(one)));
    }),
  );
});
