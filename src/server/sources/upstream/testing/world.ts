import type { TestContext } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { addUpstream, chooseCategories, listUpstreamCategories } from '#contract/endpoints/upstream.ts';
import { type TestService, testService } from '#server/api/testing/service.ts';
import { keepUpstreams } from '#server/sources/upstream/keep-upstreams.ts';
import type { Upstreams } from '#server/sources/upstream/upstreams.ts';
import { listRuns, type RunRow } from '#server/store/upstream-runs.ts';
import { startTestUpstream, type TestUpstream, type TestUpstreamOptions } from '#simulator/upstream/test-upstream.ts';

/** A service and a test upstream that it knows as `test`, id 1. */
export interface World extends TestService {
  readonly upstream: TestUpstream;
  /** Impatient ones: waits between attempts are short. */
  readonly pulls: Upstreams;
  /** Pulls to the end. */
  pull(): Promise<RunRow>;
  /** Resolves with the latest run when it has ended. */
  ended(): Promise<RunRow>;
  choose(...titles: string[]): Promise<void>;
  /** Chooses everything that there is; categories must be there. */
  chooseAll(): Promise<void>;
}

const AT = '2023-10-11T00:00:00Z';
const NAME = { upstream: 'test' };

export async function upstreamWorld(
  t: TestContext,
  options: TestUpstreamOptions & { readonly ca?: string } = {},
): Promise<World> {
  const upstream = await startTestUpstream(options);
  t.after(() => upstream.close());
  const ends: (() => Promise<void>)[] = [];
  t.after(() => Promise.all(ends.map((end) => end())));
  const service = await testService(t, AT);
  const pulls = keepUpstreams({
    pool: service.pool,
    keeper: service.keeper,
    clock: service.clock,
    version: '0',
    log: { info: () => {}, warn: () => {} },
    patience: { attempts: 4, firstWaitMs: 1, longestWaitMs: 4 },
  });
  ends.push(() => pulls.close());
  await service.call(addUpstream, {
    body: { name: 'test', url: upstream.url, ...(options.ca === undefined ? {} : { ca: options.ca }) },
  });
  const choose = async (add: string[]): Promise<void> =>
    void (await service.call(chooseCategories, { params: NAME, body: { add } }));
  const world: World = {
    ...service,
    upstream,
    pulls,
    async pull() {
      await pulls.start(1, 'test');
      return world.ended();
    },
    async ended() {
      for (;;) {
        const [run] = await listRuns(service.pool, 1, Number.MAX_SAFE_INTEGER, 1);
        if (run && run.outcome !== 'running' && pulls.progress(1) === undefined) return run;
        await after(5);
      }
    },
    choose: (...titles) => choose(titles),
    async chooseAll() {
      const { items } = await service.call(listUpstreamCategories, { params: NAME });
      await choose(items.filter(({ depth }) => depth === 0).map(({ id }) => id));
    },
  };
  return world;
}
