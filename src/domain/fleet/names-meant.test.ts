import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KnownAs, namesMeant } from './names-meant.ts';

function meant(names: readonly string[], known: Readonly<Record<string, KnownAs>> = {}) {
  return Object.fromEntries(namesMeant(new Set(names), new Map(Object.entries(known))));
}

test('a first label means the one server of the file that has it', () => {
  assert.deepEqual(meant(['sql1', 'sql1.example.com', 'sql2', 'web1.example.com']), {
    sql1: { name: 'sql1.example.com' },
    'sql1.example.com': { name: 'sql1.example.com' },
    sql2: { name: 'sql2' },
    'web1.example.com': { name: 'web1.example.com' },
  });
  assert.deepEqual(meant(['sql1', 'sql1.a', 'sql1.b']).sql1, { several: 2 });
});

test('what the inventory knows comes first', () => {
  const machine = { machineId: 'm', name: 'sql1.example.com' };
  assert.deepEqual(meant(['sql1', 'sql1.b'], { sql1: machine }), {
    sql1: { name: 'sql1', machineId: 'm' },
    'sql1.b': { name: 'sql1.b' },
  });
  assert.deepEqual(meant(['sql1'], { sql1: { several: 3 } }).sql1, { several: 3 });
});

test('of a machine that is known by its label, two whole names are two other servers', () => {
  const sql1 = { machineId: 'm', name: 'sql1' };
  assert.deepEqual(meant(['sql1.a'], { 'sql1.a': sql1 }), { 'sql1.a': { name: 'sql1.a', machineId: 'm' } });
  assert.deepEqual(meant(['sql1.a', 'sql1.b', 'sql1'], { 'sql1.a': sql1, 'sql1.b': sql1, sql1 }), {
    'sql1.a': { name: 'sql1.a' },
    'sql1.b': { name: 'sql1.b' },
    sql1: { name: 'sql1', machineId: 'm' },
  });
});
