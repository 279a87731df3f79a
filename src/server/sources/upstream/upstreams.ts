import type pg from 'pg';
import { CodedError } from '#contract/errors.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Db } from '#server/store/pool.ts';
import { readUpstream, scheduleUpstream, type UpstreamKind, type UpstreamRow } from '#server/store/upstream.ts';
import { askRunToStop, beginRun, endRun, noteRun, type RunEnd } from '#server/store/upstream-runs.ts';
import { type Caller, type Patience, USUAL_PATIENCE } from './call.ts';
import { lockedUpstream } from './lock.ts';
import { pull } from './pull.ts';
import { type PullProgress, type RunTally, runTally } from './run-tally.ts';
import { nextPull } from './schedule.ts';
import { openSession } from './session.ts';
import { openTransport } from './transport.ts';
import { trustedRoots } from './trust.ts';

/** Pulls from upstream servers in this process. */
export interface Upstreams {
  /**
   * Begins a pull and resolves with the id of its run. Throws `upstream.busy` when one is under way, in whatever process, and when
   * `isDue`, asked once nobody else can begin, says that there is no need any more.
   */
  start(upstreamId: number, by: string, isDue?: (db: Db) => Promise<boolean>): Promise<number>;
  /** Lets a pull stop where it is, in whatever process; false when none is under way. */
  stop(upstreamId: number): Promise<boolean>;
  /** How far a pull of this process is. */
  progress(upstreamId: number): PullProgress | undefined;
  /** Stops all pulls of this process and resolves when they have ended. */
  close(): Promise<void>;
}

export interface UpstreamsOptions {
  readonly pool: pg.Pool;
  readonly version: string;
  /** The service's clock. */
  readonly now: () => Temporal.Instant;
  readonly catalogue: () => Catalogue;
  /** Lets the service decide by what was imported. */
  readonly publish: () => Promise<void>;
  /** Hears how a pull ended, for the record. */
  readonly onEnd: (upstream: UpstreamRow, by: string, end: RunEnd, progress: PullProgress) => Promise<void>;
  readonly log: { info(details: object, message: string): void; warn(details: object, message: string): void };
  readonly patience?: Patience;
}

/** Requests at the same time; Microsoft asks for one connection. */
const IN_FLIGHT: Readonly<Record<UpstreamKind, number>> = { microsoft: 1, wsus: 3, 'second-tuesday': 3 };

interface Running {
  readonly tally: RunTally;
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
}

/** Pulls run in the background; a process that is killed leaves no lock behind, and the next pull goes on where it was. */
export function upstreams(options: UpstreamsOptions): Upstreams {
  const { pool, log } = options;
  const running = new Map<number, Running>();
  let closed = false;

  async function start(upstreamId: number, by: string, isDue?: (db: Db) => Promise<boolean>): Promise<number> {
    if (closed) throw new CodedError('service.busy', 'The service is stopping.');
    const before = running.get(upstreamId);
    if (before?.tally.now().phase === 'end') await before.ended; // only its lock is still to go
    const lock = await lockedUpstream(pool, upstreamId);
    try {
      if (isDue && !(await isDue(lock.client))) throw new CodedError('upstream.busy', 'It was pulled meanwhile.');
      const upstream = await readUpstream(lock.client, upstreamId);
      if (!upstream) throw new CodedError('not-found', 'The upstream was removed.');
      const runId = await beginRun(lock.client, upstreamId, by, options.now());
      const stop = new AbortController();
      lock.onLost(() => stop.abort(new CodedError('store.unreachable', 'The lock of the pull was lost.')));
      const tally = runTally();
      const ended = run(options, { upstream, runId, by, tally, stop })
        .catch((error: Error) => log.warn({ upstream: upstream.name, reason: error.message }, END_UNRECORDED))
        .then(lock.release)
        .finally(() => running.delete(upstreamId));
      running.set(upstreamId, { tally, stop, ended });
      return runId;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  return {
    start,
    async stop(upstreamId) {
      running.get(upstreamId)?.stop.abort(new Stopped());
      return askRunToStop(pool, upstreamId);
    },
    progress: (upstreamId) => running.get(upstreamId)?.tally.now(),
    async close() {
      closed = true;
      for (const { stop } of running.values()) stop.abort(new Stopped());
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}

const END_UNRECORDED = 'the end of a pull is not on record';

/** Somebody asked for the end. */
class Stopped extends Error {}

interface Run {
  readonly upstream: UpstreamRow;
  readonly runId: number;
  readonly by: string;
  readonly tally: RunTally;
  readonly stop: AbortController;
}

/** One pull from its first request to its last row. */
async function run(options: UpstreamsOptions, job: Run): Promise<void> {
  const { pool, log } = options;
  const { upstream, runId, tally } = job;
  const end: RunEnd = await pullInto(options, job).then(
    (): RunEnd => ({ outcome: 'done', at: options.now(), warnings: tally.warnings }),
    (error: unknown) => {
      if (isUnexpected(error)) log.warn({ upstream: upstream.name, stack: (error as Error).stack }, 'a pull broke off');
      return endOf(error, job, options.now());
    },
  );
  if (tally.now().imported > 0 && end.outcome !== 'done') await options.publish();
  tally.enter('end');
  const progress = tally.now();
  await noteRun(pool, runId, 'end', progress);
  await endRun(pool, runId, end);
  await scheduleUpstream(pool, upstream.upstreamId, nextPull(upstream, end.outcome, Temporal.Now.instant()));
  await options.onEnd(upstream, job.by, end, progress);
  const { outcome, code, message } = end;
  const details = { upstream: upstream.name, outcome, ...progress, ...(code ? { code, message } : {}) };
  if (outcome === 'failed') log.warn(details, 'a pull failed');
  else log.info(details, 'a pull ended');
}

async function pullInto(options: UpstreamsOptions, { upstream, runId, tally, stop }: Run): Promise<void> {
  const { pool, now, catalogue, version, patience = USUAL_PATIENCE } = options;
  const root = new URL(upstream.url);
  const inFlight = IN_FLIGHT[upstream.kind];
  const transport = openTransport({
    tls: trustedRoots(root, upstream.ca ?? undefined),
    connections: inFlight,
    userAgent: `Second-Tuesday/${version}`,
  });
  const { signal } = stop;
  const caller: Caller = {
    transport,
    root,
    patience,
    signal,
    onAnswer: (bytes) => tally.add({ requests: 1, bytes }),
    onWait: (why, waitMs) => tally.say(`waits ${Math.ceil(waitMs / 1000)} s to ask again: ${why}`),
  };
  const note = async (): Promise<void> => {
    const { phase, ...counts } = tally.now();
    if (await noteRun(pool, runId, phase, counts)) stop.abort(new Stopped());
    signal.throwIfAborted();
  };
  const publish = async (): Promise<void> => options.publish();
  try {
    const session = await openSession(caller, upstream);
    await pull({ pool, upstream, session, inFlight, tally, now, catalogue, note, publish });
  } finally {
    stop.abort(new Stopped()); // requests that nobody waits for any more
    transport.close();
  }
}

function endOf(error: unknown, { tally, stop }: Run, at: Temporal.Instant): RunEnd {
  const { warnings } = tally;
  const cause = stop.signal.aborted && isAbort(error) ? stop.signal.reason : error;
  if (cause instanceof Stopped) return { outcome: 'stopped', at, warnings };
  const code = cause instanceof CodedError ? cause.code : 'service.failed';
  return { outcome: 'failed', at, code, message: (cause as Error).message.slice(0, 2_000), warnings };
}

function isUnexpected(error: unknown): boolean {
  return !(error instanceof CodedError) && !isAbort(error);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error instanceof Stopped);
}
