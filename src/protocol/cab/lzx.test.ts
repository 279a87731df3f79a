import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CabinetRefusal } from './failure.ts';
import { unpackLzx } from './lzx.ts';
import { LzxBits } from './lzx-bits.ts';
import { lzxTree } from './lzx-tree.ts';
import { type LzxBlockKind, type LzxStyle, lzx } from './testing/lzx-packer.ts';
import { canonical, prefixCode } from './testing/prefix-code.ts';
import { contentIn } from './testing/unpacked.ts';
import { writeCabinet } from './testing/write-cabinet.ts';

const KINDS: readonly LzxBlockKind[] = ['verbatim', 'aligned', 'uncompressed'];

function throughCabinet(content: Uint8Array, windowBits: number, style: LzxStyle): Uint8Array {
  const cabinet = writeCabinet([{ packer: lzx(windowBits, style), members: [{ name: 'blob', content }] }]);
  return contentIn(cabinet, () => assert.fail('nothing to inflate'));
}

/** Bytes that repeat themselves, near and far, with `alphabet` different ones. */
function noise(length: number, alphabet: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % alphabet;
  });
}

test('blocks of every kind and size, in every window', () => {
  const drawn = fc.record({
    content: fc
      .tuple(fc.nat(70_000), fc.integer({ min: 1, max: 256 }), fc.nat())
      .map(([length, alphabet, seed]) => noise(length, alphabet, seed)),
    windowBits: fc.integer({ min: 15, max: 21 }),
    style: fc.record({
      kinds: fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 4 }),
      blockSize: fc.oneof(fc.integer({ min: 500, max: 5000 }), fc.integer({ min: 5000, max: 70_000 })),
    }),
  });
  fc.assert(
    fc.property(drawn, ({ content, windowBits, style }) => {
      assert.ok(Buffer.from(content).equals(throughCabinet(content, windowBits, style)));
    }),
    { numRuns: 60 },
  );
});

test('the largest offsets of the largest window', () => {
  const frame = noise(32_768, 256, 1);
  const content = Buffer.concat([frame, noise(62 * 32_768, 256, 2), frame, frame]);
  const kinds: LzxBlockKind[] = ['verbatim', ...Array<LzxBlockKind>(62).fill('uncompressed'), 'verbatim', 'aligned'];
  assert.ok(content.equals(throughCabinet(content, 21, { kinds })));
});

test('codes of every length, 16 bits too', () => {
  const lengths = [...Array.from({ length: 15 }, (_, nth) => nth + 1), 16, 16];
  const codes = canonical(lengths);
  const tree = lzxTree(lengths.length);
  tree.lengths.set(lengths);
  tree.setUp();
  for (const [symbol, length] of lengths.entries()) {
    const word = (codes[symbol] as number) << (16 - length);
    const bits = new LzxBits(Uint8Array.of(word & 0xff, word >> 8));
    assert.equal(tree.decode(bits), symbol);
    assert.doesNotThrow(() => bits.checkEnd());
  }
});

test('a code is what its lengths make of it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5000), { minLength: 2, maxLength: 300 }), (frequencies) => {
      const { lengths, codes } = prefixCode(frequencies, 16);
      const tree = lzxTree(lengths.length);
      tree.lengths.set(lengths);
      tree.setUp();
      for (const [symbol, length] of lengths.entries()) {
        if (length === 0) continue;
        const word = (codes[symbol] as number) << (16 - length);
        assert.equal(tree.decode(new LzxBits(Uint8Array.of(word & 0xff, word >> 8))), symbol);
      }
    }),
  );
});

/** A stream with one uncompressed block, whose calls were made absolute for a file of this size. */
function translated(content: readonly number[], fileSize: number): Uint8Array {
  const header = `1${fileSize.toString(2).padStart(32, '0')}011${content.length.toString(2).padStart(24, '0')}0000`;
  const words = header.match(/.{16}/g) ?? [];
  const bytes = words.flatMap((word) => [Number.parseInt(word.slice(8), 2), Number.parseInt(word.slice(0, 8), 2)]);
  return Uint8Array.from([...bytes, ...Array<number>(12).fill(1), ...content]);
}

test('targets of calls become relative again, up to ten bytes before the end', () => {
  const call = (target: number): number[] => [0xe8, ...[0, 8, 16, 24].map((shift) => (target >> shift) & 0xff)];
  const rest = Array<number>(9).fill(0);
  const content = [...call(0x100), ...call(-5), ...call(0x1000), ...call(-16), 0x90, ...call(0x100), ...rest];
  const expected = [...call(0x100), ...call(0xffb), ...call(0x1000), ...call(-16), 0x90, ...call(0x100 - 21), ...rest];
  assert.deepEqual([...unpackLzx(translated(content, 0x1000), 15, content.length)], expected);
  const tooNear = [...call(0x100), ...call(0x100)];
  assert.deepEqual([...unpackLzx(translated(tooNear, 0x1000), 15, 10)], tooNear);
});

describe('streams that are none', () => {
  const content = noise(40_000, 20, 3);
  const packed = lzx(16, { kinds: ['verbatim', 'aligned'], blockSize: 10_000 }).pack(content);
  const stream = Buffer.concat([...packed]);

  function refused(bytes: Uint8Array, size: number): boolean {
    try {
      unpackLzx(bytes, 16, size);
      return false;
    } catch (error) {
      assert.ok(error instanceof CabinetRefusal && error.code === 'cabinet.corrupt', String(error));
      return true;
    }
  }

  test('one that is cut off', () => {
    assert.ok(!refused(stream, content.length));
    for (let length = 0; length < stream.length - 2; length += 97)
      assert.ok(refused(stream.subarray(0, length), content.length), `${length} bytes`);
  });

  test('more output than there is', () => assert.ok(refused(stream, content.length + 1)));
  test('zeros', () => assert.ok(refused(new Uint8Array(1000), 10)));

  test('noise ends, with or without a result', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 400 }), (bytes) => {
        for (const kind of [1, 2, 3]) refused(Uint8Array.of(0, kind << 4, 0, 0, ...bytes), 50_000);
      }),
      { numRuns: 1000 },
    );
  });
});
