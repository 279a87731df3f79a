import { randomUUID } from 'node:crypto';
import type { Kind } from '#domain/approval/kinds.ts';
import type { LocalSpan } from '#domain/fleet/inventory.ts';
import type { Mode } from '#domain/fleet/server.ts';
import type { ComputerInfo } from '#protocol/wusp/requests.ts';
import { sqlInstant, sqlJson } from './parameter.ts';
import type { Db } from './pool.ts';
import { SOFT } from './soft-commit.ts';

/** A server as it is known; zone, plan and mode are its own or, when null, its customer's. */
export interface ServerRow {
  readonly serverId: string;
  /** Null: enrolled by nobody's token. */
  readonly customerId: string | null;
  /** SusClientId: a claim, not a proof. */
  readonly clientId: string;
  readonly dnsName: string;
  readonly osBuild: number | null;
  readonly productType: number | null;
  readonly zone: string | null;
  readonly plan: string | null;
  readonly mode: Exclude<Mode, 'unassigned'> | null;
  /** Name of a region; null: the customer's, else the closest. */
  readonly region: string | null;
  /** Within the customer, e.g. `SQL`. */
  readonly targetGroup: string | null;
  /** Who is told of its restarts and failures; null: the customer's. */
  readonly ownerMail: string | null;
  /** Kinds of patching that have a plan of their own here: kind → name of the plan. */
  readonly kindPlans: KindPlanNames;
  /** When it may be restarted at all, by its inventory; null: at any time. */
  readonly ownHours: readonly LocalSpan[] | null;
  readonly firstSeen: Temporal.Instant;
  readonly lastSeen: Temporal.Instant;
  /** End of the last scan. */
  readonly lastSync: Temporal.Instant | null;
  /** When the agent last said how a detection ended, and that HRESULT. */
  readonly lastDetection: Temporal.Instant | null;
  readonly lastSyncResult: number | null;
  readonly lastStatus: Temporal.Instant | null;
  readonly lastRestart: Temporal.Instant | null;
  readonly pendingRestart: boolean;
  /** End of the visit before the present one. */
  readonly visitBefore: Temporal.Instant | null;
  /** What the settings task last reported to be in force, and when it was last heard of. */
  readonly settingsVersion: string | null;
  readonly settingsAt: Temporal.Instant | null;
}

/** What of a server's row decides about it; nulls mean: as its customer. */
export type AssignedServer = Pick<
  ServerRow,
  | 'serverId'
  | 'customerId'
  | 'zone'
  | 'plan'
  | 'mode'
  | 'region'
  | 'targetGroup'
  | 'osBuild'
  | 'productType'
  | 'kindPlans'
  | 'ownHours'
>;

/** Plans of kinds of patching, by name. */
export type KindPlanNames = Readonly<Partial<Record<Kind, string>>>;

/** More than a page shows; a list goes on after its last row. */
const LONGEST_PAGE = 1_000;

const FIELDS = `server_id as "serverId", customer_id as "customerId", client_id as "clientId", dns_name as "dnsName",
  os_build as "osBuild", product_type as "productType", zone, plan, mode, region, target_group as "targetGroup",
  owner_mail as "ownerMail", kind_plans as "kindPlans", own_hours as "ownHours", first_seen as "firstSeen", last_seen as "lastSeen", last_sync as "lastSync", last_detection as "lastDetection",
  last_sync_result as "lastSyncResult", last_status as "lastStatus", last_restart as "lastRestart",
  pending_restart as "pendingRestart", visit_before as "visitBefore", settings_version as "settingsVersion",
  settings_at as "settingsAt"`;

/** Who asks for a session, and whose token came along. */
export interface EnrolmentClaim {
  readonly clientId: string;
  readonly dnsName: string;
  /** The customer whose enrolment token came along. */
  readonly customerId?: string;
  /** The customer whose former token came along, where no current one did. */
  readonly formerCustomerId?: string;
  /** The target group that the server names; kept where it has none yet. */
  readonly targetGroup?: string;
  /** By how much its clock is ahead of ours; negative: behind. What was known before is kept where this is unknown. */
  readonly clockSkewSeconds?: number;
  /** Whether it came over TLS; as above. */
  readonly overTls?: boolean;
  readonly at: Temporal.Instant;
}

/**
 * Notes that a server asks for a session: a new one gets an id, a known one is seen again. A token's customer takes a server that is
 * unassigned, but never one from another customer. A server that a token enrolled must come with a token of that customer, or of the
 * one that it was given to, a former one being as good; a former token enrols nobody. Returns the server's id; undefined, and nothing
 * is noted, where this is not so: whoever comes is not that server.
 * A crash of the machine may forget it (`SOFT`): the server, unknown then, comes again.
 */
export async function enrol(db: Db, claim: EnrolmentClaim): Promise<string | undefined> {
  const { clientId, dnsName, customerId, formerCustomerId, targetGroup, clockSkewSeconds, overTls, at } = claim;
  const { rows } =
    customerId === undefined && formerCustomerId !== undefined
      ? await db.query<{ serverId: string }>({
          name: 'enrol-known',
          text: `with ${SOFT} update server set dns_name = $2, last_seen = greatest(last_seen, $4),
                   target_group = coalesce(target_group, $5), clock_skew_seconds = coalesce($6, clock_skew_seconds), over_tls = coalesce($7, over_tls)
                 from soft where soft.set = 'off' and client_id = $1 and $3 in (customer_id, enrolled_by)
                 returning server_id as "serverId"`,
          values: [clientId, dnsName, formerCustomerId, sqlInstant(at), targetGroup, clockSkewSeconds, overTls],
        })
      : await db.query<{ serverId: string }>({
          name: 'enrol',
          text: `with ${SOFT}
                 insert into server as s (server_id, client_id, dns_name, customer_id, enrolled_by, first_seen, last_seen,
                   target_group, clock_skew_seconds, over_tls)
                 select $1::uuid, $2, $3, $4::uuid, $4, $5::timestamptz, $5, case when $4 is not null then $6::text end,
                   $7::integer, $8::boolean from soft where soft.set = 'off'
                 on conflict (client_id) do update set dns_name = excluded.dns_name,
                   customer_id = coalesce(s.customer_id, excluded.customer_id),
                   enrolled_by = coalesce(s.enrolled_by, excluded.enrolled_by),
                   last_seen = greatest(s.last_seen, excluded.last_seen),
                   target_group = case when coalesce(s.customer_id, excluded.customer_id) is not null
                     then coalesce(s.target_group, $6::text) end,
                   clock_skew_seconds = coalesce(excluded.clock_skew_seconds, s.clock_skew_seconds),
                   over_tls = coalesce(excluded.over_tls, s.over_tls)
                 where case when excluded.customer_id is null then s.enrolled_by is null
                   else s.customer_id is null or excluded.customer_id in (s.customer_id, s.enrolled_by) end
                 returning server_id as "serverId"`,
          values: [randomUUID(), clientId, dnsName, customerId, sqlInstant(at), targetGroup, clockSkewSeconds, overTls],
        });
  return rows[0]?.serverId;
}

/** Keeps what a machine says of itself ([MS-WUSP] 2.2.2.2.3). */
export async function registerComputer(
  db: Db,
  serverId: string,
  info: ComputerInfo,
  at: Temporal.Instant,
): Promise<void> {
  const registration = { ...info, biosReleaseDate: info.biosReleaseDate?.toString() };
  await db.query({
    name: 'register-computer',
    text: `update server set registration = $2, os_build = $3, product_type = $4, dns_name = $5,
             last_seen = greatest(last_seen, $6) where server_id = $1`,
    values: [serverId, sqlJson(registration), info.osBuildNumber, info.oldProductType, info.dnsName, sqlInstant(at)],
  });
}

export async function findServer(db: Db, serverId: string): Promise<ServerRow | undefined> {
  const { rows } = await db.query<ServerRow>({
    name: 'find-server',
    text: `select ${FIELDS} from server where server_id = $1`,
    values: [serverId],
  });
  return rows[0];
}

export async function findServerByClientId(db: Db, clientId: string): Promise<ServerRow | undefined> {
  const { rows } = await db.query<ServerRow>(`select ${FIELDS} from server where client_id = $1`, [clientId]);
  return rows[0];
}

/** The servers that claim a name, of all customers, at most a page; several are a conflict to show. */
export async function findServersByDnsName(db: Db, dnsName: string): Promise<ServerRow[]> {
  const { rows } = await db.query<ServerRow>(
    `select ${FIELDS} from server where dns_name = $1 order by server_id limit ${LONGEST_PAGE}`,
    [dnsName],
  );
  return rows;
}

/** What the machine last said of itself. */
export async function findRegistration(
  db: Db,
  serverId: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { rows } = await db.query<{ registration: Record<string, unknown> | null }>(
    'select registration from server where server_id = $1',
    [serverId],
  );
  return rows[0]?.registration ?? undefined;
}

/** A page of servers by name, of one customer or of all, that follow the given one. At most 1,000. */
export async function listServers(
  db: Db,
  page: {
    readonly customerId?: string;
    readonly after?: Pick<ServerRow, 'dnsName' | 'serverId'>;
    readonly limit: number;
  },
): Promise<ServerRow[]> {
  const customer = page.customerId === undefined ? '$1::uuid is null' : 'customer_id = $1';
  const { rows } = await db.query<ServerRow>(
    `select ${FIELDS} from server
     where ${customer} and ($2::text is null or (dns_name, server_id) > ($2, $3::uuid))
     order by dns_name, server_id limit $4`,
    [page.customerId, page.after?.dnsName, page.after?.serverId, Math.min(page.limit, LONGEST_PAGE)],
  );
  return rows;
}

/** What may be set of one server; null for the customer's. */
export type ServerChange = Partial<
  Pick<ServerRow, 'zone' | 'plan' | 'mode' | 'region' | 'targetGroup' | 'ownerMail' | 'kindPlans'>
>;

const CHANGEABLE: readonly (readonly [keyof ServerChange, string])[] = [
  ['zone', 'zone'],
  ['plan', 'plan'],
  ['mode', 'mode'],
  ['region', 'region'],
  ['targetGroup', 'target_group'],
  ['ownerMail', 'owner_mail'],
  ['kindPlans', 'kind_plans'],
];

/** Sets what is given of a server's own settings, null for the customer's; waves place it anew. False when there is no such server. */
export async function changeServer(db: Db, serverId: string, change: ServerChange): Promise<boolean> {
  const given = CHANGEABLE.filter(([name]) => change[name] !== undefined);
  const sets = ['server_id = server_id', ...given.map(([, column], at) => `${column} = $${at + 2}`)];
  const { rowCount } = await db.query(
    `with changed as (update server set ${sets.join(', ')} where server_id = $1 returning server_id),
       touched as (update service set inventory_version = inventory_version + 1 where exists (select from changed))
     select from changed`,
    [serverId, ...given.map(([name]) => change[name])],
  );
  return rowCount === 1;
}

/**
 * Gives a server to a customer, with its state and offers; what it reported before stays the evidence of the former one. Its own plan,
 * zone, region, target group and owner go. False when there is no such server.
 */
export async function assignServer(db: Db, serverId: string, customerId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `with status as (update server_status set customer_id = $2 where server_id = $1),
       updates as (update server_update set customer_id = $2 where server_id = $1),
       offers as (update offer set customer_id = $2 where server_id = $1),
       reports as (update server_report set customer_id = $2 where server_id = $1)
     update server set customer_id = $2, zone = null, plan = null, mode = null, region = null, target_group = null,
       owner_mail = null, kind_plans = '{}', own_hours = null where server_id = $1`,
    [serverId, customerId],
  );
  return rowCount === 1;
}

/** Forgets a server with everything that it reported and was told; false when there is none. The record stays. */
export async function removeServer(db: Db, serverId: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from server where server_id = $1', [serverId]);
  return rowCount === 1;
}

/**
 * Forgets ids that somebody claimed and never registered under, in no customer, not seen since `before`; at most `limit`. Returns how
 * many. Nothing was ever told to them.
 */
export async function removeEmptyClaims(db: Db, before: Temporal.Instant, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from server where server_id in (
       select server_id from server where customer_id is null and registration is null and last_seen < $1
       limit $2 for update skip locked)`,
    [sqlInstant(before), limit],
  );
  return rowCount ?? 0;
}
