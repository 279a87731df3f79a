import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { powershellText, regText, xmlText } from './quote.ts';

const plainText = fc.stringMatching(/^[\x20-\x7e]*$/);

test('a PowerShell literal is one literal, and says what was given', () => {
  fc.assert(
    fc.property(plainText, (text) => {
      const literal = powershellText(text);
      assert.match(literal, /^'(?:[^']|'')*'$/);
      assert.equal(literal.slice(1, -1).replaceAll("''", "'"), text);
    }),
  );
});

test('a string of a registration file is one string, and says what was given', () => {
  fc.assert(
    fc.property(plainText, (text) => {
      const literal = regText(text);
      assert.match(literal, /^"(?:[^"\\]|\\["\\])*"$/);
      assert.equal(literal.slice(1, -1).replace(/\\(.)/g, '$1'), text);
    }),
  );
});

test('an XML attribute says what was given', () => {
  fc.assert(
    fc.property(plainText, (text) => {
      let read: string | undefined;
      const parser = new SaxesParser();
      parser.on('opentag', ({ attributes }) => {
        read = attributes.a;
      });
      parser.write(`<x a="${xmlText(text)}"/>`).close();
      assert.equal(read, text);
    }),
  );
});

test('nothing but one line of printable ASCII is quoted', () => {
  for (const bad of ['a\nb', 'a\rb', '\u2019', '\u0000', 'caf\u00e9'])
    for (const quote of [powershellText, regText, xmlText]) assert.throws(() => quote(bad), RangeError);
});
