import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { clean, cleanText, safeJson } from '#cli/output/clean.ts';

const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

it('no control character survives, in whatever it hides', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      assert.doesNotMatch(JSON.stringify(clean([value, text, { [text]: text }])), CONTROL);
    }),
  );
});

it('what has none stays as it is', () => {
  const value = { title: 'Update für 漢字 🙂', list: [1, true, null, 'x'] };
  assert.deepEqual(clean(value), value);
});

it('keeps lines and tabs only where they are wanted', () => {
  assert.equal(cleanText('a\r\n\tb\u001b[31mc\u0000'), 'a bc');
  assert.equal(cleanText('a\r\n\tb\u001b[31mc\u0000', 'lines'), 'a\n\tbc');
});

it('JSON is the same value, without a raw control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = safeJson({ text }, 2);
      assert.deepEqual(JSON.parse(json), { text });
      assert.doesNotMatch(json.replaceAll('\n', ''), CONTROL);
    }),
  );
});
