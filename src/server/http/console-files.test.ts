import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import Fastify from 'fastify';
import { mountConsole } from '#server/http/console-files.ts';
import { temporaryFolder } from '#server/testing/server.ts';

const PAGE = '<script src="/assets/index-1.js" nonce="NONCE"></script>';
const SCRIPT = 'console.log("console")';
const ACCEPT = { accept: 'text/html,*/*' };

async function served(t: TestContext) {
  const folder = temporaryFolder();
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), PAGE);
  await writeFile(join(folder, 'icon.svg'), '<svg/>');
  await writeFile(join(folder, 'assets', 'index-1.js'), SCRIPT);
  await writeFile(join(folder, 'assets', 'index-1.js.br'), brotliCompressSync(SCRIPT));
  const app = Fastify();
  assert.equal(await mountConsole(app, folder), true);
  t.after(() => app.close());
  return app;
}

test('the page has a fresh nonce each time, which its policy names, and is never kept', async (t) => {
  const app = await served(t);
  const nonces = new Set<string>();
  for (const url of ['/', '/servers', '/servers/db1.contoso.example?tab=forecast']) {
    const { statusCode, headers, body } = await app.inject({ url, headers: ACCEPT });
    assert.equal(statusCode, 200);
    const nonce = /nonce="([^"]+)"/.exec(body)?.[1] ?? assert.fail('no nonce');
    nonces.add(nonce);
    const policy = String(headers['content-security-policy']);
    assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`));
    assert.match(policy, /default-src 'none'; script-src 'self';.*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(headers['cache-control'], 'no-store');
  }
  assert.equal(nonces.size, 3);
});

test('what programs ask for is never answered with the page', async (t) => {
  const app = await served(t);
  for (const url of ['/api/v1/nothing', '/API/v1/nothing', '/metrics', '/healthz/x', '/readyz', '/assets/index-0.js']) {
    const { statusCode, body } = await app.inject({ url, headers: ACCEPT });
    assert.equal(statusCode, 404, url);
    assert.ok(!body.includes('nonce'));
  }
  assert.equal((await app.inject({ url: '/favicon.ico', headers: { accept: 'image/*' } })).statusCode, 404);
  assert.equal((await app.inject({ method: 'POST', url: '/servers', headers: ACCEPT })).statusCode, 404);
});

test('files come compressed and for ever where their name has a digest; nothing outside of the folder comes', async (t) => {
  const app = await served(t);
  const plain = await app.inject({ url: '/assets/index-1.js' });
  assert.equal(plain.body, SCRIPT);
  assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
  const packed = await app.inject({ url: '/assets/index-1.js', headers: { 'accept-encoding': 'gzip, br' } });
  assert.equal(packed.headers['content-encoding'], 'br');
  assert.match(String(packed.headers['content-type']), /javascript/);
  assert.equal(brotliDecompressSync(packed.rawPayload).toString(), SCRIPT);
  assert.equal((await app.inject({ url: '/icon.svg' })).headers['cache-control'], 'no-cache');
  for (const url of [
    '/assets/../../etc/passwd',
    '/assets/..%2f..%2fetc/passwd',
    '/assets/%2e%2e/index.html',
    '/assets/',
  ]) {
    assert.notEqual((await app.inject({ url })).statusCode, 200, url);
  }
});

test('without a build nothing is served', async () => {
  assert.equal(await mountConsole(Fastify(), join(temporaryFolder(), 'none')), false);
});
