import { MEASURED, type MeasuredField } from '#domain/fleet/completeness.ts';
import type { Inventory, InventoryField, Source } from '#domain/fleet/inventory.ts';
import type { Role } from '#domain/fleet/roles.ts';
import type { Ordered } from '#domain/rollout/order.ts';
import { MACHINE_FIELDS, type MachineRow } from './machines.ts';
import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** A machine as lists show it. */
export interface ListedMachine extends MachineRow {
  /** What is known of it: its profile and, where it has a plan, its own or its customer's, that one as its window. */
  readonly known: Inventory;
  /** Null: not enrolled, or it never finished a scan. */
  readonly lastSync: Temporal.Instant | null;
}

/** Which machines a list shows; what is absent does not matter. */
export interface MachineFilter {
  readonly customerId?: string;
  /** A part of the name, in any letter case. */
  readonly search?: string;
  readonly role?: Role;
  readonly enrolled?: boolean;
  readonly inConflict?: boolean;
  /** Something of what is measured is unknown, or this. */
  readonly missing?: MeasuredField | 'any';
  /** Enrolled, and never scanned. */
  readonly neverScanned?: boolean;
  /** Scanned, but not since. */
  readonly notScannedSince?: Temporal.Instant;
  /** A cluster node without a redundancy group. */
  readonly ungroupedNode?: boolean;
}

export interface MachinePage {
  readonly after: { readonly name: string; readonly machineId: string } | undefined;
  readonly limit: number;
}

const PLAN = 'coalesce(s.plan, c.plan)';
const KNOWN = `case when ${PLAN} is null then m.profile else m.profile || jsonb_build_object('window', ${PLAN}) end`;
const FROM = 'machine m join customer c using (customer_id) left join server s using (server_id)';
/** Fields are names of this program, never a client's text. */
const knows = (field: MeasuredField): string =>
  field === 'window' ? `(m.profile ? 'window' or ${PLAN} is not null)` : `m.profile ? '${field}'`;
const COMPLETE = MEASURED.map(knows).join(' and ');

/** Machines by name. */
export async function listMachines(
  db: Db,
  { after, limit }: MachinePage,
  filter: MachineFilter = {},
): Promise<ListedMachine[]> {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const rest = after
    ? [`(m.name, m.machine_id) > (${parameter(after.name)}, ${parameter(after.machineId)}::uuid)`]
    : [];
  const { rows } = await db.query<ListedMachine>(
    `select ${MACHINE_FIELDS}, ${KNOWN} as known, s.last_sync as "lastSync" from ${FROM}
     where ${['true', ...conditions(filter, parameter), ...rest].join(' and ')}
     order by m.name, m.machine_id limit ${parameter(limit)}`,
    values,
  );
  return rows;
}

/** How many machines a list would show. */
export async function countMachines(db: Db, filter: MachineFilter): Promise<number> {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const { rows } = await db.query<{ count: number }>(
    `select count(*) as count from ${FROM} where ${['true', ...conditions(filter, parameter)].join(' and ')}`,
    values,
  );
  return rows[0]?.count ?? 0;
}

function* conditions(filter: MachineFilter, parameter: (value: unknown) => string): Generator<string> {
  const { customerId, search, role, enrolled, inConflict, missing, neverScanned, notScannedSince } = filter;
  if (customerId !== undefined) yield `m.customer_id = ${parameter(customerId)}`;
  if (search !== undefined) yield `strpos(m.name, lower(${parameter(search)})) > 0`;
  if (role !== undefined) yield `m.profile -> 'roles' ? ${parameter(role)}`;
  if (enrolled !== undefined) yield `m.server_id is ${enrolled ? 'not ' : ''}null`;
  if (inConflict) yield "m.conflicts <> '{}'";
  if (missing !== undefined) yield `not (${missing === 'any' ? COMPLETE : knows(missing)})`;
  if (neverScanned) yield 'm.server_id is not null and s.last_sync is null';
  if (notScannedSince !== undefined) yield `s.last_sync < ${parameter(sqlInstant(notScannedSince))}`;
  if (filter.ungroupedNode) yield `m.profile -> 'roles' ? 'cluster-node' and not m.profile ? 'redundancyGroup'`;
}

/** What was set on an enrolled server itself; null: nothing. */
export interface OwnSettings {
  readonly plan: string | null;
  readonly ownerMail: string | null;
}

/** Of the enrolled ones among these machines, by machine id. */
export async function listOwnSettings(db: Db, machineIds: readonly string[]): Promise<Map<string, OwnSettings>> {
  const { rows } = await db.query<OwnSettings & { readonly machineId: string }>(
    `select m.machine_id as "machineId", s.plan, s.owner_mail as "ownerMail" from machine m join server s using (server_id)
     where m.machine_id = any($1::uuid[])`,
    [machineIds],
  );
  return new Map(rows.map(({ machineId, ...own }) => [machineId, own]));
}

/** How many machines of a customer are known how well. */
export interface CompletenessRow {
  readonly customerId: string;
  readonly servers: number;
  readonly complete: number;
  readonly missing: Readonly<Record<MeasuredField, number>>;
}

/** Of one customer or of all that have machines. */
export async function countCompleteness(db: Db, customerId?: string): Promise<CompletenessRow[]> {
  const missing = MEASURED.map((field) => `'${field}', count(*) filter (where not ${knows(field)})`);
  const { rows } = await db.query<CompletenessRow>(
    `select m.customer_id as "customerId", count(*) as servers, count(*) filter (where ${COMPLETE}) as complete,
       jsonb_build_object(${missing.join(', ')}) as missing
     from ${FROM} where $1::uuid is null or m.customer_id = $1 group by m.customer_id`,
    [customerId],
  );
  return rows;
}

/** Every machine of a customer with the names that it waits for. */
export async function listOrdered(db: Db, customerId: string): Promise<Ordered[]> {
  const { rows } = await db.query<{ name: string; needs: string[] | null; restartAfter: string[] | null }>(
    `select name, profile -> 'needs' as needs, profile -> 'restartAfter' as "restartAfter" from machine
     where customer_id = $1 order by name`,
    [customerId],
  );
  return rows.map(({ name, needs, restartAfter }) => ({
    name,
    ...(needs ? { needs } : {}),
    ...(restartAfter ? { restartAfter } : {}),
  }));
}

/** The customers that named servers which others wait for. */
export async function listCustomersWithOrder(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select distinct customer_id as id from machine where groups <> '{}' or profile ?| '{needs,restartAfter}' order by 1`,
  );
  return rows.map(({ id }) => id);
}

/** A name that several servers of one customer claim. */
export interface SharedName {
  readonly customerId: string;
  readonly name: string;
  readonly servers: number;
}

export async function listSharedNames(db: Db, customerId?: string): Promise<SharedName[]> {
  const { rows } = await db.query<SharedName>(
    `select customer_id as "customerId", lower(dns_name) as name, count(*) as servers from server
     where customer_id is not null and ($1::uuid is null or customer_id = $1)
     group by 1, 2 having count(*) > 1 order by 2, 1 limit 10000`,
    [customerId],
  );
  return rows;
}

/** One statement about a machine, in force or ended. */
export interface FactRow {
  readonly factId: string;
  readonly field: InventoryField;
  readonly source: Source;
  readonly value: NonNullable<Inventory[InventoryField]>;
  readonly who: string;
  readonly at: Temporal.Instant;
  readonly endedAt: Temporal.Instant | null;
  readonly endedBy: string | null;
}

/** What was ever said of a machine, the latest first. */
export async function listHistory(
  db: Db,
  machineId: string,
  after: Pick<FactRow, 'at' | 'factId'> | undefined,
  limit: number,
): Promise<FactRow[]> {
  const { rows } = await db.query<FactRow>(
    `select fact_id as "factId", field, source, value, who, at, ended_at as "endedAt", ended_by as "endedBy"
     from machine_fact where machine_id = $1 and ($2::timestamptz is null or (at, fact_id) < ($2, $3::uuid))
     order by at desc, fact_id desc limit $4`,
    [machineId, after && sqlInstant(after.at), after?.factId, limit],
  );
  return rows;
}
