import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findClones, type MachineSeen, machineName } from './clones.ts';

const AT = Temporal.Instant.from('2023-10-30T00:00:00Z');

/** A machine that was seen from one day of the month to another. */
function seen(machine: string, first: number, last: number): MachineSeen {
  const day = (n: number) => Temporal.Instant.from('2023-10-01T00:00:00Z').add({ hours: 24 * (n - 1) });
  return { machine, firstSeen: day(first), lastSeen: day(last) };
}

test('a rename is no clone: the old name ends before the new one begins', () => {
  assert.equal(findClones([seen('a', 1, 10), seen('b', 11, 29)], AT), undefined);
  assert.equal(findClones([seen('a', 1, 10), seen('b', 10, 29)], AT), undefined);
  assert.equal(findClones([seen('a', 1, 29)], AT), undefined);
});

test('names whose times overlap are clones, as long as both still come', () => {
  const clones = findClones([seen('b', 20, 28), seen('a', 1, 29), seen('old', 1, 3)], AT);
  assert.equal(clones?.differ, 'name');
  assert.deepEqual(
    clones?.machines.map(({ machine }) => machine),
    ['a', 'b'],
  );
  assert.ok(findClones([seen('a', 1, 29), seen('b', 25, 25)], AT), 'seen only once, in between');
  assert.equal(findClones([seen('a', 1, 29), seen('b', 2, 10)], AT), undefined, 'the second is gone for over 14 days');
});

test('one name on two kinds of hardware at once is a clone, one kind after the other an upgrade', () => {
  const vm = machineName('a', { computerManufacturer: 'VMware', computerModel: 'Virtual', biosVersion: '1' });
  const blade = machineName('a', { computerManufacturer: 'Dell', computerModel: 'R740', biosVersion: '2' });
  assert.equal(findClones([seen(vm, 1, 29), seen(blade, 20, 28), seen('a', 1, 29)], AT)?.differ, 'hardware');
  assert.equal(findClones([seen(vm, 1, 19), seen(blade, 20, 28), seen('a', 1, 29)], AT), undefined);
  assert.equal(findClones([seen(vm, 1, 29), seen('a', 1, 29)], AT), undefined, 'the bare name is no hardware');
});

test('what a machine says is cut to a length that the store takes', () => {
  const long = machineName('a', { computerModel: '\u{1f600}'.repeat(1000) });
  assert.ok(long.length <= 500);
  assert.ok(long.isWellFormed());
});
