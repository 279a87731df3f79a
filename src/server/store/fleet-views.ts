import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { UpdateState } from '#domain/status/event-state.ts';
import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';
import type { AssignedServer, ServerRow } from './servers.ts';

/** What the agent of a server last said, counted; `unsettled` is all that is not installed. */
export interface ServerStanding {
  readonly serverId: string;
  readonly hasStatus: boolean;
  readonly pendingRestart: boolean;
  /** Updates that the status report or a later event called installed. */
  readonly installed: number;
  readonly unsettled: readonly { readonly updateId: UpdateId; readonly state: Exclude<UpdateState, 'installed'> }[];
}

/** How these servers stand; in no certain order. */
export async function listStandings(db: Db, serverIds: readonly string[]): Promise<ServerStanding[]> {
  const { rows } = await db.query<ServerStanding>({
    name: 'list-standings',
    text: `select s.server_id as "serverId", t.at is not null as "hasStatus", s.pending_restart as "pendingRestart",
             coalesce(cardinality(t.installed), 0) + coalesce(u.installed, 0) as installed,
             coalesce(u.unsettled, '[]') as unsettled
           from server s left join server_status t using (server_id) left join lateral (
             select count(*) filter (where state = 'installed' and u.update_id <> all(coalesce(t.installed, '{}'))) as installed,
               jsonb_agg(jsonb_build_object('updateId', update_id, 'state', state) order by update_id)
                 filter (where state <> 'installed') as unsettled
             from server_update u where u.server_id = s.server_id) u on true
           where s.server_id = any($1::uuid[])`,
    values: [serverIds],
  });
  return rows;
}

/** Columns by the member that they fill: the compiler sees to it that none is missing. */
type Columns<Row> = { readonly [Name in keyof Row]-?: string };

export const ASSIGNED: Columns<AssignedServer> = {
  serverId: 's.server_id',
  customerId: 's.customer_id',
  zone: 's.zone',
  plan: 's.plan',
  mode: 's.mode',
  region: 's.region',
  targetGroup: 's.target_group',
  osBuild: 's.os_build',
  productType: 's.product_type',
  kindPlans: 's.kind_plans',
  ownHours: 's.own_hours',
};

/** A server as lists show it. */
export type ListedServer = AssignedServer &
  Pick<ServerRow, 'clientId' | 'dnsName' | 'firstSeen' | 'lastSeen' | 'lastSync' | 'lastStatus' | 'settingsVersion'>;

const LISTED: Columns<ListedServer> = {
  ...ASSIGNED,
  clientId: 's.client_id',
  dnsName: 's.dns_name',
  firstSeen: 's.first_seen',
  lastSeen: 's.last_seen',
  lastSync: 's.last_sync',
  lastStatus: 's.last_status',
  settingsVersion: 's.settings_version',
};

/**
 * How a server stands by its agent's word alone, the worst first; `evaluated`: it goes by which of the needed updates are due. The same
 * order as in `complianceOf`.
 */
export type ReportedStanding = 'unknown' | 'failed' | 'pending-restart' | 'evaluated';

const HAS = (state: UpdateState): string =>
  `exists (select from server_update u where u.server_id = s.server_id and u.state = '${state}')`;
const RESTARTS = `(s.pending_restart or ${HAS('pending-restart')})`;
/** Of a server `s`: the condition of each standing; exactly one holds. */
export const STANDS: { readonly [standing in ReportedStanding]: string } = {
  unknown: 's.last_status is null',
  failed: `s.last_status is not null and ${HAS('failed')}`,
  'pending-restart': `s.last_status is not null and not ${HAS('failed')} and ${RESTARTS}`,
  evaluated: `s.last_status is not null and not ${HAS('failed')} and not ${RESTARTS}`,
};

/** Which servers a list shows; what is absent does not matter. */
export interface ServerFilter {
  readonly customerId?: string;
  /** A part of the DNS name, in any letter case. */
  readonly search?: string;
  /** Name of the server's own plan or, where it has none, of its customer's. */
  readonly plan?: string;
  /** Kinds of machine, one of which it must be; without a build the product type says nothing. */
  readonly targets?: readonly Pick<ServerRow, 'osBuild' | 'productType'>[];
  readonly standing?: ReportedStanding;
}

/** The orders of a list: what they go by, each with the server's id to tell equals apart. */
const ORDERS = {
  name: { key: 's.dns_name', direction: 'asc', beyond: '>' },
  'last-contact': { key: 's.last_seen', direction: 'desc', beyond: '<' },
} as const;

/** A part of a list. `after`: what the order goes by (a DNS name, an instant's text) and the id of the last server before it. */
export interface ServerPage {
  readonly sort: keyof typeof ORDERS;
  readonly after: readonly [key: string, serverId: string] | undefined;
  readonly limit: number;
}

/** The next servers of a list. By last contact the newest come first. */
export async function listFleet(
  db: Db,
  filter: ServerFilter,
  { sort, after, limit }: ServerPage,
): Promise<ListedServer[]> {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const { key, direction, beyond } = ORDERS[sort];
  const rest = after ? [`(${key}, s.server_id) ${beyond} (${parameter(after[0])}, ${parameter(after[1])}::uuid)`] : [];
  const conditions = ['true', ...filtered(filter, parameter), ...rest];
  const { rows } = await db.query<ListedServer>(
    `select ${selected(LISTED)} from server s left join customer c using (customer_id) where ${conditions.join(' and ')}
     order by ${key} ${direction}, s.server_id ${direction} limit ${parameter(limit)}`,
    values,
  );
  return rows;
}

export function selected(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([name, column]) => `${column} as "${name}"`)
    .join(', ');
}

function* filtered(
  { customerId, search, plan, targets, standing }: ServerFilter,
  parameter: (value: unknown) => string,
): Generator<string> {
  if (customerId !== undefined) yield `s.customer_id = ${parameter(customerId)}`;
  if (search !== undefined) yield `strpos(lower(s.dns_name), lower(${parameter(search)})) > 0`; // no wildcard to escape
  if (plan !== undefined) yield `coalesce(s.plan, c.plan) = ${parameter(plan)}`;
  if (targets !== undefined) {
    const builds = parameter(targets.map(({ osBuild }) => osBuild));
    const types = parameter(targets.map(({ productType }) => productType));
    yield `exists (select from unnest(${builds}::int[], ${types}::int[]) as t (build, type)
      where t.build is not distinct from s.os_build and (t.build is null or t.type is not distinct from s.product_type))`;
  }
  if (standing !== undefined) yield STANDS[standing];
}

/** Servers that differ in nothing that compliance goes by; `serverId` is only told of those that were asked for. */
export interface FleetClass extends Omit<AssignedServer, 'serverId'> {
  readonly serverId: string | null;
  readonly standing: ReportedStanding;
  /** What they need of what was asked about, where the standing is `evaluated`. */
  readonly needed: readonly UpdateId[];
  readonly servers: number;
}

/** Every update that some server needs, failed on, waits for or told of otherwise. */
export async function listReportedUpdates(db: Db): Promise<UpdateId[]> {
  const next = (after: string): string => `select update_id from server_update ${after} order by update_id limit 1`;
  const { rows } = await db.query<{ id: UpdateId }>(
    `with recursive reported as ((${next('')}) union all
       select (${next('where update_id > r.update_id')}) from reported r where r.update_id is not null)
     select update_id as id from reported where update_id is not null`, // from one to the next in the index: they are few
  );
  return rows.map(({ id }) => id);
}

/**
 * The whole fleet as classes; every server is in one. Servers in `alone` are classes of their own, and needed updates that are not in
 * `regarded` make no difference.
 */
export async function listFleetClasses(
  db: Db,
  alone: readonly string[],
  regarded: readonly UpdateId[],
): Promise<FleetClass[]> {
  const columns = { ...ASSIGNED, serverId: 'case when s.server_id = any($1::uuid[]) then s.server_id end' };
  const names = Object.keys(columns).map((name) => `"${name}"`);
  // What a server needs is a string of bits, one an update: unlike a list it needs no order, so that nothing has to be sorted.
  const { rows } = await db.query<Omit<FleetClass, 'needed'> & { readonly bits: string | null }>(
    `with regarded as materialized (
       select id, set_bit(repeat('0', cardinality($2::uuid[]))::varbit, place::int - 1, 1)::varbit as bit
       from unnest($2::uuid[]) with ordinality as r (id, place)
     ), said as (
       select server_id, bool_or(state = 'failed') as failed, bool_or(state = 'pending-restart') as restarts,
         bit_or(bit) filter (where state in ('needed', 'downloaded')) as bits
       from server_update u left join regarded r on r.id = u.update_id
       where state in ('failed', 'pending-restart') or (state in ('needed', 'downloaded') and r.id is not null)
       group by server_id
     ), ranked as (
       select ${selected(columns)}, said.bits, case when s.last_status is null then 'unknown' when said.failed then 'failed'
         when s.pending_restart or said.restarts then 'pending-restart' else 'evaluated' end as standing
       from server s left join said using (server_id)
     ), classified as (
       select ${names}, standing, case when standing = 'evaluated' then bits end::text as bits from ranked
     )
     select *, count(*) as servers from classified group by ${names}, standing, bits`,
    [alone, regarded],
  );
  return rows.map(({ bits, ...row }) => ({ ...row, needed: regarded.filter((_, place) => bits?.[place] === '1') }));
}

/** Servers of one assignment whose settings tasks last reported one version of the settings; `serverId` and `dnsName` are of one of them. */
export interface SettingsClass extends AssignedServer {
  readonly dnsName: string;
  readonly settingsVersion: string;
  readonly servers: number;
  /** When the last of them was heard of. */
  readonly since: Temporal.Instant;
}

/** What settings tasks reported that were not heard of since an instant; those that a domain policy overwrites are not among them. */
export async function listSettingsClasses(db: Db, quietSince: Temporal.Instant): Promise<SettingsClass[]> {
  const { serverId: _, ...shared } = ASSIGNED;
  const { rows } = await db.query<SettingsClass>(
    `with classes as (
       select s.settings_version as "settingsVersion", min(s.server_id::text)::uuid as server_id, count(*) as servers,
         max(s.settings_at) as since
       from server s left join server_report r using (server_id)
       where s.customer_id is not null and s.settings_version is not null and s.settings_at < $1
         and (r.report @> '{"overwrittenByPolicy": true}') is not true
       group by ${Object.values(shared).join(', ')}, s.settings_version
     )
     select ${selected(ASSIGNED)}, s.dns_name as "dnsName", c."settingsVersion", c.servers, c.since
     from classes c join server s using (server_id) order by c.servers desc, s.server_id`,
    [sqlInstant(quietSince)],
  );
  return rows;
}

/** Ids of the servers that claim a DNS name, in any letter case; several are a conflict to show. */
export async function findServerIdsByDnsName(db: Db, dnsName: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select server_id as id from server where lower(dns_name) = lower($1) order by server_id limit 20',
    [dnsName],
  );
  return rows.map(({ id }) => id);
}

/** How many servers each customer has; customers without any are absent. */
export async function countServersByCustomer(db: Db): Promise<Map<string, number>> {
  const { rows } = await db.query<{ id: string; servers: number }>(
    'select customer_id as id, count(*) as servers from server where customer_id is not null group by customer_id',
  );
  return new Map(rows.map(({ id, servers }) => [id, servers]));
}

/** The kinds of machine that there are in the fleet. */
export async function listTargets(
  db: Db,
): Promise<{ readonly osBuild: number; readonly productType: number | null }[]> {
  const { rows } = await db.query<{ osBuild: number; productType: number | null }>(
    `select distinct os_build as "osBuild", product_type as "productType" from server where os_build is not null
     order by os_build, product_type`,
  );
  return rows;
}
