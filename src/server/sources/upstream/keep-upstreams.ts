import type pg from 'pg';
import { CodedError } from '#contract/errors.ts';
import { SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import type { Clock } from '#server/clock.ts';
import type { FactsKeeper } from '#server/facts/keeper.ts';
import { type Db, inTransaction } from '#server/store/pool.ts';
import { appendRecord } from '#server/store/record.ts';
import { touchFacts } from '#server/store/service.ts';
import { listDueUpstreams } from '#server/store/upstream.ts';
import { type Upstreams, type UpstreamsOptions, upstreams } from './upstreams.ts';

export interface KeepUpstreamsOptions extends Pick<UpstreamsOptions, 'version' | 'log' | 'patience'> {
  readonly pool: pg.Pool;
  readonly keeper: Pick<FactsKeeper, 'current' | 'refresh'>;
  readonly clock: Clock;
  /** Milliseconds between two looks at what is due; default a minute. */
  readonly lookEvery?: number;
}

const LOOK_EVERY_MS = 60_000;

/**
 * Pulls from upstream servers whenever one is due by the wall clock, or was cut off, and whenever somebody asks. Any number of
 * processes may do so: an upstream is only ever pulled by one. Closing stops what is under way.
 */
export function keepUpstreams(given: KeepUpstreamsOptions): Upstreams {
  const { pool, keeper, clock, lookEvery = LOOK_EVERY_MS, ...options } = given;
  const pulls = upstreams({
    ...options,
    pool,
    now: () => clock.now(),
    catalogue: () => keeper.current().catalogue,
    async publish() {
      await touchFacts(pool);
      await keeper.refresh();
    },
    async onEnd({ name }, by, { outcome, at, code }, { imported, unchanged, refused }) {
      const facts = { outcome, imported, unchanged, refused, ...(code === undefined ? {} : { code }) };
      const entry = { at, who: by, what: 'upstream.pulled', subject: { upstream: name }, facts };
      await inTransaction(pool, (client) =>
        appendRecord(client, [{ ...entry, customerId: SERVICE_CHAIN, clock: clock.kind }]),
      );
    },
  });
  async function look(): Promise<void> {
    for (const upstreamId of await due(pool)) {
      const isDue = async (db: Db): Promise<boolean> => (await due(db)).includes(upstreamId);
      await pulls.start(upstreamId, 'schedule', isDue).catch(unlessBusy);
    }
  }
  const warn = (error: Error): void => options.log.warn({ reason: error.message }, 'due upstreams were not pulled');
  const timer = setInterval(() => void look().catch(warn), lookEvery);
  return {
    ...pulls,
    async close() {
      clearInterval(timer);
      await pulls.close();
    },
  };
}

async function due(db: Db): Promise<number[]> {
  return (await listDueUpstreams(db, Temporal.Now.instant())).map(({ upstreamId }) => upstreamId);
}

function unlessBusy(error: unknown): void {
  if (!(error instanceof CodedError) || error.code !== 'upstream.busy') throw error;
}
