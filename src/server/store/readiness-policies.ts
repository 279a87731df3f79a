import type { Json } from '#domain/evidence/canonical-json.ts';
import type { ReadinessPolicy } from '#domain/readiness/readiness-policy.ts';
import { checkReadinessPolicy } from '#domain/readiness/readiness-policy-schema.ts';
import { sqlInstant, sqlJson } from './parameter.ts';
import type { Db } from './pool.ts';

/** A version of a readiness policy, of one customer or, without one, for all that have none of their own. */
export interface ReadinessPolicyRow {
  readonly version: number;
  readonly customerId: string | null;
  readonly policy: ReadinessPolicy;
  readonly who: string;
  readonly why: string;
  readonly at: Temporal.Instant;
}

/** Adds a version; returns its number. Of those of one customer the latest is in force. */
export async function addReadinessPolicy(db: Db, added: Omit<ReadinessPolicyRow, 'version'>): Promise<number> {
  const { customerId, policy, who, why, at } = added;
  const { rows } = await db.query<{ version: number }>(
    `insert into readiness_policy (customer_id, definition, who, why, at) values ($1, $2, $3, $4, $5) returning version`,
    [customerId, sqlJson(policy as unknown as Json), who, why, sqlInstant(at)],
  );
  return rows[0]?.version ?? 0;
}

/** The policies in force: the latest of each customer, and the one for all others (`customerId` null), where there is one. */
export async function listReadinessPolicies(db: Db): Promise<ReadinessPolicyRow[]> {
  const { rows } = await db.query<Omit<ReadinessPolicyRow, 'policy'> & { readonly definition: unknown }>(
    `select distinct on (customer_id) version, customer_id as "customerId", definition, who, why, at
     from readiness_policy order by customer_id, version desc`,
  );
  return rows.map(({ definition, ...row }) => ({ ...row, policy: sound(definition, row.version) }));
}

/** What was checked before it was kept reads again. */
function sound(definition: unknown, version: number): ReadinessPolicy {
  const read = checkReadinessPolicy(definition);
  if (read.ok) return read.policy;
  const [first] = read.problems;
  throw new Error(`readiness policy version ${version} does not read: ${first?.path} ${first?.message}`);
}
