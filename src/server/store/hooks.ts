import type { Hook } from '#domain/readiness/hook.ts';
import { sqlInstant, sqlJson } from './parameter.ts';
import type { Db } from './pool.ts';

/** A hook of a customer. */
export interface HookRow extends Hook {
  readonly customerId: string;
  readonly changedAt: Temporal.Instant;
}

/** Writes a hook over the one of the same name; its secret stays where none is given. Returns its id. */
export async function saveHook(
  db: Db,
  { hookId, customerId, name, changedAt, ...definition }: HookRow,
  secret: Uint8Array | undefined,
): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `insert into hook as h (hook_id, customer_id, name, definition, secret, changed_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (customer_id, name) do update set definition = excluded.definition,
       secret = coalesce(excluded.secret, h.secret), changed_at = excluded.changed_at
     returning hook_id as id`,
    [hookId, customerId, name, sqlJson({ ...definition }), secret, sqlInstant(changedAt)],
  );
  return rows[0]?.id ?? hookId;
}

interface Columns {
  readonly hookId: string;
  readonly customerId: string;
  readonly name: string;
  readonly definition: Omit<Hook, 'hookId' | 'name'>;
  readonly changedAt: Temporal.Instant;
}

const FIELDS = `h.hook_id as "hookId", h.customer_id as "customerId", h.name, h.definition, h.changed_at as "changedAt"`;

/** A customer's hooks, by name. */
export async function listHooks(db: Db, customerId: string): Promise<HookRow[]> {
  const { rows } = await db.query<Columns>(`select ${FIELDS} from hook h where customer_id = $1 order by name`, [
    customerId,
  ]);
  return rows.map(read);
}

export async function findHook(db: Db, customerId: string, name: string): Promise<HookRow | undefined> {
  const { rows } = await db.query<Columns>(`select ${FIELDS} from hook h where customer_id = $1 and name = $2`, [
    customerId,
    name,
  ]);
  return rows[0] && read(rows[0]);
}

/** The hooks of a campaign's customer; `lock`: nobody else asks them until the transaction ends. */
export async function listHooksOfCampaign(db: Db, campaignId: string, lock = false): Promise<HookRow[]> {
  const { rows } = await db.query<Columns>({
    name: `list-hooks-of-campaign${lock ? '-locked' : ''}`,
    text: `select ${FIELDS} from hook h join campaign c using (customer_id) where c.campaign_id = $1
           order by h.hook_id ${lock ? 'for update of h' : ''}`,
    values: [campaignId],
  });
  return rows.map(read);
}

/** Removes a hook with its runs; what it has open stays open on the other side. */
export async function removeHook(db: Db, hookId: string): Promise<void> {
  await db.query('delete from hook where hook_id = $1', [hookId]);
}

function read({ definition, ...row }: Columns): HookRow {
  return { ...definition, ...row };
}
