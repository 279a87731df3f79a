import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completenessOf, missingFields } from '#domain/fleet/completeness.ts';
import { groupsOf } from '#domain/fleet/groups.ts';
import type { InventoryField } from '#domain/fleet/inventory.ts';
import { FIELD_NAMES, readServerName, readStatementValue } from '#domain/fleet/inventory-schema.ts';
import { ROLE_NAMES, ROLES, rankOf } from '#domain/fleet/roles.ts';

function problems(field: InventoryField, input: unknown): string[] {
  const reading = readStatementValue(field, input);
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

test('lists are sorted and said once, names are in lower case', () => {
  assert.deepEqual(readStatementValue('roles', [' SQL-Server', 'iis', 'iis']), {
    ok: true,
    value: ['iis', 'sql-server'],
  });
  assert.deepEqual(readStatementValue('needs', ['DC2', 'dc1']), { ok: true, value: ['dc1', 'dc2'] });
  assert.deepEqual(readStatementValue('redundancyGroup', 'SQL AG 1'), { ok: true, value: 'sql ag 1' });
  assert.deepEqual(readStatementValue('backup', { slot: 'Sat 22:00-02:00' }), {
    ok: true,
    value: { slot: { weekdays: [6], from: 1320, minutes: 240 } },
  });
});

test('a wrong value is told with its place and what it may be', () => {
  assert.match(
    problems('roles', ['sqlserver']).join(),
    /^0: "sqlserver" is not one of .* Did you mean "sql-server"\?$/,
  );
  assert.deepEqual(problems('roles', []), [': must name a role']);
  assert.deepEqual(problems('owner', { kind: 'person', name: 'Jo', contact: 'jo' }), [
    'contact: must be a mail address',
  ]);
  assert.deepEqual(problems('support', { status: 'supported', until: '2026-02-30' }), [
    'until: is not a day of the calendar',
  ]);
  assert.deepEqual(problems('backup', {}), [': must be a tool, a slot, or both']);
  assert.deepEqual(problems('hours', ['Mon 25:00-26:00']), ['0: must be a span such as Sat,Sun 22:00-06:00']);
  assert.deepEqual(problems('notes', 'two\nlines'), [': must be one line of 1 to 2000 characters']);
});

test('no input breaks a field, and answers stay short', () => {
  const hostile = [
    null,
    undefined,
    7,
    true,
    {},
    [],
    [[]],
    ['x'.repeat(1e5)],
    Array.from({ length: 1e4 }, () => '\u0000'),
    '',
  ];
  for (const field of FIELD_NAMES)
    for (const input of hostile) assert.ok(problems(field, input).join().length < 20_000, `${field} ${typeof input}`);
  assert.equal(readServerName(' SRV1.Example.COM '), 'srv1.example.com');
  for (const wrong of ['', '-a', 'a b', 'a/b', 'x'.repeat(256), 'a\n'])
    assert.equal(readServerName(`${wrong}\u0001`), undefined);
});

test('domain controllers of one domain are one group beside the one that is named', () => {
  const roles = ['domain-controller'] as const;
  assert.deepEqual(groupsOf({ roles, redundancyGroup: 'core' }, 'dc1.example.com'), ['core', 'dc:example.com']);
  assert.deepEqual(groupsOf({ roles }, 'dc1'), ['dc:']);
  assert.deepEqual(groupsOf({ roles: ['cluster-node'] }, 'n1.example.com'), []);
});

test('a server goes with the first of its roles; backup and monitoring go last', () => {
  assert.equal(rankOf(['sql-server', 'domain-controller']), ROLES['domain-controller'].rank);
  assert.equal(rankOf(undefined), rankOf(['application']));
  assert.deepEqual(ROLE_NAMES.toSorted((a, b) => ROLES[a].rank - ROLES[b].rank).slice(-2), ['backup', 'monitoring']);
});

test('completeness is 100 only when nothing is missing', () => {
  assert.deepEqual(missingFields({ needs: [], tier: 'low' }), ['owner', 'window', 'roles', 'environment', 'support']);
  const none = { owner: 0, window: 0, roles: 0, tier: 0, environment: 0, support: 0, needs: 0 };
  assert.equal(completenessOf({ servers: 0, complete: 0, missing: none }).percent, 100);
  assert.equal(completenessOf({ servers: 1000, complete: 999, missing: { ...none, owner: 1 } }).percent, 99);
});
