import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeAttribute, escapeText } from './escape.ts';
import { readXml } from './read.ts';

test('what has a meaning in XML is replaced', () => {
  assert.equal(escapeText('a < b & "c" > d'), 'a &lt; b &amp; "c" &gt; d');
  assert.equal(escapeAttribute('a < b & "c"\n'), 'a &lt; b &amp; &quot;c&quot;&#xA;');
});

test('what XML 1.0 has no place for is dropped', () => {
  assert.equal(escapeText('a\u0000b\u001fc\ud800d\ufffee'), 'abcde');
  assert.equal(escapeText('🙂\t\n'), '🙂\t\n');
});

test('every text of legal characters comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const legal = Array.from(text)
        .filter((character) => isLegal(character.codePointAt(0) ?? 0))
        .join('');
      assert.equal(textOf(`<a>${escapeText(text)}</a>`), legal);
      assert.doesNotThrow(() => textOf(`<a b="${escapeAttribute(text)}"/>`));
    }),
  );
});

function isLegal(code: number): boolean {
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  return (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff;
}

function textOf(source: string): string {
  let text = '';
  const outcome = readXml(source, {
    open() {},
    text(piece) {
      text += piece;
    },
    close() {},
  });
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return text;
}
