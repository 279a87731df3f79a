import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CSV_COLUMNS, csvLine, readCells, writeLine } from '#domain/fleet/csv-columns.ts';
import { readSpan, writeSpan } from '#domain/fleet/csv-span.ts';
import type { Inventory } from '#domain/fleet/inventory.ts';
import { INVENTORY_FIELDS, readStatementValue } from '#domain/fleet/inventory-schema.ts';
import { ROLE_NAMES } from '#domain/fleet/roles.ts';

function readBack(cells: readonly string[]): Inventory {
  const said = readCells(new Map(CSV_COLUMNS.map((column, at) => [column, cells[at] ?? ''])));
  return Object.fromEntries(
    said.map(({ field, input }) => {
      const reading = readStatementValue(field, input);
      return [field, reading.ok ? reading.value : assert.fail(`${field}: ${JSON.stringify(reading.problems)}`)];
    }),
  );
}

const text = fc
  .string({ minLength: 1, maxLength: 30, unit: 'grapheme' })
  .map((one) => one.trim())
  .filter((one) => INVENTORY_FIELDS.notes.schema.safeParse(one).success);
const tricky = fc.oneof(
  text,
  fc.constantFrom('-', 'none', "'none", '=1+1', "'=x", 'a|b', String.raw`a\|b`, '"', 'a;b,c'),
);
const names = fc
  .uniqueArray(fc.stringMatching(/^[a-z0-9]{1,8}(\.[a-z]{2,5})?$/), { maxLength: 4 })
  .map((list) => list.sort());
const span = fc.record(
  {
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }).map((days) => days.sort()),
    from: fc.integer({ min: 0, max: 1439 }),
    minutes: fc.integer({ min: 1, max: 1440 }),
  },
  { noNullPrototype: true },
);
const inventory = fc.record(
  {
    roles: fc.uniqueArray(fc.constantFrom(...ROLE_NAMES), { minLength: 1 }).map((roles) => roles.sort()),
    applications: fc.uniqueArray(tricky, { maxLength: 4 }).map((list) => list.sort()),
    owner: fc.record({ kind: fc.constantFrom('person', 'team'), name: tricky }, { noNullPrototype: true }),
    needs: names,
    notes: tricky,
    backup: fc.record({ tool: tricky, slot: span }, { requiredKeys: ['slot'], noNullPrototype: true }),
    hours: fc.array(span, { minLength: 1, maxLength: 3 }),
    healthChecks: fc.array(tricky, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

test('whatever an inventory holds comes back from its line', () => {
  fc.assert(
    fc.property(inventory, (known) => {
      assert.deepEqual(readBack(writeLine('x', known as Inventory).map((cell) => cell.trim())), known);
    }),
  );
});

test('spans read as people write them', () => {
  assert.deepEqual(readSpan('mon-fri 22:00 - 06:00'), { weekdays: [1, 2, 3, 4, 5], from: 1320, minutes: 480 });
  assert.deepEqual(readSpan('Sat-Mon,Wed 0:00-24:00'), { weekdays: [1, 3, 6, 7], from: 0, minutes: 1440 });
  assert.deepEqual(readSpan('daily 01:30-01:30')?.minutes, 1440);
  for (const wrong of [
    '',
    'mon',
    'mon 22-23',
    'mon 24:00-01:00',
    'mon 22:60-23:00',
    'mon 22:00-24:30',
    'xyz 1:00-2:00',
  ])
    assert.equal(readSpan(wrong), undefined, wrong);
  fc.assert(fc.property(span, (one) => assert.deepEqual(readSpan(writeSpan(one)), one)));
});

test('cells of one field are one statement; a dash takes it back; empty cells say nothing', () => {
  const said = readCells(
    new Map([
      ['owner', 'Jo'],
      ['owner_contact', 'jo@example.com'],
      ['tier', '-'],
      ['notes', ''],
    ]),
  );
  assert.deepEqual(
    said.map(({ field, input }) => [field, input]),
    [
      ['owner', { name: 'Jo', kind: 'person', contact: 'jo@example.com' }],
      ['tier', undefined],
    ],
  );
});

test('no cell that is written begins a formula', () => {
  fc.assert(
    fc.property(inventory, (known) => {
      for (const cell of writeLine('x', known as Inventory)) assert.doesNotMatch(cell, /^[=+@-]/);
    }),
  );
  assert.equal(csvLine(['a', 'b;c', 'say "x"']), 'a,"b;c","say ""x"""');
});
