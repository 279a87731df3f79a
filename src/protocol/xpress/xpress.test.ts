import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compress, decompress, store } from './xpress.ts';

/** Bytes with as much repetition as real bodies have: pieces of a small alphabet, zeros, and noise. */
const body = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)),
      fc.integer({ min: 0, max: 40_000 }).map((length) => Buffer.alloc(length)),
      fc
        .constantFrom('<UpdateIdentity UpdateID="', '" />', '<Or>', '</Or>')
        .map((text) => Buffer.from(text.repeat(30))),
      fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => new Uint8Array(Buffer.concat(pieces)));

function decoded(bytes: Uint8Array): Uint8Array {
  const result = decompress(bytes, 1 << 24);
  assert.ok(result.ok, result.ok ? '' : result.message);
  return result.bytes;
}

function header(size: number, packed: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32LE(size, 0);
  bytes.writeInt32LE(packed, 4);
  return bytes;
}

test('any body survives the way there and back, whatever the block size', () => {
  fc.assert(
    fc.property(body, fc.constantFrom(1, 7, 4096, 16_352, 65_535), (bytes, blockSize) => {
      assert.deepEqual(decoded(compress(bytes, blockSize)), bytes);
    }),
  );
});

test('two encoded bodies one after the other are the encoding of both', () => {
  fc.assert(
    fc.property(body, body, (first, second) => {
      const joined = Buffer.concat([compress(first), compress(second)]);
      assert.deepEqual(decoded(joined), new Uint8Array(Buffer.concat([first, second])));
    }),
  );
});

test('any body survives being stored as it is, eight bytes a block longer', () => {
  fc.assert(
    fc.property(body, (bytes) => {
      assert.deepEqual(decoded(store(bytes)), bytes);
      assert.equal(store(bytes).length, bytes.length + 8 * Math.ceil(bytes.length / 16_352));
    }),
  );
});

test('nothing is the encoding of nothing', () => {
  assert.equal(compress(new Uint8Array(0)).length, 0);
  assert.equal(decoded(new Uint8Array(0)).length, 0);
});

test('blocks have the sizes of the specification', () => {
  const encoded = Buffer.from(compress(Buffer.alloc(40_000, 'metadata ')));
  const sizes: number[] = [];
  for (let at = 0; at < encoded.length; at += 8 + encoded.readInt32LE(at + 4)) sizes.push(encoded.readInt32LE(at));
  assert.deepEqual(sizes, [16_352, 16_352, 7296]);
  assert.ok(encoded.length < 200);
});

test('what does not shrink is stored as it is, with equal sizes', () => {
  const noise = Uint8Array.from(
    { length: 5000 },
    (_, index) => (Math.imul(index + 1, 2_654_435_761) >>> 13) ^ (index * 7),
  );
  const incompressible = noise.slice(0, 100);
  const encoded = Buffer.from(compress(incompressible));
  assert.equal(encoded.readInt32LE(0), 100);
  assert.equal(encoded.readInt32LE(4), 100);
  assert.deepEqual(encoded.subarray(8), Buffer.from(incompressible));
});

test('a block size that the header cannot hold is refused', () => {
  for (const size of [0, -1, 1.5, 65_536]) assert.throws(() => compress(new Uint8Array(4), size), RangeError);
});

test('a body larger than allowed is refused before it is allocated', () => {
  const bomb = Buffer.concat(Array.from({ length: 1000 }, () => Buffer.from(compress(Buffer.alloc(65_535), 65_535))));
  const result = decompress(bomb, 1_000_000);
  assert.equal(result.ok ? 'decoded' : result.code, 'xpress.too-large');
});

test('impossible headers and missing bytes are refused', () => {
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [Buffer.from([1, 2, 3]), 'xpress.truncated'],
    [Buffer.concat([header(10, 10), Buffer.alloc(9)]), 'xpress.truncated'],
    [Buffer.concat([header(0, 0)]), 'xpress.bad-header'],
    [Buffer.concat([header(5, 6), Buffer.alloc(6)]), 'xpress.bad-header'],
    [Buffer.concat([header(65_536, 5), Buffer.alloc(5)]), 'xpress.bad-header'],
    [Buffer.concat([header(-1, 5), Buffer.alloc(5)]), 'xpress.bad-header'],
    [Buffer.concat([header(9, 3), Buffer.alloc(3)]), 'xpress.bad-block'],
  ];
  for (const [bytes, code] of cases) {
    const result = decompress(bytes, 1 << 20);
    assert.equal(result.ok ? 'decoded' : result.code, code);
  }
});

test('a match cannot reach into the block before', () => {
  const first = compress(Buffer.from('secret of the first block'));
  const reachesBack = Buffer.from('ffffffff2000', 'hex');
  const result = decompress(Buffer.concat([first, header(10, reachesBack.length), reachesBack]), 1 << 20);
  assert.deepEqual(result.ok ? 'decoded' : result.code, 'xpress.bad-block');
});

test('no input makes it throw, and damaged bodies never give more than allowed', () => {
  fc.assert(
    fc.property(body, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }), (bytes, damage) => {
      const encoded = compress(bytes);
      for (const [at, value] of damage) if (encoded.length > 0) encoded[at % encoded.length] = value;
      const result = decompress(encoded, 100_000);
      assert.ok(!result.ok || result.bytes.length <= 100_000);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void decompress(bytes, 1 << 16)));
});
