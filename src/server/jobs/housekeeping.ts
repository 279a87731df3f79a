import type pg from 'pg';
import type { Json } from '#domain/evidence/canonical-json.ts';
import {
  beginCare,
  endCare,
  listBloatedIndexes,
  listTableStatistics,
  pruneEvents,
  rebuildIndex,
  vacuumTable,
} from '#server/store/care.ts';
import { pruneDeploymentSets } from '#server/store/deployment-sets.ts';
import { pruneEvidence } from '#server/store/evidence.ts';
import { pruneNotices } from '#server/store/notices.ts';
import { removeEmptyClaims } from '#server/store/servers.ts';

/** What grows without anybody's doing and is of no use any more goes, once a day, and the database is kept fit. The record never goes. */
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
  /** The service's clock: what is old is old by it. */
  readonly now: () => Temporal.Instant;
  /** Days for which agents' events and what was told of backups are kept; the events' digests stay in the record for ever. */
  readonly eventRetentionDays: number;
  readonly log: Log;
}

/** A client that was away for longer is told everything once more; so is one whose cookie key is gone, after a week. */
const UNUSED_FOR = { hours: 24 * 60 };
const EVERY_MS = 24 * 3_600_000;
/** Rows of one statement, and statements of one round: what is left waits for the next day. */
const BATCH = 500;
const MOST_BATCHES = 200;
/** What is kept of one server's backups, as of its restore points and restore tests; and servers of one statement. */
const EVIDENCE = { most: 1_000, machines: 200 };
/** Autovacuum mostly comes first; a table with more dead rows than so, and that share of all, is vacuumed here. */
const DEAD = { rows: 10_000, share: 0.2 };
/** A healthy index of ours takes 20 to 60 bytes a row. */
const BLOATED = { bytes: 64 * 1024 * 1024, bytesPerRow: 200 };

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

/** One round: forgets what has had its time, keeps the tables and indexes fit, and says how much, in the log and for `care`. */
export async function tidy(options: HousekeepingOptions, signal?: AbortSignal): Promise<void> {
  const { pool, log } = options;
  const jobs = { forget, vacuum, rebuild } as const;
  for (const [job, work] of Object.entries(jobs)) {
    if (signal?.aborted) return;
    const id = await beginCare(pool, job, Temporal.Now.instant());
    if (id === undefined) continue;
    const outcome = await work(options, signal).catch((error: Error) => ({ failed: error.message }));
    await endCare(pool, id, Temporal.Now.instant(), outcome);
    log.info({ job, ...outcome }, 'housekeeping');
  }
}

type Work = (options: HousekeepingOptions, signal?: AbortSignal) => Promise<{ readonly [name: string]: Json }>;

/** Deployment sets and empty claims that nobody used for 60 days; events, settled notices and evidence of backups past their retention. */
const forget: Work = async ({ pool, now, eventRetentionDays }, signal) => {
  const unused = now().subtract(UNUSED_FOR);
  const retained = now().subtract({ hours: 24 * eventRetentionDays });
  const deploymentSets = await inBatches((limit) => pruneDeploymentSets(pool, unused, limit), signal);
  const emptyClaims = await inBatches((limit) => removeEmptyClaims(pool, unused, limit), signal);
  const events = await inBatches((limit) => pruneEvents(pool, retained, limit), signal);
  const notices = await inBatches((limit) => pruneNotices(pool, retained, limit), signal);
  const evidence = await forgetEvidence(pool, retained, signal);
  return { deploymentSets, emptyClaims, events, notices, evidence, eventsBefore: retained.toString() };
};

async function forgetEvidence(pool: pg.Pool, since: Temporal.Instant, signal?: AbortSignal): Promise<number> {
  const { most, machines } = EVIDENCE;
  let removed = 0;
  let after: string | undefined;
  do {
    const page = await pruneEvidence(pool, { since, most }, { after, machines });
    removed += page.removed;
    after = page.last;
  } while (after !== undefined && !signal?.aborted);
  return removed;
}

const vacuum: Work = async ({ pool }, signal) => {
  const tables = (await listTableStatistics(pool))
    .filter(({ rows, deadRows }) => deadRows > DEAD.rows && deadRows > DEAD.share * rows)
    .map(({ name }) => name);
  return { vacuumed: await eachUnlessStopped(tables, (name) => vacuumTable(pool, name), signal) };
};

const rebuild: Work = async ({ pool }, signal) => {
  const indexes = await listBloatedIndexes(pool, BLOATED.bytes, BLOATED.bytesPerRow);
  return { rebuilt: await eachUnlessStopped(indexes, (name) => rebuildIndex(pool, name), signal) };
};

async function eachUnlessStopped(
  names: readonly string[],
  work: (name: string) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const done: string[] = [];
  for (const name of names) {
    if (signal?.aborted) break;
    await work(name);
    done.push(name);
  }
  return done;
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
