import type { Plan } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
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
    [customerId, plan.name, sqlJson(plainPlan(plan)), sqlInstant(at)],
  );
}

/** A plan as rows, records and answers hold it, without the calendars that reach a server. */
export function plainPlan({ missed, extraWindows, calendar: _, ...plan }: Plan) {
  return { ...plan, missed: { ...missed }, extraWindows: extraWindows.map((window) => ({ ...window })) };
}

/** Every plan, those for all customers first. What a plan of an earlier version does not say follows from the rest. */
export async function listPlans(db: Db): Promise<PlanRow[]> {
  const { rows } = await db.query<PlanRow>(
    `select customer_id as "customerId", definition as plan, changed_at as "changedAt" from plan
     order by customer_id nulls first, name`,
  );
  return rows.map(({ plan, ...row }) => ({ ...row, plan: makePlan(plan) }));
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

/** Managed servers of one customer that have the same plan and zone, their own or the customer's. */
export interface Assignment {
  readonly customerId: string;
  /** Null: no plan. */
  readonly plan: string | null;
  readonly zone: string;
  readonly servers: number;
}

/** Which plans are in use in which zones, by managed servers; of all, or of those that are named. */
export async function listAssignments(
  db: Db,
  of: { readonly customerId?: string; readonly group?: string; readonly serverId?: string } = {},
): Promise<Assignment[]> {
  const { rows } = await db.query<Assignment>(
    `select customer_id as "customerId", coalesce(s.plan, c.plan) as plan, coalesce(s.zone, c.zone) as zone,
       count(*) as servers
     from server s join customer c using (customer_id)
     where c.mode = 'managed' and coalesce(s.mode, 'managed') = 'managed' and ($1::uuid is null or customer_id = $1)
       and ($2::text is null or s.target_group = $2) and ($3::uuid is null or s.server_id = $3)
     group by 1, 2, 3 order by 1, 2, 3`,
    [of.customerId, of.group, of.serverId],
  );
  return rows;
}
