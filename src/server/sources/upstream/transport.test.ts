import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { compress } from '#protocol/xpress/xpress.ts';
import { openTransport, type TransportAnswer, type TransportOptions } from '#server/sources/upstream/transport.ts';

const NEVER = new AbortController().signal;

async function post(
  t: TestContext,
  answer: RequestListener,
  options: Partial<TransportOptions> = {},
  signal: AbortSignal = NEVER,
): Promise<TransportAnswer> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const transport = openTransport({ tls: {}, connections: 1, userAgent: 'test', ...options });
  t.after(() => transport.close());
  return transport.post(
    new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    'action',
    '<a/>',
    signal,
  );
}

const encoded =
  (encoding: string, bytes: Uint8Array): RequestListener =>
  (_request, response) =>
    void response.writeHead(200, { 'content-encoding': encoding }).end(bytes);

test('an answer is decoded, whatever its status', async (t) => {
  const bytes = Buffer.from('words '.repeat(500));
  const answer = await post(t, encoded('xpress', compress(bytes)));
  assert.deepEqual(Buffer.from(answer.body), bytes);
  assert.ok(answer.wireBytes < bytes.length);
  const plain = await post(t, (_request, response) => void response.writeHead(500).end('no'));
  assert.deepEqual([plain.status, Buffer.from(plain.body).toString()], [500, 'no']);
});

test('an answer that is too long, packed or not, does not unpack, or is packed otherwise is refused', async (t) => {
  const unexpected = { code: 'upstream.unexpected' };
  const long = Buffer.alloc(5_000, 'a');
  await assert.rejects(post(t, encoded('identity', long), { mostBytes: 4_999 }), unexpected);
  await assert.rejects(post(t, encoded('xpress', compress(long)), { mostBytes: 4_999 }), unexpected);
  await assert.rejects(post(t, encoded('xpress', long)), unexpected);
  await assert.rejects(post(t, encoded('gzip', long)), unexpected);
});

test('a server that says nothing, or breaks off in the middle, cannot be reached', async (t) => {
  const unreachable = { code: 'upstream.unreachable' };
  await assert.rejects(
    post(t, () => {}, { timeout: 30 }),
    unreachable,
  );
  const half: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half');
    setTimeout(() => response.destroy(), 10);
  };
  await assert.rejects(post(t, half), unreachable);
});

test('who wants the end gets it, with the reason', async (t) => {
  const stop = new AbortController();
  const reason = new Error('enough');
  await assert.rejects(
    post(t, () => stop.abort(reason), {}, stop.signal),
    reason,
  );
});
