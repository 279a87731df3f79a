import { randomUUID } from 'node:crypto';
import { EVIDENCE_KINDS, type Evidence, type EvidenceKind, type EvidenceSource } from '#domain/readiness/evidence.ts';
import { columns, sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** Evidence of one machine. */
export interface EvidenceOf extends Evidence {
  readonly machineId: string;
}

/** Who told it, how and when. */
export interface Telling {
  readonly source: EvidenceSource;
  readonly who: string;
  readonly at: Temporal.Instant;
}

/**
 * Keeps evidence; what is known already (same machine, kind, instant, source and job) is let go by. Of what went well the latest of each kind
 * stands with the machine. Returns how many are new.
 */
export async function addEvidence(db: Db, told: readonly EvidenceOf[], { source, who, at }: Telling): Promise<number> {
  const rows = told.map((one) => ({ ...one, evidenceId: randomUUID(), at: sqlInstant(one.at) }));
  const result = await db.query<{ added: number }>({
    name: 'add-evidence',
    text: `with added as (
             insert into evidence (evidence_id, machine_id, kind, ok, at, job, detail, source, who, received_at)
             select e.*, $8, $9, $10 from unnest($1::uuid[], $2::uuid[], $3::text[], $4::boolean[], $5::timestamptz[], $6::text[],
               $7::text[]) as e (evidence_id, machine_id, kind, ok, at, job, detail)
             on conflict (machine_id, kind, at, source, job) do nothing returning machine_id, kind, ok, at),
           best as (select machine_id, max(at) filter (where kind = 'backup') as backup,
               max(at) filter (where kind = 'restore-point') as point, max(at) filter (where kind = 'restore-test') as test
             from added where ok group by machine_id),
           locked as (select machine_id from machine where machine_id in (select machine_id from best) order by machine_id for no key update),
           noted as (update machine m set backup_at = greatest(m.backup_at, b.backup),
               restore_point_at = greatest(m.restore_point_at, b.point), restore_test_at = greatest(m.restore_test_at, b.test)
             from best b join locked using (machine_id) where m.machine_id = b.machine_id)
           select count(*)::integer as added from added`,
    values: [
      ...columns(rows, ['evidenceId', 'machineId', 'kind', 'ok', 'at', 'job', 'detail']),
      ...[source, who, sqlInstant(at)],
    ],
  });
  return result.rows[0]?.added ?? 0;
}

/** Keeps what a server's settings task told of its backups; of a server that the inventory has not linked yet nothing, it tells again. */
export async function keepTaskEvidence(
  db: Db,
  serverId: string,
  told: readonly Evidence[],
  at: Temporal.Instant,
): Promise<void> {
  const machineId = told.length === 0 ? undefined : await machineOfServer(db, serverId);
  if (machineId === undefined) return;
  const rows = told.map((one) => ({ ...one, machineId }));
  await addEvidence(db, rows, { source: 'settings-task', who: 'settings task', at });
}

/** Evidence as it is kept. */
export interface EvidenceRow extends Evidence {
  readonly evidenceId: string;
  readonly source: EvidenceSource;
  readonly who: string;
  readonly receivedAt: Temporal.Instant;
}

const FIELDS = `evidence_id as "evidenceId", kind, ok, at, job, detail, source, who, received_at as "receivedAt"`;

/** How many of these are kept already. */
export async function countKnown(db: Db, told: readonly EvidenceOf[], source: EvidenceSource): Promise<number> {
  const rows = told.map((one) => ({ ...one, at: sqlInstant(one.at) }));
  const { rows: counts } = await db.query<{ known: number }>(
    `select count(*)::integer as known from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[]) as t (machine_id, kind, at, job)
     join evidence e on e.machine_id = t.machine_id and e.kind = t.kind and e.at = t.at and e.job = t.job and e.source = $5`,
    [...columns(rows, ['machineId', 'kind', 'at', 'job']), source],
  );
  return counts[0]?.known ?? 0;
}

/** What a page of evidence is asked for by. */
export interface EvidenceQuery {
  readonly machineId: string;
  readonly kind: EvidenceKind | undefined;
  /** Where the page before ended. */
  readonly after: { readonly at: Temporal.Instant; readonly evidenceId: string } | undefined;
  readonly limit: number;
}

/** Evidence of a machine, the latest first. */
export async function pageOfEvidence(db: Db, { machineId, kind, after, limit }: EvidenceQuery): Promise<EvidenceRow[]> {
  const { rows } = await db.query<EvidenceRow>(
    `select ${FIELDS} from evidence where machine_id = $1 and ($2::text is null or kind = $2)
       and ($3::timestamptz is null or (at, evidence_id) < ($3, $4::uuid)) order by at desc, evidence_id desc limit $5`,
    [machineId, kind, after && sqlInstant(after.at), after?.evidenceId, limit],
  );
  return rows;
}

/** The latest evidence of each kind of a machine, whether it went well or not. */
export async function latestEvidence(db: Db, machineId: string): Promise<EvidenceRow[]> {
  const { rows } = await db.query<EvidenceRow>(
    `select distinct on (kind) ${FIELDS} from evidence where machine_id = $1 order by kind, at desc`,
    [machineId],
  );
  return rows;
}

/** Of one kind of a machine, in one go. */
const MOST_REMOVED = 2_000;

/** What is kept of each machine and kind: what happened since an instant, and of that the latest so many. */
export interface EvidenceLimits {
  readonly since: Temporal.Instant;
  readonly most: number;
}

/**
 * Removes evidence beyond the limits of as many machines as `machines` says, those behind `after`; of each kind the latest stays, and the
 * latest that went well. `last`: where to go on; undefined when all machines were looked at.
 */
export async function pruneEvidence(
  db: Db,
  { since, most }: EvidenceLimits,
  { after, machines }: { readonly after: string | undefined; readonly machines: number },
): Promise<{ readonly removed: number; readonly last: string | undefined }> {
  const { rows } = await db.query<{ removed: number; last: string | null }>(
    `with page as (select machine_id from machine where $1::uuid is null or machine_id > $1 order by machine_id limit $2),
       edge as (select machine_id, kind, greatest(at, $3) as at
         from page cross join unnest($5::text[]) as k (kind) left join lateral (
           select at from evidence e where e.machine_id = page.machine_id and e.kind = k.kind order by at desc offset $4 - 1 limit 1) e on true),
       gone as (delete from evidence where evidence_id in (
         select evidence_id from edge cross join lateral (
           select evidence_id from evidence e where e.machine_id = edge.machine_id and e.kind = edge.kind and e.at < edge.at
             and exists (select from evidence l where l.machine_id = e.machine_id and l.kind = e.kind and l.at > e.at and (l.ok or not e.ok))
           order by at limit $6) e) returning 1)
     select (select count(*)::integer from gone) as removed,
       (select machine_id from page order by machine_id offset $2 - 1) as last`,
    [after, machines, sqlInstant(since), most, EVIDENCE_KINDS, MOST_REMOVED],
  );
  const { removed = 0, last } = rows[0] ?? {};
  return { removed, last: last ?? undefined };
}

/** The machine behind a name, or how many there are of it. */
export type MachineMatch = { readonly machineId: string; readonly name: string } | { readonly several: number };

/**
 * A customer's machines by names in lower case: DNS names, or first labels. A name that is a machine's own means that one; else a first label
 * means the machine that has it, where only one does. Names of nobody are absent.
 */
export async function matchMachines(
  db: Db,
  customerId: string,
  names: readonly string[],
): Promise<Map<string, MachineMatch>> {
  const { rows } = await db.query<{ given: string; machines: string[]; names: string[] }>(
    `with given as (select distinct name from unnest($2::text[]) as n (name)),
       found as (
         select g.name as given, m.machine_id, m.name, 1 as rank from given g join machine m on m.customer_id = $1 and m.name = g.name
         union all
         select g.name, m.machine_id, m.name, 2 from given g
           join machine m on m.customer_id = $1 and split_part(m.name, '.', 1) = g.name and m.name <> g.name
         union all
         select g.name, m.machine_id, m.name, 2 from given g
           join machine m on m.customer_id = $1 and m.name = split_part(g.name, '.', 1) and m.name <> g.name),
       best as (select *, min(rank) over (partition by given) as first from found)
     select given, array_agg(machine_id order by name) as machines, array_agg(name order by name) as names
     from best where rank = first group by given`,
    [customerId, names],
  );
  return new Map(
    rows.map(({ given, machines, names: [name = ''] }) => {
      const [machineId = ''] = machines;
      return [given, machines.length === 1 ? { machineId, name } : { several: machines.length }];
    }),
  );
}

/** The machine of an enrolled server; undefined until the inventory has linked it. */
export async function machineOfServer(db: Db, serverId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ machineId: string }>({
    name: 'machine-of-server',
    text: 'select machine_id as "machineId" from machine where server_id = $1',
    values: [serverId],
  });
  return rows[0]?.machineId;
}
