import type pg from 'pg';
import { pruneDeploymentSets } from '#server/store/deployment-sets.ts';
import { removeEmptyClaims } from '#server/store/servers.ts';

/** What grows without anybody's doing and is of no use any more goes, once a day. Evidence never does. */
export interface Housekeeping {
  /** Resolves when a round that is under way has ended. */
  close(): Promise<void>;
}

interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface HousekeepingOptions {
  readonly pool: pg.Pool;
  readonly now: () => Temporal.Instant;
  readonly log: Log;
}

/** A client that was away for longer is told everything once more; so is one whose cookie key is gone, after a week. */
const UNUSED_FOR = { hours: 24 * 60 };
const EVERY_MS = 24 * 3_600_000;
/** Rows of one statement, and statements of one round: what is left waits for the next day. */
const BATCH = 500;
const MOST_BATCHES = 200;

/** Begins a round now, in the background, and one each day. Any number of processes may do so at once. */
export function keepHouse(options: HousekeepingOptions): Housekeeping {
  const stop = new AbortController();
  const round = (): Promise<void> =>
    tidy(options, stop.signal).catch((error: Error) =>
      options.log.warn({ reason: error.message }, 'housekeeping was not finished'),
    );
  let running = round();
  const timer = setInterval(() => {
    running = running.then(round);
  }, EVERY_MS);
  return {
    async close() {
      clearInterval(timer);
      stop.abort();
      await running;
    },
  };
}

/** One round: forgets deployment sets and empty claims that nobody used for 60 days, and says how many. */
export async function tidy({ pool, now, log }: HousekeepingOptions, signal?: AbortSignal): Promise<void> {
  const before = now().subtract(UNUSED_FOR);
  const deploymentSets = await inBatches((limit) => pruneDeploymentSets(pool, before, limit), signal);
  const emptyClaims = await inBatches((limit) => removeEmptyClaims(pool, before, limit), signal);
  log.info({ deploymentSets, emptyClaims, before: before.toString() }, 'housekeeping');
}

async function inBatches(removeSome: (limit: number) => Promise<number>, signal?: AbortSignal): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < MOST_BATCHES && !signal?.aborted; batch++) {
    const some = await removeSome(BATCH);
    removed += some;
    if (some < BATCH) break;
  }
  return removed;
}
