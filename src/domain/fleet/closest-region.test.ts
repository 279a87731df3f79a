import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closestRegion } from './closest-region.ts';
import { SHIPPED_REGIONS } from './regions-shipped.ts';

function closest(zone: string): string | undefined {
  return closestRegion(SHIPPED_REGIONS, zone)?.name;
}

test('the closest region is the one at the shortest great circle from the zone', () => {
  assert.equal(closest('Europe/Berlin'), 'LON');
  assert.equal(closest('Africa/Johannesburg'), 'LON');
  assert.equal(closest('America/Toronto'), 'IAD');
  assert.equal(closest('America/Chicago'), 'ORD');
  assert.equal(closest('America/Mexico_City'), 'DFW');
  assert.equal(closest('Asia/Kolkata'), 'HKG');
  assert.equal(closest('Pacific/Auckland'), 'SYD');
});

test('the shortest way may cross the date line', () => {
  const east = { ...(SHIPPED_REGIONS[0] as (typeof SHIPPED_REGIONS)[number]), latitude: 0, longitude: 179 };
  const west = { ...east, name: 'WEST', longitude: 150 };
  assert.equal(closestRegion([west, east], 'Pacific/Apia')?.name, 'DFW');
});

test('a zone under another name has its place; one without a place has no closest region', () => {
  assert.equal(closest('US/Eastern'), 'IAD');
  assert.equal(closest('Asia/Calcutta'), 'HKG');
  assert.equal(closest('Etc/UTC'), undefined);
  assert.equal(closest('Mars/Olympus'), undefined);
  assert.equal(closestRegion([], 'Europe/Berlin'), undefined);
});
