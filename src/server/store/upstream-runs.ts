import type pg from 'pg';
import { sqlInstant, sqlJson } from './parameter.ts';
import type { Db } from './pool.ts';

export type RunPhase = 'connect' | 'categories' | 'updates' | 'end';

/** What a pull has come to so far. */
export interface RunCounts {
  /** Revisions that it wanted, those that an earlier run had left included. */
  readonly listed: number;
  /** Of these. */
  readonly done: number;
  readonly imported: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly requests: number;
  /** Of answers, as they came over the wire. */
  readonly bytes: number;
}

export interface RunEnd {
  readonly outcome: 'done' | 'stopped' | 'failed';
  readonly at: Temporal.Instant;
  readonly code?: string;
  readonly message?: string;
  readonly warnings: readonly string[];
}

export interface RunRow extends RunCounts {
  readonly runId: number;
  readonly startedBy: string;
  readonly startedAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant | null;
  readonly outcome: 'running' | 'done' | 'stopped' | 'failed' | 'interrupted';
  readonly phase: RunPhase;
  readonly code: string | null;
  readonly message: string | null;
  readonly warnings: readonly string[];
}

const FIELDS = `run_id as "runId", started_by as "startedBy", started_at as "startedAt", ended_at as "endedAt", outcome,
  phase, listed, done, imported, unchanged, refused, requests, bytes, code, message, warnings`;
/** First half of the key of the lock that a process holds as long as it pulls; the second is the upstream's id. */
const PULL_LOCK = 7_265_003;

/** Takes the lock of an upstream for this session; false when another session has it. It goes when the session ends. */
export async function lockUpstream(client: pg.PoolClient, upstreamId: number): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [
    PULL_LOCK,
    upstreamId,
  ]);
  return rows[0]?.locked ?? false;
}

/** Gives it back; false when this session did not have it. */
export async function unlockUpstream(client: pg.PoolClient, upstreamId: number): Promise<boolean> {
  const { rows } = await client.query<{ unlocked: boolean }>('select pg_advisory_unlock($1, $2) as unlocked', [
    PULL_LOCK,
    upstreamId,
  ]);
  return rows[0]?.unlocked ?? false;
}

/** Upstreams that some process pulls just now. */
export async function listPulled(db: Db): Promise<Set<number>> {
  const { rows } = await db.query<{ id: number }>(
    `select objid::bigint as id from pg_locks where locktype = 'advisory' and classid = $1 and objsubid = 2 and granted
     and database = (select oid from pg_database where datname = current_database())`,
    [PULL_LOCK],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Begins a run; the caller holds the lock, so runs that never ended belong to processes that were killed. */
export async function beginRun(db: Db, upstreamId: number, startedBy: string, at: Temporal.Instant): Promise<number> {
  await db.query(
    `update upstream_run set outcome = 'interrupted', ended_at = $2 where upstream_id = $1 and outcome = 'running'`,
    [upstreamId, sqlInstant(at)],
  );
  const { rows } = await db.query<{ id: number }>(
    `insert into upstream_run (upstream_id, started_by, started_at, outcome, phase)
     values ($1, $2, $3, 'running', 'connect') returning run_id as id`,
    [upstreamId, startedBy, sqlInstant(at)],
  );
  if (!rows[0]) throw new Error('an insert returned no row');
  return rows[0].id;
}

/** Writes how far a run is; true when somebody asked it to stop. */
export async function noteRun(db: Db, runId: number, phase: RunPhase, counts: RunCounts): Promise<boolean> {
  const { rows } = await db.query<{ stop: boolean }>({
    name: 'note-run',
    text: `update upstream_run set phase = $2, listed = $3, done = $4, imported = $5, unchanged = $6, refused = $7,
             requests = $8, bytes = $9 where run_id = $1 returning stop_asked as stop`,
    values: [
      ...[runId, phase, counts.listed, counts.done, counts.imported, counts.unchanged, counts.refused],
      ...[counts.requests, counts.bytes],
    ],
  });
  return rows[0]?.stop ?? true;
}

export async function endRun(db: Db, runId: number, { outcome, at, code, message, warnings }: RunEnd): Promise<void> {
  await db.query(
    `update upstream_run set outcome = $2, ended_at = $3, code = $4, message = $5, warnings = $6 where run_id = $1`,
    [runId, outcome, sqlInstant(at), code ?? null, message ?? null, sqlJson([...warnings])],
  );
}

/** Asks the run of an upstream to stop, in whatever process it is; false when none is on record. */
export async function askRunToStop(db: Db, upstreamId: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update upstream_run set stop_asked = true where upstream_id = $1 and outcome = 'running'`,
    [upstreamId],
  );
  return (rowCount ?? 0) > 0;
}

/** Runs of an upstream with a lower id than `before`, the latest first, at most `limit`. */
export async function listRuns(db: Db, upstreamId: number, before: number, limit: number): Promise<RunRow[]> {
  const { rows } = await db.query<RunRow>(
    `select ${FIELDS} from upstream_run where upstream_id = $1 and run_id < $2 order by run_id desc limit $3`,
    [upstreamId, before, limit],
  );
  return rows;
}

/** When each upstream was last pulled to the end. */
export async function listLastPulls(db: Db): Promise<Map<number, Temporal.Instant>> {
  const { rows } = await db.query<{ id: number; at: Temporal.Instant }>(
    `select upstream_id as id, max(ended_at) as at from upstream_run where outcome = 'done' group by upstream_id`,
  );
  return new Map(rows.map(({ id, at }) => [id, at]));
}
