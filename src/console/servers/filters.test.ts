import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNarrowed, readFilters, withFilter } from './filters.ts';

test('an address is read as filters, and what is none is left out', () => {
  const read = readFilters({
    search: 'db',
    compliance: 'failed',
    plan: 7,
    os: ['x'],
    customer: ' ',
    sort: 'last-contact',
    x: 1,
  });
  assert.deepEqual(read, { search: 'db', compliance: 'failed', plan: '7', sort: 'last-contact' });
  assert.deepEqual(readFilters({ compliance: '<script>', sort: 'name', search: 'x'.repeat(500) }), {
    search: 'x'.repeat(200),
  });
});

test('one filter changes and the others stay; an order alone narrows nothing', () => {
  assert.deepEqual(withFilter({ search: 'db', sort: 'last-contact' }, 'search', ''), { sort: 'last-contact' });
  assert.deepEqual(withFilter({ search: 'db' }, 'os', 'Windows Server 2019'), {
    search: 'db',
    os: 'Windows Server 2019',
  });
  assert.equal(isNarrowed({ sort: 'last-contact' }), false);
  assert.equal(isNarrowed({ plan: 'early' }), true);
});
