import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitsWildcard } from '#domain/approval/wildcard.ts';

test('the whole text must fit, letter case does not count', () => {
  assert.equal(fitsWildcard('*time zone*', 'Cumulative Time Zone update'), true);
  assert.equal(fitsWildcard('time zone', 'Cumulative time zone update'), false);
  assert.equal(fitsWildcard('KB50?2842', 'kb5022842'), true);
  assert.equal(fitsWildcard('', ''), true);
  assert.equal(fitsWildcard('?', ''), false);
  assert.equal(fitsWildcard('**', ''), true);
  assert.equal(fitsWildcard('a.b', 'axb'), false);
});

test('it agrees with the regular expression of the same meaning', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '('), maxLength: 10 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '(', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (wanted, given) => {
      const escaped = wanted.replace(/[.(]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
      assert.equal(fitsWildcard(wanted, given), new RegExp(`^${escaped}$`, 's').test(given));
    }),
  );
});

test('a pattern made to hang a regular expression ends', () => {
  assert.equal(fitsWildcard(`${'*a'.repeat(100)}b`, 'a'.repeat(20_000)), false);
});
