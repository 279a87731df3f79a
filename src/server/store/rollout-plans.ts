import type { Json } from '#domain/evidence/canonical-json.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { sqlInstant, sqlJson } from './parameter.ts';
import type { Db } from './pool.ts';

/** A version of a customer's rollout plan. */
export interface RolloutPlanRow {
  readonly customerId: string;
  readonly version: number;
  readonly plan: RolloutPlan;
  readonly who: string;
  /** Name of the API token that wrote it: two persons are two tokens. */
  readonly token: string;
  readonly why: string;
  readonly at: Temporal.Instant;
  /** Null: it waits for another person. */
  readonly approvedBy: string | null;
  readonly approvedAt: Temporal.Instant | null;
}

const FIELDS = `customer_id as "customerId", version, definition as plan, who, token, why, rollout_plan.at,
  approved_by as "approvedBy", approved_at as "approvedAt"`;

/** Whoever holds this lock, until the end of the transaction, is alone in adding and approving versions for the customer. */
export async function lockRolloutPlans(db: Db, customerId: string): Promise<void> {
  await db.query("select pg_advisory_xact_lock(hashtextextended('rollout-plan ' || $1, 0))", [customerId]);
}

/** Adds a version, approved or waiting, and returns its number; the caller holds the customer's lock. */
export async function putRolloutPlan(db: Db, row: Omit<RolloutPlanRow, 'version'>): Promise<number> {
  const { customerId, plan, who, token, why, at, approvedBy, approvedAt } = row;
  const { rows } = await db.query<{ version: number }>(
    `insert into rollout_plan (customer_id, version, definition, who, token, why, at, approved_by, approved_at)
     select $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7, $8 from rollout_plan where customer_id = $1
     returning version`,
    [
      customerId,
      sqlJson(plainRolloutPlan(plan)),
      who,
      token,
      why,
      sqlInstant(at),
      approvedBy,
      approvedAt && sqlInstant(approvedAt),
    ],
  );
  return rows[0]?.version ?? 0;
}

/** Puts a version that waits in force; false when it does not wait, or a later one is in force. */
export async function approveRolloutPlan(
  db: Db,
  { customerId, version, who, at }: Pick<RolloutPlanRow, 'customerId' | 'version' | 'who' | 'at'>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update rollout_plan set approved_by = $3, approved_at = $4
     where customer_id = $1 and version = $2 and approved_at is null and not exists
       (select from rollout_plan later where later.customer_id = $1 and later.version > $2 and later.approved_at is not null)`,
    [customerId, version, who, sqlInstant(at)],
  );
  return rowCount === 1;
}

/** A version of a customer's plan; without a number the one in force. */
export async function findRolloutPlan(
  db: Db,
  customerId: string,
  version?: number,
): Promise<RolloutPlanRow | undefined> {
  const { rows } = await db.query<RolloutPlanRow>(
    version === undefined
      ? `select ${FIELDS} from rollout_plan where customer_id = $1 and approved_at is not null order by version desc limit 1`
      : `select ${FIELDS} from rollout_plan where customer_id = $1 and version = $2`,
    version === undefined ? [customerId] : [customerId, version],
  );
  return rows[0];
}

/** Versions of a customer's plan below `before`, newest first, at most `limit`. */
export async function listRolloutPlans(
  db: Db,
  customerId: string,
  before: number,
  limit: number,
): Promise<RolloutPlanRow[]> {
  const { rows } = await db.query<RolloutPlanRow>(
    `select ${FIELDS} from rollout_plan where customer_id = $1 and version < $2 order by version desc limit $3`,
    [customerId, before, limit],
  );
  return rows;
}

/** Of each customer that has one, the plan in force: the latest approved version. */
export async function listRolloutPlansInForce(
  db: Db,
): Promise<Pick<RolloutPlanRow, 'customerId' | 'version' | 'plan'>[]> {
  const { rows } = await db.query<Pick<RolloutPlanRow, 'customerId' | 'version' | 'plan'>>(
    `select distinct on (customer_id) customer_id as "customerId", version, definition as plan
     from rollout_plan where approved_at is not null order by customer_id, version desc`,
  );
  return rows;
}

/** A plan as rows and records hold it. */
export function plainRolloutPlan(plan: RolloutPlan): Json {
  return JSON.parse(JSON.stringify(plan));
}
