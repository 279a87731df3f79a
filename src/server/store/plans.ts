import type { Plan } from '#domain/calendar/plan.ts';
import { sqlInstant, sqlJson } from './parameter.ts';
import type { Db } from './pool.ts';

/** A plan as it is kept; without a customer it is for every customer. */
export interface PlanRow {
  readonly customerId: string | null;
  readonly plan: Plan;
  readonly changedAt: Temporal.Instant;
}

/** Writes a plan over the one of the same name. */
export async function savePlan(db: Db, customerId: string | null, plan: Plan, at: Temporal.Instant): Promise<void> {
  await db.query(
    `insert into plan (customer_id, name, definition, changed_at) values ($1, $2, $3, $4)
     on conflict (customer_id, name) do update set definition = excluded.definition, changed_at = excluded.changed_at`,
    [customerId, plan.name, sqlJson({ ...plan }), sqlInstant(at)],
  );
}

/** Every plan, those for all customers first. */
export async function listPlans(db: Db): Promise<PlanRow[]> {
  const { rows } = await db.query<PlanRow>(
    `select customer_id as "customerId", definition as plan, changed_at as "changedAt" from plan
     order by customer_id nulls first, name`,
  );
  return rows;
}

/** Removes a plan; false when there is none of this name, or when some server or customer still uses it. */
export async function removePlan(db: Db, customerId: string | null, name: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `delete from plan where customer_id is not distinct from $1 and name = $2
       and not exists (select from customer c where c.plan = $2 and ($1::uuid is null or c.customer_id = $1))
       and not exists (select from server s where s.plan = $2 and ($1::uuid is null or s.customer_id = $1))`,
    [customerId, name],
  );
  return rowCount === 1;
}
