import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import type pg from 'pg';
import { apiClient } from '#contract/client.ts';
import type { Endpoint, EndpointCall, EndpointResult } from '#contract/endpoint.ts';
import {
  addUpstream,
  chooseCategories,
  listUpstreamCategories,
  showUpstream,
  startPull,
} from '#contract/endpoints/upstream.ts';
import { CodedError } from '#contract/errors.ts';
import { importDocuments } from '#server/sources/import.ts';
import { contentOf } from '#server/sources/upstream/testing/content.ts';
import { openStore } from '#server/store/open.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { createRandom } from '#simulator/agent/random.ts';
import { type ServiceProcess, startServiceProcess } from '#simulator/demo/service-process.ts';
import { bigCatalogue } from '#simulator/sample/big-catalogue.ts';
import { startUpstreamProcess } from '#simulator/upstream/testing/upstream-process.ts';
import { microsoftUrlOf } from '#simulator/upstream/update-data.ts';

const skip = process.env.ST_EXHAUSTIVE === '1' ? false : 'takes minutes; run it with ST_EXHAUSTIVE=1 node --test FILE';
/** Odd, since the last part would have no bundle that brings it into scope. */
const REVISIONS = 20_001;
const DELTA = 500;
const KILLS = 20;
const MINUTES = 60_000;
const AT = Temporal.Instant.from('2026-01-01T00:00:00Z');
const params = { upstream: 'test' };

test('a service that is killed twenty times while it pulls 20,000 revisions ends as an import of files', {
  skip,
  timeout: 20 * MINUTES,
}, async (t) => {
  const upstream = await startUpstreamProcess(REVISIONS);
  t.after(() => upstream.stop());
  const service = await startServiceProcess(AT);
  t.after(() => rm(service.dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
  t.after(() => service.stop({ keep: true }));
  const ask = asking(service);
  await ask(addUpstream, { body: { name: 'test', url: upstream.url } });
  await pulled(ask);
  const { items } = await ask(listUpstreamCategories, { params });
  await ask(chooseCategories, { params, body: { add: items.filter(({ depth }) => depth === 0).map(({ id }) => id) } });
  const random = createRandom('kills');
  for (let kill = 0; kill < KILLS; kill++) {
    await begin(ask);
    const target = random.between(100, 900);
    for (let run = (await ask(showUpstream, { params })).run; (run?.done ?? 0) < target; ) {
      assert.equal(run?.outcome, 'running');
      await after(20);
      run = (await ask(showUpstream, { params })).run;
    }
    await service.kill9();
    await service.restart();
  }
  const last = await pulled(ask);
  t.diagnostic(`${last.listed} revisions were left for the pull that was not killed`);
  await upstream.serve(REVISIONS + DELTA);
  const delta = await pulled(ask);
  assert.equal(delta.listed, DELTA);
  assert.equal(delta.imported, DELTA);
  await service.stop({ keep: true });
  const pool = await reopened(t, service.dataDir);
  assert.deepEqual(digestible(await contentOf(pool)), digestible(await contentOf(await fromFiles(t, pool))));
  const { rows } = await pool.query(
    'select (select count(*) from revision) as revisions, (select count(*) from upstream_pending) as pending',
  );
  assert.deepEqual(rows, [{ revisions: REVISIONS + DELTA, pending: 0 }]);
});

type Run = NonNullable<EndpointResult<typeof showUpstream>['run']>;
type Ask = <E extends Endpoint>(endpoint: E, input: EndpointCall<E>) => Promise<EndpointResult<E>>;

function asking({ consoleUrl, token }: ServiceProcess): Ask {
  const client = apiClient<AbortSignal>({ baseUrl: consoleUrl, token, fetch });
  return (endpoint, input) => client.call(endpoint, input);
}

/** The database may need a moment to notice that the process before is gone. */
async function begin(ask: Ask): Promise<void> {
  for (;;) {
    try {
      await ask(startPull, { params, body: {} });
      return;
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'upstream.busy') throw error;
      await after(50);
    }
  }
}

async function pulled(ask: Ask): Promise<Run> {
  await begin(ask);
  for (;;) {
    const { run } = await ask(showUpstream, { params });
    assert.ok(run);
    if (run.outcome !== 'running') {
      assert.equal(run.outcome, 'done', run.message ?? '');
      return run;
    }
    await after(100);
  }
}

async function reopened(t: TestContext, dataDir: string): Promise<pg.Pool> {
  const store = await openStore({ dataDir, onConnectionLost: () => {}, onServerLost: () => {} });
  t.after(() => store.close());
  return store.pool;
}

async function fromFiles(t: TestContext, pulled: pg.Pool): Promise<pg.Pool> {
  const files = await freshDatabase(t);
  const { rows } = await pulled.query<{ sha1: string }>(`select encode(sha1, 'hex') as sha1 from payload`);
  const fileUrls = rows.map(({ sha1 }) => ({ sha1, url: microsoftUrlOf(sha1) }));
  await importDocuments(files, { source: 'files', at: AT, documents: bigCatalogue(REVISIONS + DELTA), fileUrls });
  return files;
}

/** Rows as one text a thousand: two long lists that differ are told apart fast, and where. */
function digestible(rows: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(rows.length / 1000) }, (_, at) =>
    rows.slice(at * 1000, at * 1000 + 1000).join('\n'),
  );
}
