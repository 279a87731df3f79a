import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { lzx } from '#protocol/cab/testing/lzx-packer.ts';
import { mszip, type Packer, STORED, writeCabinet } from '#protocol/cab/testing/write-cabinet.ts';
import { readUpdate } from '#protocol/update-xml/read-update.ts';
import { documentOf } from '#protocol/update-xml/testing/documents.ts';
import type { UpdateBlob } from '#protocol/wsusss/types.ts';
import { unpackUpdateBlob } from './unpack.ts';

const xml = documentOf({
  texts:
    '<upd:LocalizedPropertiesCollection><upd:LocalizedProperties><upd:Language>ja</upd:Language><upd:Title>累積更新 🙂</upd:Title>' +
    `<upd:Description>${'更新プログラム '.repeat(20_000)}</upd:Description></upd:LocalizedProperties></upd:LocalizedPropertiesCollection>`,
});

const PACKERS: Readonly<Record<string, Packer>> = {
  'LZX with a window of 2 MB, as WSUS packs': lzx(21),
  MSZIP: mszip((block, dictionary) => deflateRawSync(block, dictionary.length > 0 ? { dictionary } : {})),
  'not at all': STORED,
};

function utf16(text: string): Uint8Array {
  return Buffer.from(text, 'utf16le');
}

function packed(content: Uint8Array, packer: Packer = STORED, name = 'blob'): UpdateBlob {
  const members = [
    { name: 'other', content: new Uint8Array(9) },
    { name, content },
  ];
  return { form: 'cabinet', cabinet: writeCabinet([{ packer, members }]) };
}

describe('the document in a cabinet', () => {
  for (const [how, packer] of Object.entries(PACKERS)) {
    test(`packed: ${how}`, async () => {
      const unpacked = await unpackUpdateBlob(packed(utf16(xml), packer));
      assert.ok(unpacked.ok, JSON.stringify(unpacked).slice(0, 200));
      assert.equal(unpacked.xml, xml);
      assert.ok(readUpdate(unpacked.xml).ok);
    });
  }

  test('a byte order mark is not part of it', async () => {
    assert.deepEqual(await unpackUpdateBlob(packed(utf16(`\ufeff${xml}`))), { ok: true, xml });
  });
});

test('a plain document is passed on', async () => {
  assert.deepEqual(await unpackUpdateBlob({ form: 'xml', xml }), { ok: true, xml });
});

describe('what is refused', () => {
  for (const [what, blob, code] of [
    ['no cabinet', { form: 'cabinet', cabinet: utf16(xml) }, 'cabinet.not-a-cabinet'],
    ['a cabinet without the document', packed(utf16(xml), STORED, 'readme'), 'blob.missing'],
    ['half a character', packed(utf16(xml).subarray(1)), 'blob.not-utf16'],
    ['a lone surrogate', packed(Uint8Array.of(0x3c, 0, 0, 0xd8)), 'blob.not-utf16'],
  ] as const) {
    test(what, async () => {
      const unpacked = await unpackUpdateBlob(blob);
      assert.equal(unpacked.ok ? 'ok' : unpacked.code, code);
    });
  }

  test('a document of more than the limit', async () => {
    const zeros = packed(new Uint8Array(1 << 20), lzx(21));
    assert.equal((await unpackUpdateBlob(zeros, (1 << 20) + 9)).ok, true);
    const unpacked = await unpackUpdateBlob(zeros, 1 << 20);
    assert.equal(unpacked.ok ? 'ok' : unpacked.code, 'cabinet.too-large');
  });
});
