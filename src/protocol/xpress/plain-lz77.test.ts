import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodePlainLz77 } from './plain-lz77-decoder.ts';
import { createMatchFinder, ENCODER_SLACK, encodePlainLz77 } from './plain-lz77-encoder.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';
// The examples of plain LZ77 in [MS-XCA].
const EXAMPLES = [
  { text: ALPHABET, encoded: `3f000000${Buffer.from(ALPHABET).toString('hex')}` },
  { text: 'abc'.repeat(100), encoded: 'ffffff1f61626317000fff2601' },
];

function encode(input: Uint8Array): Uint8Array {
  const output = new Uint8Array(input.length + Math.ceil(input.length / 8) + 8 + ENCODER_SLACK);
  const end = encodePlainLz77(createMatchFinder(input.length), input, 0, input.length, output, 0, output.length);
  return output.subarray(0, end);
}

function decode(input: Uint8Array, size: number): Uint8Array | string {
  const output = new Uint8Array(size);
  return decodePlainLz77(input, 0, input.length, output, 0, size) ?? output;
}

test('the examples of the specification are encoded and decoded as it shows them', () => {
  for (const { text, encoded } of EXAMPLES) {
    assert.equal(Buffer.from(encode(Buffer.from(text))).toString('hex'), encoded);
    assert.equal(Buffer.from(decode(Buffer.from(encoded, 'hex'), text.length)).toString(), text);
  }
});

test('every form of a match length survives the way there and back', () => {
  const lengths = [3, 4, 9, 10, 11, 24, 25, 26, 279, 280, 281, 65_537, 65_538, 65_539, 65_540, 70_000];
  for (const length of lengths) {
    const input = new Uint8Array(length + 3).fill(0x61);
    input[0] = 0x62;
    input[length + 2] = 0x63;
    assert.deepEqual(decode(encode(input), input.length), input, `length ${length}`);
  }
});

test('two long matches share one byte for their nibbles', () => {
  const input = Buffer.from(`${'abcd'.repeat(5)}x${'efgh'.repeat(6)}y${'ijkl'.repeat(4)}`);
  assert.deepEqual(decode(encode(input), input.length), new Uint8Array(input));
});

test('any input of repeated pieces survives the way there and back', () => {
  const piece = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 4000 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const input = new Uint8Array(
        pieces.flatMap(([bytes, times]) => Array.from({ length: times }, () => [...bytes]).flat()),
      );
      assert.deepEqual(decode(encode(input), input.length), input);
    }),
    { numRuns: 60 },
  );
});

test('a broken stream is named, not guessed at', () => {
  const stream = (hex: string) => Buffer.from(hex, 'hex');
  assert.equal(decode(stream('3f0000'), 1), 'truncated');
  assert.equal(decode(stream('ffffffff17'), 9), 'truncated');
  assert.equal(decode(stream('ffffff7f611700'), 9), 'truncated');
  assert.equal(decode(stream('ffffff7f6107000fff26'), 300), 'truncated');
  assert.equal(decode(stream('ffffffff0000'), 3), 'bad-offset');
  assert.equal(decode(stream('ffffff7f610800'), 9), 'bad-offset');
  assert.equal(decode(stream('ffffff7f6107000fff0100'), 9), 'bad-length');
  assert.equal(decode(stream('ffffff7f6107000fff0000ffffffff'), 9), 'too-long');
  assert.equal(decode(stream('ffffff3f6161'), 1), 'too-long');
  assert.equal(decode(stream('ffffff3f6161'), 3), 'too-short');
});
