import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { percentText, segments } from './segments.ts';

test('the parts of a bar fill it without a gap, and none that exists is too small to be seen', () => {
  const counts = fc.array(fc.nat({ max: 100_000 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(counts, (list) => {
      const placed = segments(list.map((count) => ({ count })));
      assert.equal(placed.length, list.filter((count) => count > 0).length);
      let end = 0;
      for (const { from, width } of placed) {
        assert.ok(Math.abs(from - end) < 1e-6);
        assert.ok(width > 0.7);
        end = from + width;
      }
      if (placed.length > 0) assert.ok(Math.abs(end - 100) < 1e-6);
    }),
  );
});

test('a share is never all while one is missing, nor nothing while there is one', () => {
  assert.equal(percentText(0, 0), '0 %');
  assert.equal(percentText(100_000, 100_000), '100 %');
  assert.equal(percentText(99_999, 100_000), '> 99.9 %');
  assert.equal(percentText(1, 100_000), '< 0.1 %');
  assert.equal(percentText(785, 1000), '79 %');
  assert.equal(percentText(34, 1000), '3.4 %');
  assert.equal(percentText(995, 1000), '99.5 %');
});
