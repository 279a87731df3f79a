import assert from 'node:assert/strict';
import { test } from 'node:test';
import { realClock } from '#server/clock.ts';
import { touchFacts } from '#server/store/service.ts';
import type { ApiDeps } from './deps.ts';
import { sharedAnswer } from './shared-answer.ts';
import { testService } from './testing/service.ts';

const AT = Temporal.Instant.from('2023-10-12T00:00:00Z');

/** What a shared answer asks of the service, over a real database; the answer is how often it was computed. */
async function counting(t: Parameters<typeof testService>[0], real: boolean) {
  const { pool, keeper, clock } = await testService(t, AT.toString(), real);
  const deps = { pool, keeper, clock: real ? realClock() : clock } as ApiDeps;
  let computed = 0;
  const answer = sharedAnswer(async () => {
    await pool.query('select pg_sleep(0.01)');
    return ++computed;
  });
  return { pool, keeper, answer, ask: (at = AT) => answer(deps, at), deps };
}

test('ten who ask at once share one answer', async (t) => {
  const { ask } = await counting(t, true);
  assert.deepEqual(await Promise.all(Array.from({ length: 10 }, () => ask())), Array(10).fill(1));
});

test('under the real clock it holds for half a minute, and no longer than the facts', async (t) => {
  const { ask, pool, keeper, answer, deps } = await counting(t, true);
  assert.equal(await ask(), 1);
  assert.equal(await ask(AT.add({ milliseconds: 29_999 })), 1);
  assert.equal(await ask(AT.add({ seconds: 30 })), 2);
  assert.equal(await ask(AT), 3); // the clock was set back
  await touchFacts(pool);
  await keeper.refresh();
  assert.equal(await ask(), 4);
  answer.forget(deps);
  assert.equal(await ask(), 5);
});

test('under a simulated clock it is fresh once something was written, and when the clock moved', async (t) => {
  const { ask, pool } = await counting(t, false);
  const first = await ask(); // how often it is shared nobody can say: tests of other files write to this server too
  await pool.query("update service set config_changed = config_changed + interval '1 s'");
  const second = await ask();
  assert.ok(second > first);
  assert.ok((await ask(AT.add({ milliseconds: 1 }))) > second);
});

test('one that failed is not kept', async (t) => {
  const { pool, keeper, clock } = await testService(t, AT.toString());
  let failures = 0;
  const answer = sharedAnswer(async () => {
    if (failures++ === 0) throw new Error('the database was away');
    return 'well';
  });
  const deps = { pool, keeper, clock } as unknown as ApiDeps;
  await assert.rejects(answer(deps, AT), /away/);
  assert.equal(await answer(deps, AT), 'well');
});
