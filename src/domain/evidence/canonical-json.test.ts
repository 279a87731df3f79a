import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, type Json } from './canonical-json.ts';

it('sorts members at every depth and writes no white space', () => {
  assert.equal(canonicalJson({ b: [1, { d: null, c: true }], a: 'x' }), '{"a":"x","b":[1,{"c":true,"d":null}]}');
});

it('leaves out members that are undefined', () => {
  assert.equal(canonicalJson({ a: undefined, b: 1 }), '{"b":1}');
});

it('replaces what jsonb cannot hold', () => {
  assert.equal(canonicalJson({ 'a\0': '\ud800 \0 😀' }), '{"a\ufffd":"\ufffd \ufffd 😀"}');
});

it('refuses numbers that JSON cannot hold', () => {
  assert.throws(() => canonicalJson([Number.NaN]), RangeError);
});

it('is the same for equal values, whatever the order of their members', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
      const text = canonicalJson(value as Json);
      assert.equal(canonicalJson(reversed(JSON.parse(text))), text);
    }),
  );
});

function reversed(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reversed);
  const members = Object.entries(value).reverse();
  return Object.fromEntries(members.map(([name, member]) => [name, reversed(member as Json)]));
}
