import type pg from 'pg';
import { CodedError } from '#contract/errors.ts';
import { sqlInstant, sqlInstantOrNull } from './parameter.ts';
import { type Db, inTransaction } from './pool.ts';

/** What there is once in a database: the identity of the service and the kind of its clock. */
export interface ServiceRow {
  /** Another one sends clients to RefreshCache. */
  readonly serverGuid: string;
  readonly clock: 'real' | 'simulated';
  /** Where the simulated clock stands. */
  readonly simulatedAt: Temporal.Instant | null;
  /** GetConfig's LastChange. */
  readonly configChanged: Temporal.Instant;
}

/**
 * Reads the service's row, or writes the given one on the first start; then a simulated clock stands at `at`.
 * Throws `store.clock-mismatch`: real and simulated evidence never mix in one database.
 */
export async function ensureService(
  pool: pg.Pool,
  first: { readonly serverGuid: string; readonly clock: 'real' | 'simulated'; readonly at: Temporal.Instant },
): Promise<ServiceRow> {
  const row = await inTransaction(pool, async (client) => {
    await insertService(client, first);
    return readService(client);
  });
  if (row.clock === first.clock) return row;
  throw new CodedError(
    'store.clock-mismatch',
    `This data was made under a ${row.clock} clock and cannot be used under a ${first.clock} one; choose another data directory.`,
  );
}

async function insertService(
  db: Db,
  { serverGuid, clock, at }: { serverGuid: string; clock: 'real' | 'simulated'; at: Temporal.Instant },
): Promise<void> {
  await db.query(
    `insert into service (server_guid, clock, simulated_at, config_changed) values ($1, $2, $3, $4)
     on conflict (singleton) do nothing`,
    [serverGuid, clock, sqlInstantOrNull(clock === 'simulated' ? at : undefined), sqlInstant(at)],
  );
}

async function readService(db: Db): Promise<ServiceRow> {
  const { rows } = await db.query<ServiceRow>(
    `select server_guid as "serverGuid", clock, simulated_at as "simulatedAt", config_changed as "configChanged"
     from service`,
  );
  if (!rows[0]) throw new Error('the row of the service is gone');
  return rows[0];
}

/** Where the simulated clock stands; undefined under a real one. */
export async function findSimulatedInstant(db: Db): Promise<Temporal.Instant | undefined> {
  const { rows } = await db.query<{ at: Temporal.Instant | null }>('select simulated_at as at from service');
  return rows[0]?.at ?? undefined;
}

/** Moves the simulated clock forward; false when the clock is real or stands later already. */
export async function setSimulatedInstant(db: Db, at: Temporal.Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    `update service set simulated_at = $1 where clock = 'simulated' and simulated_at <= $1`,
    [sqlInstant(at)],
  );
  return rowCount === 1;
}

/** Sends all clients to GetConfig; returns the new LastChange, which differs from the old one in any case. */
export async function touchConfig(db: Db, at: Temporal.Instant): Promise<Temporal.Instant> {
  const { rows } = await db.query<{ at: Temporal.Instant }>(
    `update service set config_changed = greatest($1, config_changed + interval '1 microsecond')
     returning config_changed as at`,
    [sqlInstant(at)],
  );
  if (!rows[0]) throw new Error('the row of the service is gone');
  return rows[0].at;
}

/** Notified whenever rows change that decisions are made from. */
export const FACTS_CHANNEL = 'facts';

/** Counts the changes to what decisions are made from: catalogue, policy, persons' words, customers, plans, payloads. */
export async function factsVersion(db: Db): Promise<number> {
  const { rows } = await db.query<{ version: number }>('select facts_version as version from service');
  return rows[0]?.version ?? 0;
}

/** To be called in the transaction of every such change; every process that keeps facts in memory hears of it at the commit. */
export async function touchFacts(db: Db): Promise<void> {
  await db.query(`with touched as (update service set facts_version = facts_version + 1)
                  select pg_notify('${FACTS_CHANNEL}', '')`);
}
