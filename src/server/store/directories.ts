import type { Json } from '#domain/evidence/canonical-json.ts';
import type { UnitMapping } from '#domain/fleet/directory-computer.ts';
import { columns, sqlInstant, sqlJson } from './parameter.ts';
import type { Db } from './pool.ts';

/** How a directory is read, as its operator set it; the password is kept apart. */
export interface DirectoryDefinition {
  readonly urls: readonly string[];
  readonly user: string;
  readonly base: string;
  /** Which computers; absent: those with a server's operating system. */
  readonly filter?: string;
  /** PEM of further roots. */
  readonly ca?: string;
  readonly staleDays: number;
  readonly mappings: readonly UnitMapping[];
  /** Read each day by itself. */
  readonly enabled: boolean;
}

/** What came of the latest reading that was to change something. */
export interface DirectoryRun {
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly outcome: 'running' | 'done' | 'stopped' | 'failed';
  readonly code?: string;
  readonly message?: string;
  readonly counts?: DirectoryCounts;
}

/** A reading in figures. */
export interface DirectoryCounts {
  /** Entries of computers that were read. */
  readonly entries: number;
  readonly servers: number;
  readonly skipped: number;
  readonly added: number;
  readonly changed: number;
  /** Servers that the directory told of before. */
  readonly left: number;
  /** Servers of which another source says something else. */
  readonly conflicts: number;
}

export interface DirectoryRow {
  readonly directoryId: string;
  readonly customerId: string;
  readonly name: string;
  readonly definition: DirectoryDefinition;
  /** The password, sealed. */
  readonly secret: Uint8Array;
  readonly changedAt: Temporal.Instant;
  readonly lastRun: DirectoryRun | null;
}

const FIELDS = `directory_id as "directoryId", customer_id as "customerId", name, definition, secret,
  changed_at as "changedAt", last_run as "lastRun"`;
const DAY_HOURS = 24;
/** A reading that has not ended after so long was cut off with its process. */
const LONGEST_HOURS = 2;

/** Every directory, by name. */
export async function listDirectories(db: Db): Promise<DirectoryRow[]> {
  return (await db.query<DirectoryRow>(`select ${FIELDS} from directory_source order by lower(name), directory_id`))
    .rows;
}

export async function readDirectory(db: Db, directoryId: string): Promise<DirectoryRow | undefined> {
  const { rows } = await db.query<DirectoryRow>(`select ${FIELDS} from directory_source where directory_id = $1`, [
    directoryId,
  ]);
  return rows[0];
}

/** Adds a directory; false when there is one of that name: letter case does not count. */
export async function addDirectory(db: Db, row: Omit<DirectoryRow, 'lastRun'>): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into directory_source (directory_id, customer_id, name, definition, secret, changed_at)
     select $1, $2, $3, $4, $5, $6 where not exists (select from directory_source where lower(name) = lower($3))
     on conflict do nothing`,
    [row.directoryId, row.customerId, row.name, json(row.definition), row.secret, sqlInstant(row.changedAt)],
  );
  return rowCount === 1;
}

export async function changeDirectory(
  db: Db,
  { directoryId, definition, secret, changedAt }: Omit<DirectoryRow, 'customerId' | 'name' | 'lastRun'>,
): Promise<void> {
  await db.query('update directory_source set definition = $2, secret = $3, changed_at = $4 where directory_id = $1', [
    directoryId,
    json(definition),
    secret,
    sqlInstant(changedAt),
  ]);
}

export async function removeDirectory(db: Db, directoryId: string): Promise<void> {
  await db.query('delete from directory_source where directory_id = $1', [directoryId]);
}

/**
 * Notes that a reading begins; false when one is under way in whatever process, or, with `daily`, when none is due.
 */
export async function claimDirectory(
  db: Db,
  directoryId: string,
  { who, at, daily }: { readonly who: string; readonly at: Temporal.Instant; readonly daily: boolean },
): Promise<boolean> {
  const run: DirectoryRun = { startedBy: who, startedAt: at.toString(), outcome: 'running' };
  const { rowCount } = await db.query(
    `update directory_source set last_run = $2 where directory_id = $1 and (last_run is null
       or (last_run->>'startedAt')::timestamptz <= $3
       or (last_run->>'outcome' <> 'running' and not $4))`,
    [directoryId, json(run), sqlInstant(at.subtract({ hours: daily ? DAY_HOURS : LONGEST_HOURS })), daily],
  );
  return rowCount === 1;
}

/** Directories that are read by themselves and were not within the last day. */
export async function listDueDirectories(db: Db, at: Temporal.Instant): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select directory_id as id from directory_source where (definition->>'enabled')::boolean
       and (last_run is null or (last_run->>'startedAt')::timestamptz <= $1) order by directory_id`,
    [sqlInstant(at.subtract({ hours: DAY_HOURS }))],
  );
  return rows.map(({ id }) => id);
}

export async function endDirectoryRun(db: Db, directoryId: string, run: DirectoryRun): Promise<void> {
  await db.query('update directory_source set last_run = $2 where directory_id = $1', [directoryId, json(run)]);
}

/** A customer's machine, as a reading of a directory wants it. */
export interface KnownMachine {
  readonly machineId: string;
  readonly name: string;
  /** Distinguished name that a directory gave it; null: no directory told of it. */
  readonly entry: string | null;
  /** Null: not enrolled. */
  readonly serverId: string | null;
  readonly targetGroup: string | null;
}

export async function listKnownMachines(db: Db, customerId: string): Promise<KnownMachine[]> {
  const { rows } = await db.query<KnownMachine>(
    `select m.machine_id as "machineId", m.name, f.value #>> '{}' as entry, m.server_id as "serverId",
       s.target_group as "targetGroup"
     from machine m left join server s using (server_id)
       left join machine_fact f on f.machine_id = m.machine_id and f.field = 'directoryEntry'
         and f.source = 'directory' and f.ended_at is null
     where m.customer_id = $1`,
    [customerId],
  );
  return rows;
}

/** Gives enrolled servers that have no target group one. */
export async function giveTargetGroups(
  db: Db,
  groups: readonly { readonly serverId: string; readonly group: string }[],
): Promise<void> {
  await db.query(
    `update server s set target_group = g.name from unnest($1::uuid[], $2::text[]) as g (server_id, name)
     where s.server_id = g.server_id and s.target_group is null`,
    columns(groups, ['serverId', 'group']),
  );
}

function json(value: DirectoryDefinition | DirectoryRun): string {
  return sqlJson(value as unknown as Json);
}
