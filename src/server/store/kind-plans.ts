import type { Db } from './pool.ts';
import type { KindPlanNames } from './servers.ts';

/**
 * The plans of the kinds of patching of a customer, or of one server, as they are kept. Nobody else changes them before this transaction
 * ends; undefined when there is no such customer or server any more.
 */
export async function lockKindPlans(
  db: Db,
  { customerId, serverId }: { readonly customerId: string; readonly serverId?: string | undefined },
): Promise<KindPlanNames | undefined> {
  const { rows } = await db.query<{ kindPlans: KindPlanNames }>(
    serverId === undefined
      ? 'select kind_plans as "kindPlans" from customer where customer_id = $1 for no key update'
      : 'select kind_plans as "kindPlans" from server where server_id = $1 for no key update',
    [serverId ?? customerId],
  );
  return rows[0]?.kindPlans;
}
