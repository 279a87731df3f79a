import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { listHookRuns, listHooks, removeHook, setHook } from '#contract/endpoints/hooks.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { testService } from './testing/service.ts';

const HOOK = { params: { hook: 'snapshots' }, query: { customer: 'Contoso' } } as const;
const BODY = { customer: 'Contoso', before: 'https://vault.example/take', why: 'before each turn' } as const;

test('the secret of a hook is shown when it is made, and stands in no record and no row', async (t) => {
  const { call, pool } = await testService(t, '2023-10-12T00:00:00Z');
  await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/London' } });
  const { secret = '' } = await call(setHook, {
    params: HOOK.params,
    body: { ...BODY, after: 'https://vault.example/drop' },
  });
  assert.match(secret, /^[\w-]{43}$/);
  assert.equal(
    (await call(setHook, { params: HOOK.params, body: { ...BODY, mostOpen: 3 } })).secret,
    undefined,
    'it stays',
  );
  const renewed = await call(setHook, { params: HOOK.params, body: { ...BODY, newSecret: true } });
  assert.notEqual(renewed.secret, secret);
  const { items } = await call(listHooks, { query: HOOK.query });
  assert.deepEqual(
    items.map(({ name, after, mostOpen }) => [name, after, mostOpen]),
    [['snapshots', undefined, 20]],
  );
  const records = await call(listRecords, { query: HOOK.query });
  assert.equal(records.items.filter(({ what }) => what === 'hook.set').length, 3);
  const { rows } = await pool.query<{ text: string }>(`select encode(secret, 'escape') as text from hook`);
  for (const known of [JSON.stringify(records), JSON.stringify(items), rows[0]?.text ?? ''])
    assert.ok(!known.includes(secret) && !known.includes(renewed.secret ?? ''));
});

test('what is called must be a line that nobody reads along', async (t) => {
  const { call } = await testService(t, '2023-10-12T00:00:00Z');
  await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/London' } });
  for (const before of [
    'http://vault.example/',
    'http://localhost.example/',
    'https://me:secret@vault.example/',
    'file:///etc/passwd',
    'here',
  ])
    await assert.rejects(
      call(setHook, { params: HOOK.params, body: { ...BODY, before } }),
      { code: 'usage.wrong' },
      before,
    );
  for (const before of ['http://127.0.0.1:9/', 'http://[::1]:9/', 'http://localhost:9/'])
    assert.equal((await call(setHook, { params: HOOK.params, body: { ...BODY, before } })).before, before);
});

test('a hook that has something open is removed only by who says so', async (t) => {
  const { call, pool } = await testService(t, '2023-10-12T00:00:00Z');
  const { customer } = await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/London' } });
  await call(setHook, { params: HOOK.params, body: { ...BODY, after: 'https://vault.example/drop' } });
  await pool.query(
    `with s as (insert into server (server_id, client_id, dns_name, customer_id, first_seen, last_seen) values (gen_random_uuid(), 'one', 'one.example', $1, now(), now()) returning server_id),
       c as (insert into campaign (campaign_id, customer_id, cycle, number, definition, state, opened_at)
         values (gen_random_uuid(), $1, '2023-10', 1, '{}', 'promoting', now()) returning campaign_id)
     insert into hook_run (hook_run_id, hook_id, campaign_id, server_id, state, asked_at, opened_at, next_attempt, reference)
     select gen_random_uuid(), hook_id, campaign_id, server_id, 'open', now(), now(), now(), 'snap-1' from hook, s, c`,
    [customer.customerId],
  );
  const { items } = await call(listHookRuns, HOOK);
  assert.deepEqual(
    items.map(({ server, campaign, state, reference }) => [server, campaign, state, reference]),
    [['one.example', '2023-10 #1', 'open', 'snap-1']],
  );
  const why = 'no longer used';
  await assert.rejects(call(removeHook, { ...HOOK, query: { ...HOOK.query, why } }), { code: 'hook.in-use' });
  await assert.rejects(call(setHook, { params: HOOK.params, body: BODY }), { code: 'hook.in-use' }, 'who closes it?');
  await call(removeHook, { ...HOOK, query: { ...HOOK.query, why, abandon: 'true' } });
  assert.deepEqual((await call(listHooks, { query: HOOK.query })).items, []);
});
