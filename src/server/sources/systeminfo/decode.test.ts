import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { readSysteminfo } from '#domain/fleet/systeminfo.ts';
import { decodeSysteminfo } from '#server/sources/systeminfo/decode.ts';
import { sharedFolder } from '#server/testing/shared.ts';

/** Who wrote, in hexadecimal what, and how it reads. */
const WRITTEN: readonly (readonly [writer: string, bytes: string, text: string])[] = [
  [
    'a German console',
    '566572668167626172657220537065696368657220677294e165722c20446f6d846e650a64653b44657574736368202899737465727265696368290a',
    'Verfügbarer Speicher größer, Domäne\nde;Deutsch (Österreich)\n',
  ],
  [
    'German windows',
    '56657266fc676261726572205370656963686572206772f6df65722c20446f6de46e650a64653b446575747363682028d6737465727265696368290a',
    'Verfügbarer Speicher größer, Domäne\nde;Deutsch (Österreich)\n',
  ],
  [
    'a French console',
    '4d826d6f69726520737973748a6d65208520639374820a66723b4672616e87616973202843616e616461290a',
    'Mémoire système à côté\nfr;Français (Canada)\n',
  ],
  [
    'French windows',
    '4e6f6d206465206c9268f474652c206de96d6f69726520e02063f474e90a66723b4672616ee7616973202843616e616461290a',
    'Nom de l’hôte, mémoire à côté\nfr;Français (Canada)\n',
  ],
  [
    'a Spanish console',
    '436f6d70696c616369a26e2c2074616d61a46f206da078696d6f0a65733b45737061a46f6c202845737061a461290a',
    'Compilación, tamaño máximo\nes;Español (España)\n',
  ],
  [
    'a Polish console',
    '5788619863696369656c2c2070616d69a9862066697a79637a6e610a706c3b506f6c736b692028506f6c736b61290a',
    'Właściciel, pamięć fizyczna\npl;Polski (Polska)\n',
  ],
  [
    'Polish windows',
    '57b3619c63696369656c2c2070616d69eae62066697a79637a6e610a706c3b506f6c736b692028506f6c736b61290a',
    'Właściciel, pamięć fizyczna\npl;Polski (Polska)\n',
  ],
  [
    'a Russian console',
    '88acef20e3a7aba03a20afa0acefe2ec0a72753b90e3e1e1aaa8a9202890aee1e1a8ef290a',
    'Имя узла: память\nru;Русский (Россия)\n',
  ],
  [
    'Russian windows',
    'c8ecff20f3e7ebe03a20efe0ecfff2fc0a72753bd0f3f1f1eae8e92028d0eef1f1e8ff290a',
    'Имя узла: память\nru;Русский (Россия)\n',
  ],
  [
    'a Japanese console',
    '837a8358836796bc3a2089bc917a83818382838a0a6a613b93fa967b8cea202893fa967b290a',
    'ホスト名: 仮想メモリ\nja;日本語 (日本)\n',
  ],
  [
    'a Korean console',
    'c8a3bdbac6ae20c0ccb8a73a20bdc7c1a620b8deb8f0b8ae0a6b6f3bc7d1b1b9beee2028b4ebc7d1b9ceb1b9290a',
    '호스트 이름: 실제 메모리\nko;한국어 (대한민국)\n',
  ],
  [
    'a Chinese console',
    'd6f7bbfac3fb3a20ceefc0edc4dab4e6d7dcc1bf0a7a682d636e3bd6d0cec428d6d0b9fa290a',
    '主机名: 物理内存总量\nzh-cn;中文(中国)\n',
  ],
  [
    'a Taiwanese console',
    'a544bef7a657bad93a20b9eac5e9b04fbed0c5e90a7a682d74773ba4a4a4e52028a578c657290a',
    '主機名稱: 實體記憶體\nzh-tw;中文 (台灣)\n',
  ],
  ['an English console', '486f7374204e616d650a656e2d75733b456e676c6973680a', 'Host Name\nen-us;English\n'],
];

it('reads what consoles and windows of many languages write', () => {
  for (const [writer, bytes, text] of WRITTEN) assert.equal(decodeSysteminfo(Buffer.from(bytes, 'hex')), text, writer);
});

it('reads Unicode with and without its mark', () => {
  const text = 'Größe: メモリ\r\n';
  const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
  assert.equal(decodeSysteminfo(wide), text);
  assert.equal(decodeSysteminfo(Buffer.from(wide).swap16()), text);
  assert.equal(decodeSysteminfo(wide.subarray(2)), text);
  assert.equal(decodeSysteminfo(Buffer.from(`\ufeff${text}`)), text);
  assert.equal(decodeSysteminfo(Buffer.from(text)), text);
  assert.equal(decodeSysteminfo(new Uint8Array()), '');
});

const folder = sharedFolder();
it('understands files of real machines', { skip: folder ? false : 'no folder of real data (ST_SHARED)' }, () => {
  const inventory = join(folder ?? '', 'data/inventory');
  const files = readdirSync(inventory).filter((name) => name.endsWith('_systeminfo.txt'));
  assert.ok(files.length > 30);
  for (const name of files) {
    const reading = readSysteminfo(decodeSysteminfo(readFileSync(join(inventory, name))));
    assert.ok(reading.ok, `${name}: ${reading.ok ? '' : reading.problem.message}`);
    assert.ok(reading.facts.model !== undefined && reading.facts.build > 2_000, name);
    if (name.startsWith('srv_')) assert.match(reading.facts.operatingSystem, /^Windows Server 20\d\d\b/);
  }
});
