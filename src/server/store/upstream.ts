import { columns, sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

export type UpstreamKind = 'microsoft' | 'wsus' | 'second-tuesday';

/** A server that metadata is pulled from, as the operator set it up. */
export interface UpstreamSetup {
  readonly name: string;
  readonly kind: UpstreamKind;
  readonly url: string;
  /** PEM of further roots. */
  readonly ca: string | null;
  /** Short names such as `en`; none: all languages. */
  readonly languages: readonly string[];
  /** Pulled by itself. */
  readonly enabled: boolean;
  readonly intervalMinutes: number;
}

export interface UpstreamRow extends UpstreamSetup {
  readonly upstreamId: number;
  /** How we call ourselves there. */
  readonly accountName: string;
  readonly accountGuid: string;
  readonly createdAt: Temporal.Instant;
  /** Wall clock. */
  readonly dueAt: Temporal.Instant;
  /** Pulls that failed since the last one that went well. */
  readonly failures: number;
}

const FIELDS = `upstream_id as "upstreamId", name, kind, url, ca, languages, enabled,
  interval_minutes as "intervalMinutes", account_name as "accountName", account_guid as "accountGuid",
  created_at as "createdAt", due_at as "dueAt", failures`;

/** Every upstream, by name. */
export async function listUpstreams(db: Db): Promise<UpstreamRow[]> {
  return (await db.query<UpstreamRow>(`select ${FIELDS} from upstream order by name`)).rows;
}

/** An upstream by its name; letter case does not count. */
export async function findUpstream(db: Db, name: string): Promise<UpstreamRow | undefined> {
  const { rows } = await db.query<UpstreamRow>(`select ${FIELDS} from upstream where lower(name) = lower($1)`, [name]);
  return rows[0];
}

export async function readUpstream(db: Db, upstreamId: number): Promise<UpstreamRow | undefined> {
  const { rows } = await db.query<UpstreamRow>(`select ${FIELDS} from upstream where upstream_id = $1`, [upstreamId]);
  return rows[0];
}

/** Adds an upstream; undefined when there is one of that name. */
export async function addUpstream(
  db: Db,
  { name, kind, url, ca, languages, enabled, intervalMinutes, ...own }: Omit<UpstreamRow, 'upstreamId' | 'failures'>,
): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>(
    `insert into upstream (name, kind, url, ca, languages, enabled, interval_minutes, account_name, account_guid,
       created_at, due_at)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
     where not exists (select from upstream where lower(name) = lower($1))
     on conflict (name) do nothing returning upstream_id as id`,
    [
      ...[name, kind, url, ca, languages, enabled, intervalMinutes],
      ...[own.accountName, own.accountGuid, sqlInstant(own.createdAt), sqlInstant(own.dueAt)],
    ],
  );
  return rows[0]?.id;
}

/** Writes what an operator may change. */
export async function changeUpstream(db: Db, upstreamId: number, setup: Omit<UpstreamSetup, 'name' | 'kind'>) {
  await db.query(
    `update upstream set url = $2, ca = $3, languages = $4, enabled = $5, interval_minutes = $6 where upstream_id = $1`,
    [upstreamId, setup.url, setup.ca, setup.languages, setup.enabled, setup.intervalMinutes],
  );
}

/** Removes an upstream with all that is known of its pulls; what was pulled stays in the catalogue. */
export async function removeUpstream(db: Db, upstreamId: number): Promise<void> {
  await db.query('delete from upstream where upstream_id = $1', [upstreamId]);
}

/** Upstreams that are to be pulled by now, by the wall clock, or whose pull never ended: its process may have been killed. */
export async function listDueUpstreams(db: Db, wall: Temporal.Instant): Promise<UpstreamRow[]> {
  const { rows } = await db.query<UpstreamRow>(
    `select ${FIELDS} from upstream u where enabled and (due_at <= $1 or exists (
       select from upstream_run r where r.upstream_id = u.upstream_id and r.outcome = 'running'))`,
    [sqlInstant(wall)],
  );
  return rows;
}

/** Sets when an upstream is pulled next, and how often it failed in a row. */
export async function scheduleUpstream(
  db: Db,
  upstreamId: number,
  { dueAt, failures }: Pick<UpstreamRow, 'dueAt' | 'failures'>,
): Promise<void> {
  await db.query('update upstream set due_at = $2, failures = $3 where upstream_id = $1', [
    upstreamId,
    sqlInstant(dueAt),
    failures,
  ]);
}

/** Update ids of the categories that were chosen: products, families, companies, classifications. */
export async function listChoices(db: Db, upstreamId: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select category_id as id from upstream_choice where upstream_id = $1 order by category_id',
    [upstreamId],
  );
  return rows.map(({ id }) => id);
}

export async function addChoices(db: Db, upstreamId: number, categoryIds: readonly string[]): Promise<void> {
  await db.query(
    `insert into upstream_choice (upstream_id, category_id) select $1, * from unnest($2::uuid[])
     on conflict do nothing`,
    [upstreamId, categoryIds],
  );
}

export async function removeChoices(db: Db, upstreamId: number, categoryIds: readonly string[]): Promise<void> {
  await db.query('delete from upstream_choice where upstream_id = $1 and category_id = any($2::uuid[])', [
    upstreamId,
    categoryIds,
  ]);
}

/** Notes where the upstream itself has payload files. */
export async function setUpstreamFiles(
  db: Db,
  upstreamId: number,
  files: readonly { readonly sha1: string; readonly url: string }[],
): Promise<void> {
  await db.query(
    `insert into upstream_file (upstream_id, sha1, url)
     select $1, decode(f.sha1, 'hex'), f.url from unnest($2::text[], $3::text[]) as f (sha1, url)
     on conflict (upstream_id, sha1) do update set url = excluded.url`,
    [upstreamId, ...columns(files, ['sha1', 'url'])],
  );
}
