import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { apiClient } from '#contract/client.ts';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { TOKEN, testService } from './testing/service.ts';

async function listening(t: TestContext) {
  const service = await testService(t, '2023-10-09T00:00:00Z');
  const address = await service.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...service, address, port: Number(new URL(address).port) };
}

test('a body without a token is refused before it is read', async (t) => {
  const { port } = await listening(t);
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /api/v1/catalogue/imports HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n');
  socket.write('content-length: 100000000\r\n\r\n{');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  await once(socket, 'close');
  assert.match(answer, /^HTTP\/1\.1 401 /);
  assert.match(answer, /connection: close/i);
  assert.match(answer, /auth\.missing/);
});

test('the typed client works over a real socket, and a backup that nobody reads to its end gives its connection back', async (t) => {
  const { address, pool } = await listening(t);
  const client = apiClient({ baseUrl: address, token: TOKEN, fetch });
  const { customer } = await client.call(addCustomer, { body: { name: 'Contoso', zone: 'Etc/UTC' } });
  assert.equal(customer.name, 'Contoso');
  await pool.query(`insert into deployment_set select 'v' || n, (select decode(string_agg(md5(random()::text), ''), 'hex')
                    from generate_series(1, 4000) where n > 0), now() from generate_series(1, 300) n`);
  const stop = new AbortController();
  const answer = await fetch(`${address}/api/v1/backup`, {
    headers: { authorization: `Bearer ${TOKEN}` },
    signal: stop.signal,
  });
  const reader = answer.body?.getReader();
  await reader?.read();
  stop.abort();
  await reader?.closed.catch(() => undefined);
  while (pool.totalCount - pool.idleCount > 1) await new Promise((resolve) => setTimeout(resolve, 10)); // the keeper holds one
});
