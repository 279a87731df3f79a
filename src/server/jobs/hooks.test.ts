import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { simulatedClock } from '#server/clock.ts';
import { type HookCalls, keepHookCalls } from '#server/jobs/hooks.ts';
import { openSecrets } from '#server/secrets.ts';
import { settleHookRuns } from '#server/store/hook-calls.ts';
import { askHooks, listHookHolds, pageOfHookRuns, retryHookRuns } from '#server/store/hook-runs.ts';
import { saveHook } from '#server/store/hooks.ts';
import { inTransaction } from '#server/store/pool.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { sampleCustomer, sampleId, sampleServer } from '#server/testing/sample.ts';
import { temporaryFolder } from '#server/testing/server.ts';

const AT = Temporal.Instant.from('2025-11-14T12:00:00Z');
const SECRET = 'secret of a test';
const CAMPAIGN = sampleId('f', 1);
const HOOK = sampleId('b', 1);

interface Heard {
  readonly url: string | undefined;
  readonly key: string | string[] | undefined;
  readonly signature: string;
  readonly text: string;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** The other side: answers as it is told, and keeps what it heard. */
async function otherSide(t: TestContext) {
  const heard: Heard[] = [];
  const side = { heard, answer: ((_request, response) => void response.end('{"reference":"snap-1"}')) as Answer };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const { url, headers } = request;
    heard.push({
      url,
      key: headers['idempotency-key'],
      signature: String(headers['x-second-tuesday-signature']),
      text,
    });
    side.answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.close().closeAllConnections());
  return { side, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A customer with servers in a campaign, and a hook that may have so many of them open. */
async function campaign(t: TestContext, servers: number, mostOpen: number) {
  const pool = await freshDatabase(t);
  const { side, url } = await otherSide(t);
  const customerId = await sampleCustomer(pool);
  const ids: string[] = [];
  for (let number = 1; number <= servers; number++) ids.push(await sampleServer(pool, number, customerId));
  await pool.query(
    `insert into campaign (campaign_id, customer_id, cycle, number, definition, state, opened_at) values ($1, $2, '2025-11', 1, '{}', 'promoting', $3)`,
    [CAMPAIGN, customerId, String(AT)],
  );
  await pool.query(
    `insert into campaign_server (campaign_id, server_id, release_week, state) select $1, id, 1, 'waiting' from unnest($2::uuid[]) as s (id)`,
    [CAMPAIGN, ids],
  );
  const secrets = await openSecrets(temporaryFolder());
  const limits = { afterHours: 24, mostOpen, timeoutSeconds: 1, attempts: 2 };
  const row = {
    hookId: HOOK,
    customerId,
    name: 'snapshots',
    before: `${url}/before`,
    after: `${url}/after`,
    changedAt: AT,
  };
  await saveHook(pool, { ...row, ...limits }, secrets.seal(SECRET));
  const clock = simulatedClock(AT);
  let wall = Temporal.Now.instant();
  const calls = keepHookCalls({ pool, clock, secrets, wallNow: () => wall });
  t.after(() => calls.close());
  const waiting = async () => {
    const { rows } = await pool.query<{ id: string }>(
      `select server_id as id from campaign_server where state = 'waiting' order by server_id`,
    );
    return rows.map(({ id }) => id);
  };
  return {
    ...{ pool, side, ids, clock, calls },
    holds: async () => [...(await listHookHolds(pool, CAMPAIGN, await waiting())).values()].map(({ text }) => text),
    ask: async () => {
      const wanted = await waiting();
      await inTransaction(pool, (client) => askHooks(client, CAMPAIGN, wanted, clock.now()));
    },
    states: async () => {
      const runs = await pageOfHookRuns(pool, { hookId: HOOK, state: undefined, after: undefined, limit: 100 });
      return runs.map(({ state }) => state).sort();
    },
    wait: (time: Temporal.DurationLike) => {
      wall = wall.add(time);
    },
  };
}

test('a turn waits for the first step; the second comes so long after the verification', async (t) => {
  const { pool, side, ids, clock, calls, holds, ask, states } = await campaign(t, 1, 5);
  assert.deepEqual(await holds(), ['The hook "snapshots" is called before its turn.']);
  await ask();
  await ask();
  await calls.run(clock.now());
  assert.deepEqual([await holds(), await states()], [[], ['open']]);
  const [before, ...others] = side.heard;
  assert.deepEqual([before?.url, others.length], ['/before', 0]);
  const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(before?.signature ?? '') ?? [];
  assert.equal(digest, createHmac('sha256', SECRET).update(`${seconds}.${before?.text}`).digest('hex'));
  const { server, step, campaign: label } = JSON.parse(before?.text ?? '');
  assert.deepEqual([server.name, step, label], ['srv1.example.com', 'before', '2025-11 #1']);
  await pool.query(`update campaign_server set state = 'verified', verified_at = $1`, [String(AT.add({ hours: 10 }))]);
  await calls.run(AT.add({ hours: 33 }));
  assert.deepEqual(await states(), ['open'], 'not yet');
  await calls.run(AT.add({ hours: 34 }));
  assert.deepEqual(await states(), ['done']);
  const after = JSON.parse(side.heard[1]?.text ?? '');
  assert.deepEqual([side.heard[1]?.url, after.reference, after.outcome], ['/after', 'snap-1', 'verified']);
  const { rows } = await pool.query<{ what: string }>('select what from record order by number');
  assert.deepEqual(
    rows.map(({ what }) => what),
    ['hook.done', 'hook.done'],
  );
  assert.equal(ids.length, 1);
});

test('no more are open than may be; the next goes when one is closed', async (t) => {
  const { pool, calls, clock, holds, ask, states } = await campaign(t, 3, 2);
  await ask();
  await calls.run(clock.now());
  assert.deepEqual(await states(), ['open', 'open']);
  assert.deepEqual(await holds(), [
    'The hook "snapshots" has 2 servers open and may have 2: the next goes when one is closed.',
  ]);
  await pool.query(
    `update campaign_server set state = 'verified', verified_at = $1
    where server_id = (select server_id from hook_run limit 1)`,
    [String(AT)],
  );
  await calls.run(AT.add({ hours: 24 }));
  await ask();
  await calls.run(AT.add({ hours: 24 }));
  assert.deepEqual([await holds(), await states()], [[], ['done', 'open', 'open']]);
});

test('a server that needs one more turn after what was opened is closed is called for anew', async (t) => {
  const { pool, side, calls, clock, holds, ask, states } = await campaign(t, 1, 1);
  const member = (state: string) =>
    pool.query('update campaign_server set state = $1, verified_at = $2', [state, String(AT)]);
  await ask();
  await calls.run(clock.now());
  await member('verified');
  await pool.query(`update hook_run set state = 'after', next_attempt = 'infinity'`);
  await member('waiting');
  assert.deepEqual(await holds(), ['The hook "snapshots" is closing what it opened before its last turn.']);
  await member('verified');
  await pool.query(`update hook_run set next_attempt = '-infinity'`);
  await calls.run(clock.now());
  assert.deepEqual(await states(), ['done']);
  await member('waiting');
  assert.deepEqual(await holds(), ['The hook "snapshots" is called before its turn.']);
  await ask();
  await calls.run(clock.now());
  await ask();
  assert.deepEqual([await holds(), await states()], [[], ['open']]);
  assert.deepEqual(
    side.heard.map(({ url }) => url),
    ['/before', '/after', '/before'],
  );
  assert.notEqual(side.heard[0]?.key, side.heard[2]?.key);
});

test('a server that was taken out of the campaign keeps what was opened for it until the campaign ends', async (t) => {
  const { pool, side, calls, clock, ask, states } = await campaign(t, 1, 1);
  await ask();
  await calls.run(clock.now());
  await pool.query('delete from campaign_server');
  await calls.run(AT.add({ hours: 48 }));
  assert.deepEqual(await states(), ['open']);
  await pool.query(`update campaign set state = 'closed', ended_at = $1`, [String(AT.add({ hours: 48 }))]);
  await calls.run(AT.add({ hours: 72 }));
  assert.deepEqual(await states(), ['done']);
  const { url, text } = side.heard[1] ?? assert.fail();
  assert.deepEqual([url, JSON.parse(text).reference], ['/after', 'snap-1']);
});

test('what was opened while the campaign ended is closed, too', async (t) => {
  const { pool, side, calls, clock, ask, states } = await campaign(t, 1, 1);
  const asked = Promise.withResolvers<ServerResponse>();
  const well = side.answer;
  side.answer = (_request, response) => asked.resolve(response);
  await ask();
  const first = calls.run(clock.now());
  const response = await asked.promise;
  side.answer = well;
  await pool.query(`update campaign set state = 'closed', ended_at = $1`, [String(AT)]);
  await settleHookRuns(pool, AT);
  assert.deepEqual(await states(), ['done']);
  response.end('{"reference":"late"}');
  await first;
  assert.deepEqual(await states(), ['open']);
  await calls.run(AT.add({ hours: 24 }));
  assert.deepEqual([await states(), JSON.parse(side.heard[1]?.text ?? '').reference], [['done'], 'late']);
});

test('a retry begins no more than may be open', async (t) => {
  const { pool, calls, clock, ask, states } = await campaign(t, 5, 2);
  await pool.query(
    `insert into hook_run (hook_run_id, hook_id, campaign_id, server_id, state, asked_at, attempts, next_attempt, last_error)
     select gen_random_uuid(), $1, $2, server_id, 'failed', $3, 2, 'infinity', 'it answered 500' from server order by dns_name limit 4`,
    [HOOK, CAMPAIGN, String(AT)],
  );
  await ask();
  await calls.run(clock.now());
  assert.deepEqual(await states(), ['failed', 'failed', 'failed', 'failed', 'open']);
  const retry = () => inTransaction(pool, (client) => retryHookRuns(client, HOOK, undefined));
  assert.deepEqual([await retry(), await retry()], [1, 0]);
  await calls.run(clock.now());
  assert.deepEqual(await states(), ['failed', 'failed', 'failed', 'open', 'open']);
  await pool.query(`update hook_run set state = 'failed' where opened_at is not null`);
  assert.equal(await retry(), 2, 'what failed to close is called again, and no other');
});

const FAULTS: Readonly<Record<string, readonly [Answer, RegExp]>> = {
  'an error of the other side': [(_request, response) => void response.writeHead(500).end(), /answered 500/],
  'a redirect': [
    (_request, response) => void response.writeHead(302, { location: 'http://example.com/' }).end(),
    /answered 302/,
  ],
  'an answer without end': [(_request, response) => void response.end(Buffer.alloc(70_000)), /more than 64 KB/],
  'no answer': [() => undefined, /within 1 s/],
  'a line that breaks': [(request) => void request.socket.destroy(), /./],
};
for (const [name, [answer, reason]] of Object.entries(FAULTS)) {
  test(`${name} is tried again, then given up; a person lets it begin anew`, async (t) => {
    const { pool, side, calls, clock, holds, ask, states, wait } = await campaign(t, 1, 5);
    const well = side.answer;
    side.answer = answer;
    await ask();
    await calls.run(clock.now());
    assert.match((await holds())[0] ?? '', /was called 1 times and is not done/);
    assert.match((await holds())[0] ?? '', reason);
    await calls.run(clock.now());
    assert.equal(side.heard.length, 1, 'not before its time');
    wait({ minutes: 2 });
    await calls.run(clock.now());
    assert.deepEqual(await states(), ['failed']);
    assert.match((await holds())[0] ?? '', /failed for it/);
    assert.equal(side.heard[0]?.key, side.heard[1]?.key);
    side.answer = well;
    assert.equal(await retryHookRuns(pool, HOOK, undefined), 1);
    await calls.run(clock.now());
    assert.deepEqual([await holds(), await states()], [[], ['open']]);
  });
}

test('two processes make each call once', async (t) => {
  const { pool, side, calls, clock, ask, states } = await campaign(t, 12, 12);
  const secrets = { open: () => SECRET, seal: () => new Uint8Array() };
  const other: HookCalls = keepHookCalls({
    pool,
    clock,
    secrets,
    wallNow: () => Temporal.Now.instant().add({ minutes: 0 }),
  });
  t.after(() => other.close());
  await ask();
  await Promise.all([calls.run(clock.now()), other.run(clock.now())]);
  assert.deepEqual([side.heard.length, new Set(side.heard.map(({ key }) => key)).size], [12, 12]);
  assert.deepEqual(new Set(await states()), new Set(['open']));
});

test('hooks of some tiers do not hold other servers', async (t) => {
  const { pool, ids, holds } = await campaign(t, 2, 5);
  await pool.query(`update hook set definition = definition || '{"tiers": ["critical"]}'`);
  assert.deepEqual(await holds(), []);
  await pool.query(
    `insert into machine (machine_id, customer_id, name, server_id, profile, added_at, changed_at) select $1, customer_id, 'one', server_id, '{"tier": "critical"}', $3, $3 from server where server_id = $2`,
    [sampleId('d', 1), ids[0], String(AT)],
  );
  assert.equal((await holds()).length, 1);
});
