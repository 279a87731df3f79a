import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isZone } from '#domain/calendar/zone.ts';

test('IANA names are zones, in any letter case, links and UTC included', () => {
  for (const zone of Intl.supportedValuesOf('timeZone')) assert.ok(isZone(zone), zone);
  for (const zone of ['UTC', 'europe/london', 'US/Pacific', 'Asia/Calcutta', 'Asia/Kolkata', 'Etc/GMT+5']) {
    assert.ok(isZone(zone), zone);
  }
});

test('offsets, Windows names, times and nonsense are not', () => {
  const wrong = ['', '+01:00', '-0500', 'Z', 'GMT Standard Time', 'Europe/Atlantis', 'T00:00[Europe/London]'];
  for (const zone of [...wrong, '2024-01-01T00:00Z', 'Europe/London ', 'a'.repeat(100_000)])
    assert.ok(!isZone(zone), zone);
});
