import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { keepUpstreams } from '#server/sources/upstream/keep-upstreams.ts';
import { upstreamWorld, type World } from '#server/sources/upstream/testing/world.ts';
import { readUpstream, scheduleUpstream } from '#server/store/upstream.ts';
import { beginRun, listRuns } from '#server/store/upstream-runs.ts';
import { bigCatalogue } from '#simulator/sample/big-catalogue.ts';

const LAST_WEEK = Temporal.Instant.from('2020-01-01T00:00:00Z');

/** Another process on the same database, which looks often. */
function otherProcess(t: TestContext, { pool, keeper, clock }: World): void {
  const log = { info: () => {}, warn: () => {} };
  const pulls = keepUpstreams({ pool, keeper, clock, version: '0', log, lookEvery: 10 });
  t.after(() => pulls.close());
}

async function runs({ pool }: World) {
  return listRuns(pool, 1, Number.MAX_SAFE_INTEGER, 10);
}

test('what is due is pulled by itself, once, and is due again an interval later', async (t) => {
  const world = await upstreamWorld(t);
  world.upstream.catalogue.add(bigCatalogue(29));
  await scheduleUpstream(world.pool, 1, { dueAt: LAST_WEEK, failures: 3 });
  otherProcess(t, world);
  otherProcess(t, world);
  while ((await runs(world)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const run = await world.ended();
  assert.deepEqual([run.startedBy, run.outcome, run.imported], ['schedule', 'done', 29]);
  let upstream = await readUpstream(world.pool, 1);
  while (upstream?.failures !== 0) upstream = await readUpstream(world.pool, 1);
  assert.ok(Temporal.Instant.compare(upstream.dueAt, Temporal.Now.instant().add({ minutes: 300 })) > 0);
  assert.equal((await runs(world)).length, 1);
});

test('a pull whose process is gone is taken up again', async (t) => {
  const world = await upstreamWorld(t);
  world.upstream.catalogue.add(bigCatalogue(29));
  const cutOff = await beginRun(world.pool, 1, 'somebody', world.clock.now());
  otherProcess(t, world);
  while ((await runs(world)).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await world.ended()).outcome, 'done');
  const [, before] = await runs(world);
  assert.deepEqual([before?.runId, before?.outcome], [cutOff, 'interrupted']);
});
