import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { type Answer, cli, fakeService, refusal, type Seen, temporaryFolder } from '#cli/testing/cli.ts';

interface Sent {
  readonly source: string;
  readonly documents: readonly { readonly name: string; readonly xml: string }[];
  readonly fileUrls?: readonly { readonly sha1: string; readonly url: string }[];
}
interface Outcome {
  readonly documents: number;
  readonly imported: number;
  readonly unchanged: number;
  readonly urls: number;
  readonly payloads: number;
  readonly skipped: readonly { readonly name: string; readonly code: string; readonly message: string }[];
  readonly stopped: boolean;
}

const XML = '<?xml version="1.0"?>\n<upd:Update xmlns:upd="u">ä</upd:Update>';
const PAYLOAD = Buffer.from('payload');
const SHA1 = createHash('sha1').update(PAYLOAD).digest('hex');

describe('import of files and folders', () => {
  it('takes .xml, .xml.zst and .zst in UTF-8 and UTF-16 from nested folders', async (t) => {
    const folder = await temporaryFolder(t);
    await mkdir(join(folder, 'deep', 'er'), { recursive: true });
    await writeFile(join(folder, 'a.xml'), XML);
    await writeFile(join(folder, 'b.XML'), `\ufeff${XML}`);
    await writeFile(join(folder, 'deep', 'c.xml'), `\ufeff${XML}`, 'utf16le');
    await writeFile(join(folder, 'deep', 'd.xml'), XML, 'utf16le');
    await writeFile(join(folder, 'deep', 'e.xml'), Buffer.from(`\ufeff${XML}`, 'utf16le').swap16());
    await writeFile(join(folder, 'deep', 'er', 'f.xml.zst'), zstdCompressSync(Buffer.from(XML)));
    await writeFile(join(folder, 'deep', 'er', 'g.zst'), zstdCompressSync(Buffer.from(XML, 'utf16le')));
    await symlink(folder, join(folder, 'loop'));
    const { url, seen } = await importer(t);
    const { status, stderr } = await cli(['import', folder], { env: { ST_URL: url } });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    const { documents } = sentIn(seen)[0] as Sent;
    assert.deepEqual(
      documents.map(({ name }) => name.split('/').slice(1).join('/')),
      ['a.xml', 'b.XML', 'deep/c.xml', 'deep/d.xml', 'deep/e.xml', 'deep/er/f.xml.zst', 'deep/er/g.zst'],
    );
    for (const { name, xml } of documents) assert.equal(xml, XML, name);
  });

  it('names what it skips, takes the rest, and exits with 1', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'good.xml'), XML);
    await writeFile(join(folder, 'bad-utf8.xml'), Buffer.from([0x3c, 0xff, 0xff, 0x3e]));
    await writeFile(join(folder, 'cut.xml.zst'), zstdCompressSync(Buffer.from(XML.repeat(50))).subarray(0, 20));
    await writeFile(join(folder, 'tar.zst'), zstdCompressSync(Buffer.from('ustar, not XML')));
    await writeFile(join(folder, 'refused.xml'), '<no/>');
    const { url } = await importer(t, ({ documents }) => {
      const refused = documents.filter(({ xml }) => xml === '<no/>');
      const skipped = refused.map(({ name }) => ({
        name,
        code: 'import.malformed',
        message: 'not an update',
        line: 1,
        column: 2,
      }));
      return { imported: documents.length - refused.length, unchanged: 0, urls: 0, skipped };
    });
    const { status, stdout } = await cli(['import', folder], { env: { ST_URL: url } });
    assert.equal(status, 1);
    const [lines, skipped] = [stdout.split('\n'), (name: string) => new RegExp(`^ {2}- .*/${name}: `, 'm')];
    assert.deepEqual(lines.slice(0, 4), ['Documents  5', 'Imported   1', 'Unchanged  0', 'Skipped    4']);
    for (const name of ['bad-utf8.xml', 'cut.xml.zst', 'tar.zst', 'refused.xml:1:2'])
      assert.match(stdout, skipped(name));
  });

  it('sends at most 500 documents and about 16 MB at once, and everything exactly once', async (t) => {
    const folder = await temporaryFolder(t);
    const large = `<a>${'x'.repeat(9_000_000)}</a>`;
    for (let at = 0; at < 1001; at++) await writeFile(join(folder, `${String(at).padStart(4, '0')}.xml`), XML);
    for (const name of ['z1.xml', 'z2.xml']) await writeFile(join(folder, name), large);
    const { url, seen } = await importer(t);
    const { stdout } = await cli(['import', folder, '--json'], { env: { ST_URL: url } });
    assert.equal((JSON.parse(stdout) as Outcome).documents, 1003);
    assert.deepEqual(
      sentIn(seen).map(({ documents }) => documents.length),
      [500, 500, 2, 1],
    );
    const names = sentIn(seen).flatMap(({ documents }) => documents.map(({ name }) => name));
    assert.equal(new Set(names).size, 1003);
  });

  it('halves a batch that is too large on the way, down to the one document', async (t) => {
    const folder = await temporaryFolder(t);
    for (const name of ['a', 'b', 'c', 'd', 'huge'])
      await writeFile(join(folder, `${name}.xml`), name === 'huge' ? `${XML}${' '.repeat(5000)}` : XML);
    const { url } = await fakeService(t, (request) => {
      if (request.body.length > 4000) return refusal(413, 'request.too-large', 'The request is larger than allowed');
      return answerImport(request, all);
    });
    const { status, stdout } = await cli(['import', folder, '--json'], { env: { ST_URL: url } });
    assert.equal(status, 1);
    const { imported, skipped } = JSON.parse(stdout) as Outcome;
    assert.equal(imported, 4);
    assert.deepEqual(
      skipped.map(({ name, code }) => [name.split('/').at(-1), code]),
      [['huge.xml', 'request.too-large']],
    );
  });

  it('sends URLs after the documents, and of the other files only what is asked for', async (t) => {
    const folder = await temporaryFolder(t);
    const fileUrls = [{ sha1: SHA1, url: 'http://download.windowsupdate.com/c/x.cab' }];
    await writeFile(join(folder, 'a.xml'), XML);
    await writeFile(join(folder, 'file-urls.json'), JSON.stringify(fileUrls));
    await writeFile(join(folder, 'wanted.cab'), PAYLOAD);
    await writeFile(join(folder, 'same-size.cab'), 'PAYLOAD');
    await writeFile(join(folder, 'readme.txt'), 'nobody asks for this');
    const { url, seen } = await importer(t, all, [{ sha1: SHA1, name: 'x.cab', size: PAYLOAD.length }]);
    const { status, stdout } = await cli(['import', folder, '--source', 'WSUS export'], { env: { ST_URL: url } });
    assert.equal(status, 0);
    assert.match(stdout, /^URLs {7}1$/m);
    assert.match(stdout, /^Payloads {3}1 \(7 bytes\)$/m);
    const [documents, urls] = sentIn(seen);
    assert.equal(documents?.source, 'WSUS export');
    assert.deepEqual(urls, { source: 'WSUS export', documents: [], fileUrls });
    const uploads = seen.filter(({ method }) => method === 'PUT');
    assert.deepEqual(
      uploads.map(({ path, body }) => [path, body.toString()]),
      [[`/content/${SHA1}`, 'payload']],
    );
  });

  it('reports a payload that the service refuses, and a list of URLs that does not read', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'x.cab'), PAYLOAD);
    await writeFile(join(folder, 'file-urls.json'), '{"sha1":1}');
    const { url } = await fakeService(t, (request) => {
      if (request.method === 'PUT') return refusal(422, 'content.mismatch', 'SHA-256 differs');
      return request.method === 'GET'
        ? { body: { items: [{ sha1: SHA1, name: 'x', size: 7 }] } }
        : answerImport(request, all);
    });
    const { status, stdout } = await cli(['import', folder, '--json'], { env: { ST_URL: url } });
    assert.equal(status, 1);
    const { skipped } = JSON.parse(stdout) as Outcome;
    assert.deepEqual(
      skipped.map(({ code }) => code),
      ['import.malformed', 'content.mismatch'],
    );
  });

  it('stops after the batch under way on Ctrl-C, and says how to go on', async (t) => {
    const folder = await temporaryFolder(t);
    for (let at = 0; at < 501; at++) await writeFile(join(folder, `${at}.xml`), XML);
    const stop = new AbortController();
    const { url, seen } = await importer(t, (sent) => {
      stop.abort();
      return all(sent);
    });
    const { status, stdout } = await cli(['import', folder], { env: { ST_URL: url }, signal: stop.signal });
    assert.equal(status, 1);
    assert.equal(sentIn(seen).length, 1);
    assert.match(stdout, /^Imported {3}500$/m);
    assert.match(stdout, /Run the same command again to go on/);
  });

  it('says what was done before the service broke off', async (t) => {
    const folder = await temporaryFolder(t);
    for (let at = 0; at < 501; at++) await writeFile(join(folder, `${at}.xml`), XML);
    let calls = 0;
    const { url } = await fakeService(t, (request) => {
      calls += 1;
      return calls > 1 ? refusal(503, 'service.busy', 'The service is stopping') : answerImport(request, all);
    });
    const { status, stderr } = await cli(['import', folder], { env: { ST_URL: url } });
    assert.equal(status, 1);
    assert.match(stderr, /service\.busy/);
    assert.match(stderr, /before that 500 documents were imported, 0 were there already; run the same command again/);
  });

  it('says so when nothing of it could be taken', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'plan.yaml'), 'name: acme');
    const { url } = await importer(t);
    const { status, stdout } = await cli(['import', join(folder, 'plan.yaml')], { env: { ST_URL: url } });
    assert.equal(status, 0);
    assert.match(stdout, /Nothing was taken: there was no update document/);
  });

  it('refuses an empty folder', async (t) => {
    const { status, stderr } = await cli(['import', await temporaryFolder(t)]);
    assert.equal(status, 2);
    assert.match(stderr, /there is no file in what was named/);
  });
});

describe('import of the sample', () => {
  const local = {
    async sampleCatalogue({ from, to }: { readonly from: string; readonly to: string }) {
      if (from < '2023-09') throw new RangeError(`The sample has 2023-09 to 2023-12, not ${from}`);
      return {
        documents: [{ name: `${from} to ${to}`, xml: XML }],
        payloads: [{ name: 'x.cab', size: 7, sha1: SHA1 }],
        payload: () => PAYLOAD,
      };
    },
  };

  it('sends its documents and its payloads', async (t) => {
    const { url, seen } = await importer(t);
    const { status } = await cli(['import', '--sample', '2023-10..2023-11'], { env: { ST_URL: url }, local });
    assert.equal(status, 0);
    assert.deepEqual(sentIn(seen), [
      { source: 'sample 2023-10..2023-11', documents: [{ name: '2023-10 to 2023-11', xml: XML }] },
    ]);
    assert.deepEqual(
      seen.filter(({ method }) => method === 'PUT').map(({ body }) => body.toString()),
      ['payload'],
    );
  });

  it('sends only missing payloads when it comes again', async (t) => {
    const again = ({ documents }: Sent) => ({ imported: 0, unchanged: documents.length, urls: 0, skipped: [] });
    const { url, seen } = await importer(t, again);
    const { stdout } = await cli(['import', '--sample', '2023-10'], { env: { ST_URL: url }, local });
    assert.match(stdout, /^Unchanged {2}1$/m);
    assert.deepEqual(
      seen.map(({ method }) => method),
      ['POST', 'GET'],
    );
  });

  it('is wrong usage for months that it does not have', async () => {
    const { status, stderr } = await cli(['import', '--sample', '2020-01'], { local });
    assert.equal(status, 2);
    assert.match(stderr, /--sample: The sample has 2023-09 to 2023-12, not 2020-01/);
  });
});

function all({ documents, fileUrls = [] }: Sent): unknown {
  return { imported: documents.length, unchanged: 0, urls: fileUrls.length, skipped: [] };
}

function answerImport(request: Seen, answer: (sent: Sent) => unknown): Answer {
  return { body: answer(JSON.parse(request.body.toString()) as Sent) };
}

/** A service that imports, and misses the given payloads. */
function importer(t: TestContext, answer: (sent: Sent) => unknown = all, missing: readonly unknown[] = []) {
  return fakeService(t, (request) => {
    if (request.method === 'POST') return answerImport(request, answer);
    return { body: request.method === 'PUT' ? {} : { items: missing } };
  });
}

function sentIn(seen: readonly Seen[]): readonly Sent[] {
  return seen.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body.toString()) as Sent);
}
