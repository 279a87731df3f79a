import type { RecoveryPath, Role } from '#domain/fleet/roles.ts';
import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** How a customer's servers of each role come back, where it said so itself. */
export async function listRecoveryPaths(db: Db, customerId: string): Promise<Map<Role, RecoveryPath>> {
  const { rows } = await db.query<RecoveryPath & { readonly role: Role }>(
    'select role, who, how, minutes from role_recovery where customer_id = $1',
    [customerId],
  );
  return new Map(rows.map(({ role, ...path }) => [role, path]));
}

/** Says how a customer's servers of a role come back; without a path as for all others. */
export async function setRecoveryPath(
  db: Db,
  customerId: string,
  role: Role,
  path: RecoveryPath | undefined,
  at: Temporal.Instant,
): Promise<void> {
  if (path === undefined) {
    await db.query('delete from role_recovery where customer_id = $1 and role = $2', [customerId, role]);
    return;
  }
  await db.query(
    `insert into role_recovery (customer_id, role, who, how, minutes, changed_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (customer_id, role) do update set who = excluded.who, how = excluded.how, minutes = excluded.minutes,
       changed_at = excluded.changed_at`,
    [customerId, role, path.who, path.how, path.minutes, sqlInstant(at)],
  );
}
