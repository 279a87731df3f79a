import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Json } from '#domain/evidence/canonical-json.ts';
import { groupsOf } from '#domain/fleet/groups.ts';
import type { Inventory, InventoryField, Source, Statement } from '#domain/fleet/inventory.ts';
import {
  changedFields,
  changeOf,
  type InventoryChange,
  movesServer,
  type Said,
  type Word,
} from '#domain/fleet/inventory-change.ts';
import { columns, sqlInstant, sqlJson } from './parameter.ts';
import type { Db } from './pool.ts';

/** One server of a customer by its name, whether it has enrolled or not. */
export interface MachineRow {
  readonly machineId: string;
  readonly customerId: string;
  /** DNS name, or the first label of one, in lower case. */
  readonly name: string;
  /** Null: not enrolled. */
  readonly serverId: string | null;
  /** What is believed of it. */
  readonly profile: Inventory;
  /** Its redundancy group, and those that its roles bring. */
  readonly groups: readonly string[];
  /** Fields on which sources disagree. */
  readonly conflicts: readonly InventoryField[];
  readonly addedAt: Temporal.Instant;
  readonly changedAt: Temporal.Instant;
}

export const MACHINE_FIELDS = `m.machine_id as "machineId", m.customer_id as "customerId", m.name, m.server_id as "serverId", m.profile,
  m.groups, m.conflicts, m.added_at as "addedAt", m.changed_at as "changedAt"`;

/**
 * The machines that a name means, of one customer or of all: those that have it or, where none does, those whose first label it is.
 * At most 20.
 */
export async function findMachines(db: Db, name: string, customerId?: string): Promise<MachineRow[]> {
  const { rows } = await db.query<MachineRow>(
    `select ${MACHINE_FIELDS} from machine m where ($2::uuid is null or m.customer_id = $2)
       and (m.name = $1 or (strpos($1, '.') = 0 and split_part(m.name, '.', 1) = $1))
     order by m.name <> $1, m.name, m.customer_id limit 20`,
    [name.toLowerCase(), customerId],
  );
  const called = rows.filter((row) => row.name === name.toLowerCase());
  return called.length > 0 ? called : rows;
}

/** A customer's machine by its name; a first label means the only machine that has it. */
export async function findMachine(db: Db, customerId: string, name: string): Promise<MachineRow | undefined> {
  const [row, second] = await findMachines(db, name, customerId);
  return second ? undefined : row;
}

export async function findMachineById(db: Db, machineId: string): Promise<MachineRow | undefined> {
  const { rows } = await db.query<MachineRow>(`select ${MACHINE_FIELDS} from machine m where m.machine_id = $1`, [
    machineId,
  ]);
  return rows[0];
}

/** The machine of an enrolled server; undefined until the inventory has looked at it, and of one that no customer owns. */
export async function findMachineOfServer(db: Db, serverId: string): Promise<MachineRow | undefined> {
  const { rows } = await db.query<MachineRow>(`select ${MACHINE_FIELDS} from machine m where m.server_id = $1`, [
    serverId,
  ]);
  return rows[0];
}

/** Adds machines by name where there are none; returns those of all names, in no certain order. */
export async function addMachines(
  db: Db,
  customerId: string,
  names: readonly string[],
  at: Temporal.Instant,
): Promise<MachineRow[]> {
  await db.query(
    `insert into machine (machine_id, customer_id, name, added_at, changed_at)
     select gen_random_uuid(), $1, name, $3, $3 from unnest($2::text[]) as n (name) order by name
     on conflict (customer_id, name) do nothing`,
    [customerId, names, sqlInstant(at)],
  );
  const { rows } = await db.query<MachineRow>(
    `select ${MACHINE_FIELDS} from machine m where m.customer_id = $1 and m.name = any($2::text[])`,
    [customerId, names],
  );
  return rows;
}

/** Forgets a machine that is not enrolled, with its history and evidence; false when it is enrolled, or there is none. */
export async function removeMachine(db: Db, machineId: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from machine where machine_id = $1 and server_id is null', [machineId]);
  return rowCount === 1;
}

/** The statements in force on some machines, in no certain order. */
export async function listStatements(
  db: Db,
  machineIds: readonly string[],
): Promise<Map<string, readonly Statement[]>> {
  const { rows } = await db.query<Statement & { readonly machineId: string }>(
    `select machine_id as "machineId", field, source, value, who, at from machine_fact
     where machine_id = any($1::uuid[]) and ended_at is null`,
    [machineIds],
  );
  const byMachine = Map.groupBy(rows, ({ machineId }) => machineId);
  return new Map(
    [...byMachine].map(([machineId, facts]) => [machineId, facts.map(({ machineId: _, ...statement }) => statement)]),
  );
}

/** What was said of one machine. */
export interface SaidOfMachine {
  readonly machine: Pick<MachineRow, 'machineId' | 'name'>;
  readonly statements: readonly Said[];
}

/** What came of it, in the order of what was said. */
export interface Applied {
  readonly machineId: string;
  readonly change: InventoryChange;
  /** The fields on which what is believed differs now. */
  readonly changed: readonly InventoryField[];
}

/**
 * Takes what a source says of one machine: its former statements on these fields end, the new ones begin (null: none does), and what is
 * believed follows. The enrolled server gets the plan that the window names, and its owner's address for notices, when these change.
 */
export async function applyStatements(
  client: pg.PoolClient,
  machine: SaidOfMachine['machine'],
  statements: readonly Said[],
  who: string,
  source: Source,
  at: Temporal.Instant,
): Promise<InventoryChange> {
  const [applied] = await applyToMachines(client, [{ machine, statements }], { who, source, at });
  if (!applied) throw new Error('what was said of one machine had no outcome');
  if (movesServer(applied.changed)) await touchInventory(client);
  return applied.change;
}

/**
 * The same for many machines at once, each named once; whoever changes the same ones at the same time waits. Who calls it several times in
 * one transaction gives the machines in the order of their ids, and calls `touchInventory` at its end: that row is everybody's.
 */
export async function applyToMachines(
  client: pg.PoolClient,
  said: readonly SaidOfMachine[],
  word: Word,
): Promise<readonly Applied[]> {
  await lockMachines(
    client,
    said.map(({ machine }) => machine.machineId),
  );
  const applied = await previewStatements(client, said, word);
  await endStatements(client, applied, word);
  await beginStatements(client, applied);
  const names = new Map(said.map(({ machine }) => [machine.machineId, machine.name]));
  await saveProfiles(client, applied, names, word.at);
  await followProfiles(client, applied);
  return applied;
}

/** What would come of it; nothing is written. */
export async function previewStatements(
  db: Db,
  said: readonly SaidOfMachine[],
  word: Word,
): Promise<readonly Applied[]> {
  const current = await listStatements(
    db,
    said.map(({ machine }) => machine.machineId),
  );
  return said.map(({ machine: { machineId }, statements }) => {
    const change = changeOf(current.get(machineId) ?? [], statements, word);
    return { machineId, change, changed: changedFields(change) };
  });
}

/** To be called in the transaction of every change that may move a server to another wave, group or place in the order. */
export async function touchInventory(db: Db): Promise<void> {
  await db.query('update service set inventory_version = inventory_version + 1');
}

/** Held shared by whoever changes machines, and alone by the sweep over their links, which takes them in another order. */
export const LINKS_LOCK = "hashtextextended('machine links', 0)";

async function lockMachines(db: Db, machineIds: readonly string[]): Promise<void> {
  await db.query(`select pg_advisory_xact_lock_shared(${LINKS_LOCK})`);
  await db.query('select from machine where machine_id = any($1::uuid[]) order by machine_id for update', [machineIds]);
}

async function endStatements(db: Db, applied: readonly Applied[], { who, source, at }: Word): Promise<void> {
  const ended = applied.flatMap(({ machineId, change }) => change.ended.map((field) => ({ machineId, field })));
  if (ended.length === 0) return;
  await db.query(
    `update machine_fact f set ended_at = $4, ended_by = $5 from unnest($1::uuid[], $2::text[]) as e (machine_id, field)
     where f.machine_id = e.machine_id and f.field = e.field and f.source = $3 and f.ended_at is null`,
    [...columns(ended, ['machineId', 'field']), source, sqlInstant(at), who],
  );
}

async function beginStatements(db: Db, applied: readonly Applied[]): Promise<void> {
  const begun = applied.flatMap(({ machineId, change }) =>
    change.begun.map(({ field, source, value, who, at }) => {
      return { factId: randomUUID(), machineId, field, source, value: sqlJson(value as Json), who, at: sqlInstant(at) };
    }),
  );
  if (begun.length === 0) return;
  await db.query(
    `insert into machine_fact (fact_id, machine_id, field, source, value, who, at)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::timestamptz[])`,
    columns(begun, ['factId', 'machineId', 'field', 'source', 'value', 'who', 'at']),
  );
}

async function saveProfiles(
  db: Db,
  applied: readonly Applied[],
  names: ReadonlyMap<string, string>,
  at: Temporal.Instant,
): Promise<void> {
  const rows = applied
    .filter(({ change }) => change.ended.length + change.begun.length > 0)
    .map(({ machineId, change: { after, conflicts } }) => ({
      machineId,
      profile: sqlJson(after as Json),
      groups: sqlJson(groupsOf(after, names.get(machineId) ?? '')),
      conflicts: sqlJson(conflicts.map(({ field }) => field)),
    }));
  if (rows.length === 0) return;
  await db.query(
    `update machine m set profile = r.profile, changed_at = $5, groups = array(select jsonb_array_elements_text(r.groups)),
       conflicts = array(select jsonb_array_elements_text(r.conflicts))
     from unnest($1::uuid[], $2::jsonb[], $3::jsonb[], $4::jsonb[]) as r (machine_id, profile, groups, conflicts)
     where m.machine_id = r.machine_id`,
    [...columns(rows, ['machineId', 'profile', 'groups', 'conflicts']), sqlInstant(at)],
  );
}

/** Hands plan and owner's address on to enrolled servers. */
async function followProfiles(db: Db, applied: readonly Applied[]): Promise<void> {
  const rows = applied.flatMap(({ machineId, change: { before, after }, changed }) => {
    const plan = changed.includes('window');
    const owner = before.owner?.contact !== after.owner?.contact;
    return plan || owner
      ? [{ machineId, plan, window: after.window ?? null, owner, mail: after.owner?.contact ?? null }]
      : [];
  });
  if (rows.length === 0) return;
  await db.query(
    `update server s set plan = case when r.plan then r.window_plan else s.plan end,
       owner_mail = case when r.owner then r.mail else s.owner_mail end
     from unnest($1::uuid[], $2::boolean[], $3::text[], $4::boolean[], $5::text[]) as r (machine_id, plan, window_plan, owner, mail)
     join machine m using (machine_id) where s.server_id = m.server_id and s.customer_id = m.customer_id`,
    columns(rows, ['machineId', 'plan', 'window', 'owner', 'mail']),
  );
}
