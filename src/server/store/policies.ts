import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** A version of the approval policy, as it was written. */
export interface PolicyRow {
  readonly version: number;
  readonly yaml: string;
  readonly who: string;
  readonly why: string;
  readonly at: Temporal.Instant;
  /** Name of the API token that wrote it: two persons are two tokens. */
  readonly token: string;
  /** Null: it waits for another person. */
  readonly approvedBy: string | null;
  /** From here on it is in force. */
  readonly approvedAt: Temporal.Instant | null;
}

/** A version to be added; one that does not wait is in force at once. */
export interface NewPolicy extends Pick<PolicyRow, 'yaml' | 'who' | 'why' | 'at'> {
  /** Absent: that of the service itself. */
  readonly token?: string;
  readonly waits?: boolean;
}

const FIELDS = 'version, yaml, who, why, policy.at, token, approved_by as "approvedBy", approved_at as "approvedAt"';

/** Whoever holds this lock, until the end of the transaction, is alone in adding and approving versions. */
export async function lockPolicy(db: Db): Promise<void> {
  await db.query("select pg_advisory_xact_lock(hashtextextended('policy', 0))");
}

/** Adds a version; returns its number. */
export async function addPolicy(db: Db, policy: NewPolicy): Promise<number> {
  const { yaml, who, why, at, token = '', waits = false } = policy;
  const { rows } = await db.query<{ version: number }>(
    `insert into policy (yaml, who, why, at, token, approved_by, approved_at) values ($1, $2, $3, $4, $5, $6, $7)
     returning version`,
    [yaml, who, why, sqlInstant(at), token, waits ? null : who, waits ? null : sqlInstant(at)],
  );
  return rows[0]?.version ?? 0;
}

/** Puts a version that waits in force; false when it does not wait, or a later one is in force. */
export async function approvePolicy(
  db: Db,
  { version, who, at }: { readonly version: number; readonly who: string; readonly at: Temporal.Instant },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update policy set approved_by = $2, approved_at = $3 where version = $1 and approved_at is null
       and not exists (select from policy later where later.version > $1 and later.approved_at is not null)`,
    [version, who, sqlInstant(at)],
  );
  return rowCount === 1;
}

/** The version in force: the latest that was approved. */
export async function findPolicy(db: Db): Promise<PolicyRow | undefined> {
  const { rows } = await db.query<PolicyRow>(
    `select ${FIELDS} from policy where approved_at is not null order by version desc limit 1`,
  );
  return rows[0];
}

/** A version by its number. */
export async function findPolicyVersion(db: Db, version: number): Promise<PolicyRow | undefined> {
  const { rows } = await db.query<PolicyRow>(`select ${FIELDS} from policy where version = $1`, [version]);
  return rows[0];
}

/** The version that was in force at an instant. */
export async function findPolicyAsOf(db: Db, at: Temporal.Instant): Promise<PolicyRow | undefined> {
  const { rows } = await db.query<PolicyRow>(
    `select ${FIELDS} from policy where approved_at <= $1 order by version desc limit 1`,
    [sqlInstant(at)],
  );
  return rows[0];
}

/** Versions below `before`, newest first, at most `limit`. */
export async function listPolicies(db: Db, before: number, limit: number): Promise<PolicyRow[]> {
  const { rows } = await db.query<PolicyRow>(
    `select ${FIELDS} from policy where version < $1 order by version desc limit $2`,
    [before, limit],
  );
  return rows;
}
