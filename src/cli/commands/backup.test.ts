import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { it } from 'node:test';
import { cli, fakeService, refusal, temporaryFolder } from '#cli/testing/cli.ts';

it('writes the backup whole, for its owner only, and prints its digest', async (t) => {
  const folder = await temporaryFolder(t);
  const content = Buffer.alloc(300_000, 'backup');
  const { url, seen } = await fakeService(t, () => ({ body: content }));
  const file = join(folder, 'b.zst');
  const { status, stdout } = await cli(['backup', file], { env: { ST_URL: url, ST_TOKEN: 'secret' } });
  assert.equal(status, 0);
  assert.deepEqual(await readFile(file), content);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.ok(stdout.includes(createHash('sha256').update(content).digest('hex')));
  assert.deepEqual([seen[0]?.path, seen[0]?.authorization], ['/backup', 'Bearer secret']);
  assert.deepEqual(await readdir(folder), ['b.zst']);
});

it('keeps nothing of a backup that breaks off', async (t) => {
  const folder = await temporaryFolder(t);
  const server = createServer((_request, response) => {
    response.write('half of it', () => response.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { status, stderr } = await cli(['backup', join(folder, 'b.zst')], { env: { ST_URL: url } });
  assert.equal(status, 1);
  assert.match(stderr, /broke off.*\(service\.unreachable\)/);
  assert.deepEqual(await readdir(folder), []);
});

it('keeps nothing of a backup that was stopped', async (t) => {
  const folder = await temporaryFolder(t);
  const stop = new AbortController();
  const server = createServer((_request, response) => {
    response.write('half of it', () => stop.abort('SIGINT'));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const env = { ST_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const { status, stderr } = await cli(['backup', join(folder, 'b.zst')], { env, signal: stop.signal });
  assert.deepEqual({ status, stderr }, { status: 1, stderr: 'second-tuesday: stopped\n' });
  assert.deepEqual(await readdir(folder), []);
});

it('never replaces a file', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'b.zst');
  await writeFile(file, 'the last good one');
  const { status, stderr } = await cli(['backup', file]);
  assert.equal(status, 1);
  assert.match(stderr, /b\.zst is there already \(conflict\.exists\)/);
  assert.equal(await readFile(file, 'utf8'), 'the last good one');
});

it('writes no file when the service refuses', async (t) => {
  const folder = await temporaryFolder(t);
  const { url } = await fakeService(t, () => refusal(401, 'auth.missing', 'No token'));
  const { status, stderr } = await cli(['backup', join(folder, 'b.zst')], { env: { ST_URL: url, ST_TOKEN: 'old' } });
  assert.equal(status, 1);
  assert.match(stderr, /auth\.missing/);
  assert.deepEqual(await readdir(folder), []);
});
