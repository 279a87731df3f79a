import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** A version of the approval policy, as it was written. */
export interface PolicyRow {
  readonly version: number;
  readonly yaml: string;
  readonly who: string;
  readonly why: string;
  readonly at: Temporal.Instant;
}

/** Adds a version; returns its number. */
export async function addPolicy(db: Db, policy: Omit<PolicyRow, 'version'>): Promise<number> {
  const { rows } = await db.query<{ version: number }>(
    'insert into policy (yaml, who, why, at) values ($1, $2, $3, $4) returning version',
    [policy.yaml, policy.who, policy.why, sqlInstant(policy.at)],
  );
  return rows[0]?.version ?? 0;
}

/** The version in force. */
export async function findPolicy(db: Db): Promise<PolicyRow | undefined> {
  const { rows } = await db.query<PolicyRow>(
    'select version, yaml, who, why, at from policy order by version desc limit 1',
  );
  return rows[0];
}

/** The version that was in force at an instant. */
export async function findPolicyAsOf(db: Db, at: Temporal.Instant): Promise<PolicyRow | undefined> {
  const { rows } = await db.query<PolicyRow>(
    'select version, yaml, who, why, policy.at from policy where policy.at <= $1 order by version desc limit 1',
    [sqlInstant(at)],
  );
  return rows[0];
}

/** Versions below `before`, newest first, at most `limit`. */
export async function listPolicies(db: Db, before: number, limit: number): Promise<PolicyRow[]> {
  const { rows } = await db.query<PolicyRow>(
    'select version, yaml, who, why, at from policy where version < $1 order by version desc limit $2',
    [before, limit],
  );
  return rows;
}
