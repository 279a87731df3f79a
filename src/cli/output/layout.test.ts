import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { displayWidth, fields, fit, table, wrap } from '#cli/output/layout.ts';
import type { Page } from '#cli/output/page.ts';

const page = (width: number): Page => ({ width, measure: width, colour: false, signs: false });
const cell = fc.string({ unit: fc.constantFrom('a', 'W', ' ', '漢', 'é', '🙂'), maxLength: 60 });

describe('a table', () => {
  it('aligns text left and numbers right', () => {
    const columns = [{ title: 'Name' }, { title: 'Count', right: true }] as const;
    assert.equal(
      table(
        page(80),
        columns,
        [
          ['漢', 1],
          ['long name', 1000],
        ],
        '',
      ),
      'Name       Count\n漢             1\nlong name   1000',
    );
  });

  it('says so when there is no row', () => {
    assert.equal(table(page(80), [{ title: 'Name' }], [], 'None.'), 'None.');
  });

  it('never is wider than the page', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 40, max: 120 }),
        (rows, width) => {
          const text = table(page(width), [{ title: 'A' }, { title: 'B', right: true }, { title: 'C' }], rows, '');
          for (const line of text.split('\n')) assert.ok(displayWidth(line) <= width, line);
          assert.equal(text.split('\n').length, rows.length + 1);
        },
      ),
    );
  });

  it('cuts nothing where nobody looks', () => {
    const long = 'x'.repeat(5000);
    assert.ok(table(page(Number.POSITIVE_INFINITY), [{ title: 'A' }], [[long]], '').includes(long));
  });
});

it('a text that fits stays; one that is cut ends with an ellipsis and fits', () => {
  fc.assert(
    fc.property(cell, fc.integer({ min: 1, max: 60 }), (text, width) => {
      const shown = fit(text, width);
      if (displayWidth(text) <= width) assert.equal(shown, text);
      else assert.ok(shown.endsWith('…') && displayWidth(shown) <= width);
    }),
  );
});

it('wrapped lines hold all words in order', () => {
  fc.assert(
    fc.property(cell, fc.integer({ min: 5, max: 60 }), (text, width) => {
      assert.deepEqual(wrap(text, width).join(' ').split(/\s+/).filter(Boolean), text.split(/\s+/).filter(Boolean));
    }),
  );
});

it('fields leave out what is unknown and indent what is long', () => {
  const text = fields(page(30), [
    ['Plan', 'a b c d e f g h i j k l m n o p'],
    ['None', undefined],
    ['Server', 'x'],
  ]);
  assert.equal(text, 'Plan    a b c d e f g h i j k\n        l m n o p\nServer  x');
});
