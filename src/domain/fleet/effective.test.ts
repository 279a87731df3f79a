import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { effectiveInventory } from '#domain/fleet/effective.ts';
import { SOURCES, type Statement, TIERS } from '#domain/fleet/inventory.ts';
import { changedFields, changeOf, movesServer, type Said } from '#domain/fleet/inventory-change.ts';

const AT = Temporal.Instant.from('2026-11-10T18:00:00Z');

function statement(
  field: Statement['field'],
  source: Statement['source'],
  value: Statement['value'],
  hours = 0,
): Statement {
  return { field, source, value, who: 'jo', at: AT.add({ hours }) };
}

function conflictsOf(...statements: Statement[]): string[] {
  const { conflicts } = effectiveInventory(statements);
  return conflicts.map(
    ({ field, believed, others }) => `${field}: ${believed.source} / ${others.map(({ source }) => source)}`,
  );
}

test('the better source is believed, whatever came later, and the other one is a conflict', () => {
  const statements = [statement('tier', 'directory', 'low', 5), statement('tier', 'csv', 'high')];
  assert.deepEqual(effectiveInventory(statements).inventory, { tier: 'high' });
  assert.deepEqual(conflictsOf(...statements), ['tier: csv / directory']);
});

test("a person's word settles what others said before it, not what they say after it", () => {
  const person = statement('tier', 'person', 'high', 2);
  assert.deepEqual(conflictsOf(person, statement('tier', 'csv', 'low', 1)), []);
  assert.deepEqual(conflictsOf(person, statement('tier', 'csv', 'low', 3)), ['tier: person / csv']);
});

test('a source that says less, or the same release in other words, does not disagree', () => {
  const roles = statement('roles', 'csv', ['domain-controller', 'file-server']);
  assert.deepEqual(conflictsOf(roles, statement('roles', 'registration', ['domain-controller'])), []);
  assert.deepEqual(conflictsOf(roles, statement('roles', 'directory', ['sql-server'])), ['roles: csv / directory']);
  const owner = statement('owner', 'csv', { kind: 'person', name: 'Jo', contact: 'jo@example.com' });
  assert.deepEqual(conflictsOf(owner, statement('owner', 'directory', { kind: 'person', name: 'Jo' })), []);
  assert.deepEqual(conflictsOf(owner, statement('owner', 'directory', { kind: 'person', name: 'Al' })), [
    'owner: csv / directory',
  ]);
  const system = statement('operatingSystem', 'systeminfo', 'Microsoft® Windows Server® 2012 R2 Datacenter');
  assert.deepEqual(conflictsOf(system, statement('operatingSystem', 'registration', 'Windows Server 2012 R2')), []);
  assert.deepEqual(conflictsOf(system, statement('operatingSystem', 'registration', 'Windows Server 2012')).length, 1);
});

test('what is said again begins nothing, what is taken back ends, and a person may repeat a word to settle', () => {
  const current = [
    statement('tier', 'person', 'high'),
    statement('tier', 'csv', 'low', 1),
    statement('notes', 'csv', 'x'),
  ];
  const word = { who: 'al', source: 'csv', at: AT.add({ hours: 9 }) } as const;
  const same = changeOf(current, [{ field: 'tier', value: 'low' }], word);
  assert.deepEqual([same.begun, same.ended, same.conflicts.length], [[], [], 1]);
  const back = changeOf(current, [{ field: 'notes', value: null }], word);
  assert.deepEqual([back.begun, back.ended, back.after], [[], ['notes'], { tier: 'high' }]);
  const settled = changeOf(current, [{ field: 'tier', value: 'high' }], { ...word, source: 'person' });
  assert.deepEqual([settled.begun.length, settled.ended, settled.conflicts], [1, ['tier'], []]);
});

test('on a standing clock the later word is the later one', () => {
  const standing = { who: 'al', at: AT };
  const said: Said[] = [{ field: 'tier', value: 'low' }];
  const first = [statement('tier', 'person', 'high')];
  const { begun, conflicts } = changeOf(first, said, { ...standing, source: 'csv' });
  assert.equal(conflicts.length, 1);
  const settled = changeOf([...first, ...begun], [{ field: 'tier', value: 'medium' }], {
    ...standing,
    source: 'person',
  });
  assert.deepEqual(settled.conflicts, []);
});

test('only what places a server moves it', () => {
  const word = { who: 'al', source: 'csv', at: AT } as const;
  assert.ok(!movesServer(changedFields(changeOf([], [{ field: 'notes', value: 'x' }], word))));
  assert.ok(movesServer(changedFields(changeOf([], [{ field: 'needs', value: [] }], word))));
});

test('whatever is said in whatever order, one statement a source is in force, and the best is believed', () => {
  const step = fc.record({
    source: fc.constantFrom(...SOURCES),
    value: fc.option(fc.constantFrom(...TIERS)),
    hours: fc.nat({ max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let statements: readonly Statement[] = [];
      for (const { source, value, hours } of steps) {
        const word = { source, who: 'x', at: AT.add({ hours }) };
        const { ended, begun } = changeOf(statements, [{ field: 'tier', value }], word);
        statements = [...statements.filter((one) => one.source !== source || !ended.includes(one.field)), ...begun];
      }
      assert.equal(new Set(statements.map(({ source }) => source)).size, statements.length);
      const best = statements.toSorted((a, b) => SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source))[0];
      assert.equal(effectiveInventory(statements).inventory.tier, best?.value);
    }),
  );
});
