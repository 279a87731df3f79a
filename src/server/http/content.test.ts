import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentPath } from '#server/content/payload-store.ts';
import { AFTER_PATCH_TUESDAY as AT, type ClientService, clientService } from '#server/testing/client-service.ts';
import { temporaryFolder } from '#server/testing/server.ts';
import { answerTo, enrol, identity, scan, send, updateIdOf } from '#server/testing/wire-client.ts';
import { createHttpClient } from '#simulator/agent/http-client.ts';
import { samplePayload } from '#simulator/sample/payload.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

const OCTOBER = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 40 });
const FILE = OCTOBER.payloads.find(({ name }) => name === 'windows10.0-kb5031361-x64.cab') ?? assert.fail('no file');
const BYTES = Buffer.from(OCTOBER.payload(FILE.sha1) ?? assert.fail('no bytes'));
const PATH = `/Content/${contentPath(FILE)}`;
const UPDATE = '2cdde6c5-05a9-4a82-b5de-c5ffdcb5a618';

async function serviceWithFile(t: Parameters<typeof clientService>[0], tls = false): Promise<ClientService> {
  const service = await clientService(t, { documents: OCTOBER.documents, contentFromMicrosoft: false, tls });
  await service.hold(FILE, BYTES);
  return service;
}

function sha1(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}

test('a payload comes whole, in parts and in any order, byte for byte', async (t) => {
  const service = await serviceWithFile(t);
  const get = (range?: string, method = 'GET') =>
    send(service.url, PATH, { method, headers: range ? { range, 'content-length': '0' } : {} });

  const head = await get(undefined, 'HEAD');
  assert.deepEqual(
    [head.status, head.headers['content-length'], head.headers['accept-ranges'], head.body.length],
    [200, String(FILE.size), 'bytes', 0],
  );
  const whole = await get();
  assert.deepEqual([whole.status, sha1(whole.body), whole.headers.etag], [200, FILE.sha1, head.headers.etag]);
  assert.equal(whole.headers['content-encoding'], undefined);

  // As Delivery Optimization asks: closed ranges, shuffled, on several connections.
  const step = Math.ceil(FILE.size / 7);
  const starts = [3, 0, 6, 1, 5, 2, 4].map((index) => index * step);
  const copy = Buffer.alloc(FILE.size);
  await Promise.all(
    starts.map(async (first) => {
      const last = Math.min(first + step, FILE.size) - 1;
      const part = await get(`bytes=${first}-${last}`);
      assert.deepEqual([part.status, part.headers['content-range']], [206, `bytes ${first}-${last}/${FILE.size}`]);
      part.body.copy(copy, first);
    }),
  );
  assert.equal(sha1(copy), FILE.sha1);

  const several = await get('bytes=10-19,0-4,-5');
  assert.equal(several.status, 206);
  const boundary = /multipart\/byteranges; boundary=(.+)$/.exec(several.headers['content-type'] ?? '')?.[1] ?? '';
  const parts = several.body.toString('latin1').split(`--${boundary}`).slice(1, -1);
  const size = FILE.size;
  assert.deepEqual(
    parts.map((part) => /Content-Range: ([^\r]+)\r\n\r\n(.*)\r\n$/s.exec(part)?.slice(1)),
    [
      [`bytes 10-19/${size}`, BYTES.toString('latin1', 10, 20)],
      [`bytes 0-4/${size}`, BYTES.toString('latin1', 0, 5)],
      [`bytes ${size - 5}-${size - 1}/${size}`, BYTES.toString('latin1', size - 5)],
    ],
  );
  assert.equal(Number(several.headers['content-length']), several.body.length);
  const beyond = await get(`bytes=${size}-`);
  assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, `bytes */${size}`]);
});

test('the URL that a client is given leads to the file, by TLS and without, with the token’s path', async (t) => {
  for (const tls of [false, true]) {
    const service = await serviceWithFile(t, tls);
    assert.equal(service.url.split(':')[0], tls ? 'https' : 'http');
    if (tls) {
      await assert.rejects(send(service.url, PATH), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
      const got = await send(service.url, `/st-x${PATH.toLowerCase()}`, service.ca ? { ca: service.ca } : {});
      assert.equal(sha1(got.body), FILE.sha1);
      const http = createHttpClient(service.ca ? { ca: service.ca } : {});
      t.after(() => http.close());
      const answer = await http.send(`${service.url}${PATH}`, { method: 'GET', headers: {}, maxBytes: 2 ** 25 });
      assert.ok(answer.ok && sha1(answer.body) === FILE.sha1);
      continue;
    }
    const { token } = await service.addCustomer(1);
    const session = await enrol(`${service.url}/${token}`, identity(1), AT);
    const known = [...(await scan(session)).updates.values()];
    const bundle = known.find((update) => updateIdOf(update) === UPDATE);
    const part = known.find(({ xml }) => xml.includes('ca0df228-d190-50f8-b1c0-8a24429f4daf'));
    assert.ok(bundle && part);
    const { extendedUpdateInfo } = await answerTo<'GetExtendedUpdateInfo'>(session.base, {
      operation: 'GetExtendedUpdateInfo',
      cookie: session.cookie,
      revisionIds: [bundle.id, part.id],
      infoTypes: ['Extended'],
      locales: ['en'],
    });
    const location = extendedUpdateInfo.fileLocations.find(({ sha1 }) => sha1 === FILE.sha1);
    assert.equal(location?.url, `${session.base}${PATH}`);
    const { fileLocations } = await answerTo<'GetFileLocations'>(session.base, {
      operation: 'GetFileLocations',
      cookie: session.cookie,
      fileDigests: [FILE.sha1, 'ab'.repeat(20), samplePayload('nobody.cab').sha1],
    });
    assert.deepEqual(fileLocations, [location]);
    const { origin, pathname } = new URL(location?.url ?? '');
    assert.equal(sha1((await send(origin, pathname)).body), FILE.sha1);
  }
});

test('no other name leads anywhere', async (t) => {
  const service = await serviceWithFile(t);
  const secret = 'nobody-may-read-this';
  writeFileSync(join(temporaryFolder(), 'secret.cab'), secret);
  const hex = FILE.sha1.toUpperCase();
  const other = OCTOBER.payloads.find(({ sha1 }) => sha1 !== FILE.sha1) ?? assert.fail('one file only');
  const paths = [
    `/Content/${contentPath(other)}`,
    `/Content/AA/${'A'.repeat(40)}.cab`,
    `/Content/AA/../../x`,
    `/Content/AA/..%2f..%2fx`,
    `/Content/..%2f..%2f..%2f..%2fetc%2fpasswd`,
    `/Content/%2e%2e/%2e%2e/%2e%2e/etc/passwd`,
    `/Content/..%5c..%5cwindows%5cwin.ini`,
    `/Content/${hex.slice(-2)}/${hex}.cab/..`,
    `/Content/${hex.slice(-2)}/${hex}.cab%00.txt`,
    `/Content/${hex.slice(-2)}/..%2f${hex.slice(-2)}%2f${hex}.cab`,
    `/Content/incoming-1`,
    '/Content/',
    '/Content/%',
    '/Content/%ff%fe',
    `/SelfUpdate/wuident.cab`,
    `//etc/passwd`,
    `/st-x/Content/../../../etc/passwd`,
  ];
  for (const path of paths) {
    const answer = await send(service.url, path);
    assert.ok([400, 404].includes(answer.status), `${path} ${answer.status}`);
    assert.equal(
      answer.body.length < 500 && !answer.body.includes(secret) && !answer.body.includes('root:'),
      true,
      path,
    );
  }
  assert.equal((await send(service.url, PATH, { method: 'DELETE' })).status, 404);
  assert.equal((await send(service.url, PATH)).status, 200);
});

test('a file that was cut short on the disk is not served', async (t) => {
  const service = await serviceWithFile(t);
  assert.equal((await send(service.url, PATH)).status, 200);
  const short = { ...FILE, size: 10 };
  const digest = sha1(BYTES.subarray(0, 10));
  await assert.rejects(service.hold(short, BYTES), { code: 'content.mismatch' });
  await assert.rejects(service.hold({ ...FILE, sha1: digest }, BYTES), { code: 'content.mismatch' });
  await service.pool.query('update payload set size = size + 1');
  assert.equal((await send(service.url, PATH)).status, 404);
});

test('the self-update tree is served where there is one, and nothing around it', async (t) => {
  const outside = temporaryFolder();
  const folder = join(outside, 'selfupdate');
  mkdirSync(join(folder, 'WUClient'), { recursive: true });
  writeFileSync(join(folder, 'wuident.cab'), 'ident');
  writeFileSync(join(folder, 'WUClient', 'a.cab'), 'inner');
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  symlinkSync(join(outside, 'secret.txt'), join(folder, 'link.txt'));
  const service = await clientService(t, { selfUpdateDir: folder });
  assert.equal((await send(service.url, '/SelfUpdate/wuident.cab')).body.toString(), 'ident');
  assert.equal((await send(service.url, '/st-x/selfupdate/WUClient/a.cab')).body.toString(), 'inner');
  const head = await send(service.url, '/SelfUpdate/wuident.cab', { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers['content-length']], [200, '5']);
  for (const path of [
    'link.txt',
    '../secret.txt',
    '..%2fsecret.txt',
    'WUClient',
    '',
    'nothing.cab',
    '.hidden',
    'a%00b',
  ]) {
    assert.ok([400, 404].includes((await send(service.url, `/SelfUpdate/${path}`)).status), path);
  }
});
