import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENDPOINTS } from '#contract/api.ts';
import { apiClient } from '#contract/client.ts';
import type { Endpoint } from '#contract/endpoint.ts';
import { addCustomer, showServer } from '#contract/endpoints/fleet.ts';
import { moveClock, showClock, status } from '#contract/endpoints/service.ts';
import { CodedError } from '#contract/errors.ts';
import { injected, TOKEN, testService } from './testing/service.ts';

const AT = '2023-10-09T00:00:00Z';

function coded(code: string, text: RegExp = /./) {
  return (error: unknown): true => {
    assert.ok(error instanceof CodedError, String(error));
    assert.equal(error.code, code);
    assert.match([error.message, ...error.details].join('\n'), text);
    return true;
  };
}

test('every endpoint wants a token that is known, before it looks at anything else', async (t) => {
  const { app } = await testService(t, AT);
  for (const { method, path } of Object.values<Endpoint>(ENDPOINTS)) {
    const url = `/api/v1${path.replace(/:\w+/g, 'x')}`;
    for (const authorization of [undefined, 'Bearer wrong', `Basic ${TOKEN}`, 'Bearer ']) {
      const headers = { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) };
      const answer = await app.inject({ method, url, headers, ...(method === 'GET' ? {} : { payload: '{' }) });
      assert.equal(answer.statusCode, 401, `${method} ${path}`);
      assert.equal(answer.json().error.code, 'auth.missing');
    }
  }
  for (const [method, url] of [
    ['GET', '/api/v1/backup'],
    ['PUT', '/api/v1/content/0000000000000000000000000000000000000000'],
  ] as const) {
    assert.equal((await app.inject({ method, url })).statusCode, 401);
  }
});

test('what is wrong in a request is named with its place', async (t) => {
  const { call, app } = await testService(t, AT);
  await assert.rejects(call(addCustomer, { body: { name: '-', zone: 'Etc/UTC' } }), coded('usage.wrong', /^name: /));
  await assert.rejects(
    call(addCustomer, { body: { name: 'a', zone: 'Etc/UTC', extra: 1 } as never }),
    coded('usage.wrong', /extra/),
  );
  await assert.rejects(
    call(addCustomer, { body: { name: 'a', zone: 'Mars/Base' } }),
    coded('usage.wrong', /Mars\/Base/),
  );
  await assert.rejects(call(showServer, { params: { server: 'no\0where' } }), coded('usage.wrong', /^server: /));
  await assert.rejects(call(showServer, { params: { server: 'x'.repeat(256) } }), coded('usage.wrong', /^server: /));
  await assert.rejects(call(showServer, { params: { server: 'nowhere' } }), coded('not-found', /nowhere/));
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const post = (payload: string) => app.inject({ method: 'POST', url: '/api/v1/customers', headers, payload });
  const broken = await post('{"name":');
  assert.deepEqual([broken.statusCode, broken.json().error.code], [400, 'usage.wrong']);
  const large = await post(JSON.stringify({ name: 'x'.repeat(1024 * 1024) }));
  assert.deepEqual([large.statusCode, large.json().error.code], [413, 'request.too-large']);
  const lost = await app.inject({ url: '/api/v1/nothing', headers });
  assert.deepEqual([lost.statusCode, lost.json().error.code], [404, 'not-found']);
});

test('an unexpected failure is logged once under its id and leaks nothing', async (t) => {
  const { app, pool, logged } = await testService(t, AT);
  await pool.query('alter table server_update rename to elsewhere');
  await pool.query(`insert into server (server_id, client_id, dns_name, first_seen, last_seen)
                    values (gen_random_uuid(), 'c', 'a.example', now(), now())`);
  const answer = await app.inject({ url: '/api/v1/status', headers: { authorization: `Bearer ${TOKEN}` } });
  assert.equal(answer.statusCode, 500);
  const { error } = answer.json();
  assert.equal(error.code, 'service.failed');
  assert.doesNotMatch(answer.body, /server_update|relation|select/);
  assert.deepEqual(
    logged.map((details) => (details as { id?: string }).id),
    [error.id],
  );
});

test('the client turns every failure into a coded error', async (t) => {
  const { app } = await testService(t, AT);
  const wrong = apiClient<AbortSignal>({ baseUrl: 'http://service.test/', token: 'wrong', fetch: injected(app) });
  await assert.rejects(wrong.call(status), coded('auth.missing'));
  const refused = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
  const nobody = apiClient<AbortSignal>({ baseUrl: 'http://service.test:1', fetch: () => Promise.reject(refused) });
  await assert.rejects(nobody.call(status), coded('service.unreachable', /http:\/\/service\.test:1 .*ECONNREFUSED/));
  const page = async () => ({ ok: false, status: 502, text: async () => '<html>' });
  await assert.rejects(apiClient({ baseUrl: 'http://x', fetch: page }).call(status), coded('service.failed', /502/));
  const stopped = new DOMException('stopped', 'AbortError');
  const aborted = apiClient<AbortSignal>({ baseUrl: 'http://x', fetch: () => Promise.reject(stopped) });
  await assert.rejects(aborted.call(status), stopped);
  await assert.rejects(wrong.call(showServer, { params: { server: '..' } }), coded('usage.wrong'));
});

test('health, readiness, metrics and the page answer without a token and say which clock runs', async (t) => {
  const { app, pool, call } = await testService(t, AT);
  assert.deepEqual((await app.inject('/healthz')).json(), { status: 'up' });
  assert.equal((await app.inject('/readyz')).statusCode, 200);
  await call(status);
  const metrics = await app.inject('/metrics');
  assert.match(metrics.body, /^second_tuesday_servers\{state="compliant"\} 0$/m);
  assert.match(metrics.body, /_count\{method="GET",route="\/api\/v1\/status",status="200"\} 1$/m);
  const page = await app.inject('/');
  assert.match(page.body, /<title>Second Tuesday/);
  for (const { headers } of [page, metrics]) {
    assert.equal(headers['x-second-tuesday-clock'], `simulated ${AT}`);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(String(headers['content-security-policy']), /default-src 'none'/);
  }
  t.mock.method(pool, 'query', () => Promise.reject(new Error('gone')));
  const unready = await app.inject('/readyz');
  t.mock.restoreAll();
  assert.deepEqual([unready.statusCode, unready.json().status], [503, 'not ready']);
  assert.equal((await app.inject('/healthz')).statusCode, 200);
});

test('a simulated clock moves forward only, the real one not at all', async (t) => {
  const { call } = await testService(t, AT);
  assert.deepEqual(await call(moveClock, { body: { advance: 'P1DT1H' } }), {
    clock: 'simulated',
    at: '2023-10-10T01:00:00Z',
  });
  await assert.rejects(call(moveClock, { body: { to: AT } }), coded('clock.backwards'));
  await assert.rejects(call(moveClock, { body: { advance: 'Pfoo' } }), coded('usage.wrong', /Pfoo/));
  await assert.rejects(call(moveClock, { body: { advance: 'P9000Y' } }), coded('usage.wrong', /9999/));
  await assert.rejects(call(moveClock, { body: { to: 'tomorrow' } }), coded('usage.wrong', /to: an instant such as/));
  assert.deepEqual(await call(showClock), { clock: 'simulated', at: '2023-10-10T01:00:00Z' });
  const real = await testService(t, AT, true);
  await assert.rejects(real.call(moveClock, { body: { advance: 'PT1H' } }), coded('clock.real'));
  assert.equal((await real.app.inject('/healthz')).headers['x-second-tuesday-clock'], undefined);
});
