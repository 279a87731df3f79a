import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { sharedFolder } from '#server/testing/shared.ts';
import { readCabinet } from './cabinet.ts';
import { lzx } from './testing/lzx-packer.ts';
import { contentIn, unpacked } from './testing/unpacked.ts';
import { mszip, STORED, writeCabinet } from './testing/write-cabinet.ts';
import type { InflateRaw } from './unpack-member.ts';

const inflateRaw: InflateRaw = (deflated, dictionary, maxOutputLength) =>
  inflateRawSync(deflated, { ...(dictionary.length > 0 ? { dictionary } : {}), maxOutputLength });
const MSZIP = mszip((block, dictionary) => deflateRawSync(block, dictionary.length > 0 ? { dictionary } : {}));

const PACKERS = { stored: STORED, mszip: MSZIP, lzx: lzx(21) };

const text = new TextEncoder().encode('Second Tuesday, then the second Tuesday after. '.repeat(3000));

function one(packer: keyof typeof PACKERS, content: Uint8Array): Uint8Array {
  return writeCabinet([{ packer: PACKERS[packer], members: [{ name: 'blob', content }] }]);
}

const contents = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  // Repetitive, and longer than a block.
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.nat(2500))
    .map(([piece, times]) =>
      Uint8Array.from({ length: piece.length * times }, (_, at) => piece[at % piece.length] as number),
    ),
);

test('what was packed comes back, from several folders with several members', () => {
  const folder = fc.record({
    packer: fc.constantFrom(...Object.values(PACKERS)),
    members: fc.array(fc.record({ content: contents }), { minLength: 1, maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(folder, { maxLength: 3 }), (drawn) => {
      const folders = drawn.map(({ packer, members }, nth) => ({
        packer,
        members: members.map(({ content }, place) => ({ name: `${nth}\\${place}`, content })),
      }));
      const read = unpacked(writeCabinet(folders), inflateRaw);
      assert.ok(read.ok, JSON.stringify(read));
      for (const { name, content } of folders.flatMap(({ members }) => members))
        assert.ok(Buffer.from(content).equals(read.members.get(name) ?? Buffer.from('none')), name);
    }),
    { numRuns: 60 },
  );
});

describe('a real cabinet', () => {
  const file = join(sharedFolder() ?? '', 'data/update-metadata/wsusscn2-mini/wsusscn2.cab');
  const skip = existsSync(file) ? false : 'the shared folder with the offline scan file is absent';

  test('the offline scan file with cabinets in it', { skip }, () => {
    const outer = unpacked(readFileSync(file), inflateRaw);
    assert.ok(outer.ok, JSON.stringify(outer));
    const { members } = outer;
    assert.deepEqual([...members.keys()], ['index.xml', 'package.cab', 'package2.cab', 'package3.cab']);
    const index = readFileSync(join(file, '../index.xml'));
    assert.ok(index.equals(members.get('index.xml') ?? Buffer.alloc(0)));
    const inner = contentIn(members.get('package.cab') ?? new Uint8Array(), inflateRaw);
    assert.ok(readFileSync(join(file, '../package.xml')).equals(inner));
  });
});

describe('what is refused', () => {
  function codeOf(cabinet: Uint8Array, maxOutput?: number): string {
    const read = unpacked(cabinet, inflateRaw, maxOutput);
    return read.ok ? 'ok' : read.code;
  }

  function changed(cabinet: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
    const copy = cabinet.slice();
    copy.set(bytes, at);
    return copy;
  }

  const stored = one('stored', text);
  /** Offsets in a cabinet of one folder with one member named blob. */
  const FLAGS = 30;
  const FOLDER = 36;
  const FILE = 44;
  const BLOCK = 65;

  /** 100 bytes in a block without checksum. */
  function short(packer: keyof typeof PACKERS): Uint8Array {
    return changed(one(packer, text.subarray(0, 100)), BLOCK, 0, 0, 0, 0);
  }

  for (const [what, cabinet, code] of [
    ['nothing', new Uint8Array(), 'not-a-cabinet'],
    ['something else', text, 'not-a-cabinet'],
    ['another version', changed(stored, 25, 2), 'unsupported'],
    ['one of a set', changed(stored, FLAGS, 2), 'unsupported'],
    ['Quantum', changed(stored, FOLDER + 6, 2), 'unsupported'],
    ['an LZX window of 4 GB', changed(stored, FOLDER + 6, 3, 32), 'malformed'],
    ['a member in a folder that is not there', changed(stored, FILE + 8, 1), 'malformed'],
    ['a member in the next cabinet', changed(stored, FILE + 8, 0xfe, 0xff), 'unsupported'],
    ['a member beyond its folder', changed(stored, FILE + 4, 0, 0, 2), 'malformed'],
    ['fewer blocks than the member needs', changed(stored, FOLDER + 4, 1), 'malformed'],
    ['data beyond the end', changed(stored, FOLDER, 0, 0, 0, 0x7f), 'malformed'],
    ['a name without end', stored.subarray(0, FILE + 18), 'malformed'],
    ['a block of more than 32 KiB', changed(stored, BLOCK + 6, 1, 0x80), 'malformed'],
    ['a block that goes on elsewhere', changed(stored, BLOCK + 6, 0, 0), 'unsupported'],
    ['a changed byte', changed(stored, BLOCK + 100, 0), 'checksum'],
    ['a stored block of another size', changed(short('stored'), BLOCK + 6, 101), 'corrupt'],
    ['MSZIP without its mark', changed(short('mszip'), BLOCK + 8, 0x43, 0x4c), 'corrupt'],
    ['a deflate stream that is none', changed(short('mszip'), BLOCK + 10, 0xff, 0xff), 'corrupt'],
  ] as const) {
    test(what, () => assert.equal(codeOf(cabinet), `cabinet.${code}`));
  }

  test('more output than the caller wants, before anything is unpacked', () => {
    assert.equal(codeOf(stored, text.length), 'ok');
    for (const packer of ['stored', 'mszip', 'lzx'] as const)
      assert.equal(codeOf(one(packer, text), text.length - 1), 'cabinet.too-large');
    const claim = changed(stored, FILE, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
    assert.equal(codeOf(claim), 'cabinet.too-large');
  });

  test('a deflate stream that gives more than its block says', () => {
    const zeros = changed(one('mszip', new Uint8Array(32768)), BLOCK, 0, 0, 0, 0);
    assert.equal(codeOf(zeros), 'ok');
    const claim = changed(changed(zeros, FILE, 16, 0), BLOCK + 6, 16, 0);
    assert.equal(codeOf(claim), 'cabinet.corrupt');
  });

  test('every piece of a cabinet that is not the whole', () => {
    for (const packer of ['stored', 'mszip', 'lzx'] as const) {
      const whole = one(packer, text.subarray(0, 200));
      for (let length = 0; length < whole.length; length++)
        assert.notEqual(codeOf(whole.subarray(0, length)), 'ok', `${packer} of ${length} bytes`);
    }
  });

  test('any change is refused or harmless: nothing is thrown, nothing grows', () => {
    const packed = Object.values(PACKERS).map((packer) =>
      writeCabinet([{ packer, members: [{ name: 'blob', content: text.subarray(0, 40_000) }] }]),
    );
    const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat(255), fc.boolean());
    fc.assert(
      fc.property(fc.constantFrom(...packed), fc.array(change, { minLength: 1, maxLength: 4 }), (cabinet, changes) => {
        // Half of the changes hit the structure, not the data; checksums are cleared, so that those reach the unpackers too.
        const bytes = changed(cabinet, BLOCK, 0, 0, 0, 0);
        for (const [share, value, inHead] of changes) bytes[Math.floor(share * (inHead ? 73 : bytes.length))] = value;
        const read = unpacked(bytes, inflateRaw, 1 << 20);
        if (!read.ok) assert.match(read.code, /^cabinet\./);
      }),
      { numRuns: 3000 },
    );
  });
});

test('names are UTF-8 where the cabinet says so', () => {
  const cabinet = writeCabinet([{ packer: STORED, members: [{ name: '\u00c3\u00a9', content: text }] }]);
  const read = readCabinet(cabinet);
  assert.equal(read.ok && read.cabinet.members[0]?.name, '\u00c3\u00a9');
  const marked = cabinet.slice();
  marked[44 + 14] = 0x80;
  const again = readCabinet(marked);
  assert.equal(again.ok && again.cabinet.members[0]?.name, '\u00e9');
});

test('what packers reserve in header, folder and block is skipped', () => {
  const plain = writeCabinet([{ packer: STORED, members: [{ name: 'blob', content: text.subarray(0, 9) }] }]);
  const sizes = [4, 0, 2, 1, 0xaa, 0xaa, 0xaa, 0xaa];
  const bytes = Uint8Array.from([
    ...plain.subarray(0, 36),
    ...sizes,
    ...plain.subarray(36, 44),
    ...[0xbb, 0xbb],
    ...plain.subarray(44, 65),
    ...[0, 0, 0, 0], // no checksum
    ...plain.subarray(69, 73),
    0xcc,
    ...plain.subarray(73),
  ]);
  const added = sizes.length + 2;
  bytes[30] = 4;
  bytes[16] = (plain[16] as number) + added;
  bytes[36 + sizes.length] = (plain[36] as number) + added;
  assert.deepEqual(contentIn(bytes, inflateRaw), text.slice(0, 9));
});
