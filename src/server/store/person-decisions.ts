import type { PersonDecision } from '#domain/approval/verdict.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** Writes a person's word on an update over the earlier one at the same level (one customer, or all). */
export async function savePersonDecision(db: Db, updateId: UpdateId, said: PersonDecision): Promise<void> {
  await db.query(
    `insert into person_decision (customer_id, update_id, decision, who, why, at, at_customers_risk)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (customer_id, update_id) do update set decision = excluded.decision, who = excluded.who,
       why = excluded.why, at = excluded.at, at_customers_risk = excluded.at_customers_risk`,
    [said.customerId, updateId, said.decision, said.who, said.why, sqlInstant(said.at), said.atCustomersRisk],
  );
}

/** Takes a person's word back, so that the policy speaks again; false when there was none. */
export async function removePersonDecision(db: Db, updateId: UpdateId, customerId?: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'delete from person_decision where update_id = $1 and customer_id is not distinct from $2',
    [updateId, customerId],
  );
  return rowCount === 1;
}

/** Every person's word that stands. */
export async function listPersonDecisions(
  db: Db,
): Promise<{ readonly updateId: UpdateId; readonly said: PersonDecision }[]> {
  const { rows } = await db.query<
    Omit<PersonDecision, 'customerId'> & { readonly updateId: UpdateId; readonly customerId: string | null }
  >(
    `select update_id as "updateId", customer_id as "customerId", decision, who, why, at,
       at_customers_risk as "atCustomersRisk"
     from person_decision order by update_id, customer_id nulls first`,
  );
  return rows.map(({ updateId, customerId, ...said }) => ({
    updateId,
    said: customerId === null ? said : { ...said, customerId },
  }));
}
