import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CONSOLE_HEADER } from '#contract/endpoints/session.ts';
import { revokeApiToken } from '#server/store/tokens.ts';
import { TOKEN, testService } from './testing/service.ts';

const OURS = { [CONSOLE_HEADER]: '1' };
const SESSION = '/api/v1/session';

async function signedIn(t: TestContext) {
  const service = await testService(t, '2023-10-09T00:00:00Z');
  const { app } = service;
  const signIn = (token: string, headers: Record<string, string> = OURS) =>
    app.inject({ method: 'POST', url: SESSION, headers, payload: { token } });
  const answer = await signIn(TOKEN);
  assert.equal(answer.statusCode, 200);
  const setCookie = String(answer.headers['set-cookie']);
  const cookie = setCookie.split(';')[0] ?? '';
  const status = async (headers: Record<string, string>) =>
    (await app.inject({ url: '/api/v1/status', headers })).statusCode;
  return { ...service, signIn, answer, setCookie, cookie, status };
}

test('a token gives a session in a cookie that no script and no other site can use, and that is not the token', async (t) => {
  const { answer, setCookie, cookie, signIn, status, pool } = await signedIn(t);
  assert.deepEqual(answer.json(), { name: 'admin' });
  assert.match(setCookie, /; Path=\/api\/v1; HttpOnly; SameSite=Strict$/);
  assert.ok(!setCookie.includes(TOKEN));
  assert.equal(await status({ cookie }), 200);
  assert.equal(await status({ cookie: `${cookie}x` }), 401);
  assert.equal(await status({ cookie, authorization: 'Bearer wrong' }), 401);
  const throughTls = await signIn(TOKEN, { ...OURS, origin: 'https://patch.example.com' });
  assert.match(String(throughTls.headers['set-cookie']), /; Secure$/);
  const { rows } = await pool.query('select encode(session_sha256, $1) as kept from console_session', ['escape']);
  for (const { kept } of rows) assert.ok(!cookie.includes(kept));
});

test('a wrong token gives none', async (t) => {
  const { signIn } = await signedIn(t);
  const wrong = await signIn('wrong');
  assert.equal(wrong.statusCode, 401);
  assert.equal(wrong.json().error.code, 'auth.missing');
  assert.equal(wrong.headers['set-cookie'], undefined);
  assert.equal((await signIn('')).statusCode, 400);
  assert.equal((await signIn('x'.repeat(5_000))).statusCode, 413);
});

test('a session changes nothing for a page that is not ours', async (t) => {
  const { app, cookie, signIn } = await signedIn(t);
  const payload = { name: 'Contoso', zone: 'Etc/UTC' };
  const add = (headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/api/v1/customers', headers, payload });
  assert.equal((await add({ cookie })).statusCode, 401);
  assert.equal((await signIn(TOKEN, {})).statusCode, 401);
  assert.equal((await app.inject({ method: 'DELETE', url: SESSION, headers: { cookie } })).statusCode, 401);
  assert.equal((await add({ cookie, ...OURS })).statusCode, 200);
});

test('a session ends with the sign-out, with its token, and by itself', async (t) => {
  const { app, cookie, signIn, status, pool, clock } = await signedIn(t);
  const another = async () => String((await signIn(TOKEN)).headers['set-cookie']).split(';')[0] ?? '';
  const gone = await app.inject({ method: 'DELETE', url: SESSION, headers: { cookie, ...OURS } });
  assert.match(String(gone.headers['set-cookie']), /Max-Age=0/);
  assert.equal(await status({ cookie }), 401);
  const old = await another();
  await pool.query(`update console_session set expires_at = now() - interval '1 second'`);
  assert.equal(await status({ cookie: old }), 401);
  const last = await another();
  assert.equal((await pool.query('select from console_session')).rowCount, 1);
  const shown = { clock: 'simulated', at: '2023-10-09T00:00:00Z' };
  assert.deepEqual((await app.inject({ url: SESSION, headers: { cookie: last } })).json(), { name: 'admin', ...shown });
  await revokeApiToken(pool, 'admin', clock.now());
  assert.equal(await status({ cookie: last }), 401);
  assert.deepEqual((await app.inject({ url: SESSION, headers: { cookie: last } })).json(), shown);
});
