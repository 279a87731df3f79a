import type { Json } from '#domain/evidence/canonical-json.ts';
import { sqlInstant, sqlJson } from './parameter.ts';
import type { Db } from './pool.ts';

/** A table as the database's own statistics see it. */
export interface TableStatistics {
  readonly name: string;
  /** Estimates. */
  readonly rows: number;
  readonly deadRows: number;
  /** Table and indexes. */
  readonly bytes: number;
  /** Wall time; null: not since the statistics began. */
  readonly vacuumedAt: Temporal.Instant | null;
}

export async function listTableStatistics(db: Db): Promise<TableStatistics[]> {
  const { rows } = await db.query<TableStatistics>(
    `select relname::text as name, n_live_tup as rows, n_dead_tup as "deadRows", pg_total_relation_size(relid) as bytes,
       greatest(last_vacuum, last_autovacuum) as "vacuumedAt"
     from pg_stat_user_tables where schemaname = current_schema() order by 4 desc, 1`,
  );
  return rows;
}

/** Frees the space of dead rows for reuse and renews the statistics; run it outside of a transaction. */
export async function vacuumTable(db: Db, name: string): Promise<void> {
  await db.query(`vacuum (analyze, skip_locked) ${quoted(name)}`);
}

/** Indexes of more than `least` bytes with more than `bytesPerRow` for each row: mostly empty pages. */
export async function listBloatedIndexes(db: Db, least: number, bytesPerRow: number): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select i.relname::text as name from pg_index x join pg_class i on i.oid = x.indexrelid join pg_am a on a.oid = i.relam
     where i.relnamespace = current_schema()::regnamespace and a.amname = 'btree' and x.indisvalid
       and pg_relation_size(i.oid) > $1 and pg_relation_size(i.oid) > $2 * greatest(i.reltuples, 1)
     order by pg_relation_size(i.oid) desc limit 20`,
    [least, bytesPerRow],
  );
  return rows.map(({ name }) => name);
}

/** Builds an index anew beside the running service; run it outside of a transaction. */
export async function rebuildIndex(db: Db, name: string): Promise<void> {
  await db.query(`reindex index concurrently ${quoted(name)}`);
}

/** Removes events that were received before an instant, at most `limit`; returns how many. */
export async function pruneEvents(db: Db, before: Temporal.Instant, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from event where event_instance_id = any (array(
       select event_instance_id from event where received_at < $1 order by received_at limit $2))`,
    [sqlInstant(before), limit],
  );
  return rowCount ?? 0;
}

/** One round of care. */
export interface CareRun {
  readonly job: string;
  readonly began: Temporal.Instant;
  readonly ended: Temporal.Instant | null;
  readonly outcome: Readonly<Record<string, unknown>>;
}

/** Begins a round; two processes do not care for one thing at once: undefined while another round of the job is under way. */
export async function beginCare(db: Db, job: string, wallNow: Temporal.Instant): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>(
    `insert into care_run (job, began) select $1, $2 where not exists (
       select from care_run where job = $1 and ended is null and began > $2::timestamptz - interval '6 hours')
     returning care_run_id as id`,
    [job, sqlInstant(wallNow)],
  );
  return rows[0]?.id;
}

export async function endCare(
  db: Db,
  id: number,
  wallNow: Temporal.Instant,
  outcome: { readonly [name: string]: Json },
): Promise<void> {
  await db.query('update care_run set ended = $2, outcome = $3 where care_run_id = $1', [
    id,
    sqlInstant(wallNow),
    sqlJson(outcome),
  ]);
  await db.query('delete from care_run where care_run_id < $1 - 1000', [id]);
}

/** The latest rounds, newest first. */
export async function listCareRuns(db: Db, limit: number): Promise<CareRun[]> {
  const { rows } = await db.query<CareRun>(
    'select job, began, ended, outcome from care_run order by care_run_id desc limit $1',
    [limit],
  );
  return rows;
}

/** Names come from the database's own catalogue; quoted all the same. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
