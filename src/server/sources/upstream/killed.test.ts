import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import type pg from 'pg';
import { CodedError } from '#contract/errors.ts';
import { importDocuments } from '#server/sources/import.ts';
import { contentOf } from '#server/sources/upstream/testing/content.ts';
import { type PullerProcess, startPuller } from '#server/sources/upstream/testing/puller-process.ts';
import { upstreamWorld, type World } from '#server/sources/upstream/testing/world.ts';
import { listRuns, type RunRow } from '#server/store/upstream-runs.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { createRandom } from '#simulator/agent/random.ts';
import { bigCatalogue } from '#simulator/sample/big-catalogue.ts';
import { microsoftUrlOf } from '#simulator/upstream/update-data.ts';

const DOCUMENTS = [...bigCatalogue(401)];
const KILLS = 6;

/** A world whose categories are in and chosen; its upstream serves small batches. */
async function ready(t: TestContext): Promise<World> {
  const world = await upstreamWorld(t);
  world.upstream.catalogue.add(DOCUMENTS);
  world.upstream.habits.maxUpdates = 10;
  await world.pull();
  await world.chooseAll();
  return world;
}

test('a pull that is killed again and again ends as one that was left alone, and as an import of files', async (t) => {
  const calm = await ready(t);
  await calm.pull();
  const world = await ready(t);
  const random = createRandom('kills');
  for (let kill = 0; kill < KILLS; kill++) {
    const puller = await pullingPast(world, fetches(world) + random.between(2, 6));
    await after(random.between(0, 25));
    await puller.kill9();
  }
  const run = await untilFree(world);
  assert.equal(run.outcome, 'done');
  const cutOff = (await listRuns(world.pool, 1, Number.MAX_SAFE_INTEGER, 20)).filter(
    ({ outcome }) => outcome === 'interrupted',
  );
  assert.equal(cutOff.length, KILLS);
  const pulled = await contentOf(world.pool);
  assert.deepEqual(pulled, await contentOf(calm.pool));
  assert.deepEqual(pulled, await contentOf(await imported(t, world.pool)));
  assert.deepEqual(await leftOvers(world.pool), []);
});

/** A process that pulls, once it has made so many fetches in all. One that finds its predecessor's lock still held is started again. */
async function pullingPast(world: World, target: number): Promise<PullerProcess> {
  for (;;) {
    const puller = startPuller(world.pool, 1);
    const ended = puller.ended.then(() => true);
    let isOver = false;
    while (!isOver && fetches(world) < target) isOver = await Promise.race([after(5, false), ended]);
    if (!isOver) return puller;
  }
}

function fetches({ upstream }: World): number {
  return upstream.requests.filter(({ operation }) => operation === 'GetUpdateData').length;
}

/** Pulls to the end, as soon as the database has noticed that the process is gone. */
async function untilFree(world: World): Promise<RunRow> {
  for (;;) {
    try {
      return await world.pull();
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'upstream.busy') throw error;
      await after(20);
    }
  }
}

/** A database into which the documents came from files. */
async function imported(t: TestContext, pulled: pg.Pool): Promise<pg.Pool> {
  const files = await freshDatabase(t);
  const { rows } = await pulled.query<{ sha1: string }>(`select encode(sha1, 'hex') as sha1 from payload`);
  const fileUrls = rows.map(({ sha1 }) => ({ sha1, url: microsoftUrlOf(sha1) }));
  await importDocuments(files, { source: 'files', at: Temporal.Now.instant(), documents: DOCUMENTS, fileUrls });
  return files;
}

async function leftOvers(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select update_id::text from upstream_pending union all select kind from upstream_list where open_anchor is not null
     union all select id from upstream_filter where open or not covered`,
  );
  return rows;
}
