import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dependencyOrder, type Ordered } from '#domain/rollout/order.ts';

const DOMAIN = 'example.com';

function servers(edges: Readonly<Record<string, readonly string[]>>): Ordered[] {
  return Object.entries(edges).map(([name, needs]) => ({ name: `${name}.${DOMAIN}`, needs }));
}

test('needs and restart order both say who goes before, by full name or by first label', () => {
  const { before, cycles, unknown } = dependencyOrder([
    { name: 'App.example.com', needs: ['SQL', 'dc1.example.com'], restartAfter: ['sql.example.com'] },
    { name: 'sql.example.com', restartAfter: ['dc1'] },
    { name: 'dc1.example.com' },
  ]);
  assert.deepEqual(before.get('app.example.com'), ['dc1.example.com', 'sql.example.com']);
  assert.deepEqual(before.get('sql.example.com'), ['dc1.example.com']);
  assert.equal(before.has('dc1.example.com'), false);
  assert.deepEqual([cycles, unknown], [[], []]);
});

test('a name that nobody has, or that several have, is named and orders nothing', () => {
  const { before, unknown } = dependencyOrder([
    { name: 'web.a.example', needs: ['sql', 'gone', 'sql.c.example'] },
    { name: 'sql.a.example' },
    { name: 'sql.b.example' },
  ]);
  assert.equal(before.size, 0);
  assert.deepEqual(
    unknown.map(({ name, missing }) => `${name}: ${missing}`),
    ['web.a.example: sql', 'web.a.example: gone', 'web.a.example: sql.c.example'],
  );
});

test('a server known by its short name only is meant by its full one', () => {
  const { before } = dependencyOrder([{ name: 'app', needs: ['dc1.example.com'] }, { name: 'dc1' }]);
  assert.deepEqual(before.get('app'), ['dc1']);
});

test('a cycle is found and named in order, and its edges order nothing', () => {
  const { before, cycles, cycleOf } = dependencyOrder(servers({ c: ['a'], a: ['b'], b: ['c', 'x'], x: [], y: ['a'] }));
  assert.deepEqual(cycles, [['a', 'b', 'c', 'a'].map((name) => `${name}.${DOMAIN}`)]);
  assert.deepEqual(before.get('b.example.com'), ['x.example.com']);
  assert.equal(before.has('a.example.com'), false);
  assert.deepEqual(before.get('y.example.com'), ['a.example.com']);
  assert.deepEqual([...cycleOf.keys()].sort(), ['a.example.com', 'b.example.com', 'c.example.com']);
  assert.deepEqual(new Set(cycleOf.values()), new Set(['a.example.com']));
});

test('a server that needs itself is a cycle of one', () => {
  const { before, cycles } = dependencyOrder(servers({ a: ['a'] }));
  assert.deepEqual(cycles, [['a.example.com', 'a.example.com']]);
  assert.equal(before.size, 0);
});

test('a hundred thousand servers in one chain, and in one ring, are ordered', () => {
  const count = 100_000;
  const chain = Array.from({ length: count }, (_, n) => ({ name: `s${n}`, needs: n === 0 ? [] : [`s${n - 1}`] }));
  assert.equal(dependencyOrder(chain).before.size, count - 1);
  const ring = dependencyOrder([{ name: 's0', needs: [`s${count - 1}`] }, ...chain.slice(1)]);
  assert.equal(ring.before.size, 0);
  assert.equal(ring.cycles[0]?.length, count + 1);
});

const graphs = fc
  .integer({ min: 1, max: 12 })
  .chain((count) => fc.array(fc.array(fc.nat(count - 1), { maxLength: 3 }), { minLength: count, maxLength: count }))
  .map((edges) => edges.map((targets, n) => ({ name: `s${n}`, needs: targets.map((target) => `s${target}`) })));

function reaches(graph: readonly Ordered[], from: string, to: string): boolean {
  const direct = new Map(graph.map(({ name, needs = [] }) => [name, needs]));
  const seen = new Set(direct.get(from));
  for (const name of seen) for (const next of direct.get(name) ?? []) seen.add(next);
  return seen.has(to);
}

test('property: an edge counts just where no way leads back, and every cycle is one', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { before, cycles, cycleOf } = dependencyOrder(graph);
      for (const { name, needs } of graph) {
        const wanted = [...new Set(needs)].filter((other) => !reaches(graph, other, name) && other !== name).sort();
        assert.deepEqual(before.get(name) ?? [], wanted);
        assert.equal(cycleOf.has(name), reaches(graph, name, name));
      }
      for (const cycle of cycles) {
        assert.equal(cycle[0], cycle.at(-1));
        for (const [n, name] of cycle.entries()) {
          const next = cycle[n + 1];
          if (next !== undefined) assert.ok(graph.find((server) => server.name === name)?.needs.includes(next));
        }
      }
    }),
    { numRuns: 500 },
  );
});
