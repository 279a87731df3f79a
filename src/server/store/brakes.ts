import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Brake } from '#domain/exception/hold.ts';
import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

const FIELDS = 'update_id as "updateId", who, why, at';

/** Stops an update for everybody; false when it is stopped already. */
export async function setBrake(db: Db, brakeId: string, { updateId, who, why, at }: Brake): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into brake (brake_id, update_id, who, why, at) values ($1, $2, $3, $4, $5)
     on conflict (update_id) where lifted_at is null do nothing`,
    [brakeId, updateId, who, why, sqlInstant(at)],
  );
  return rowCount === 1;
}

/** Lets an update go again; false when no brake is on it. */
export async function liftBrake(db: Db, { updateId, who, why, at }: Brake): Promise<boolean> {
  const { rowCount } = await db.query(
    'update brake set lifted_by = $2, lifted_why = $3, lifted_at = $4 where update_id = $1 and lifted_at is null',
    [updateId, who, why, sqlInstant(at)],
  );
  return rowCount === 1;
}

/** Every brake that is in force, the latest first. */
export async function listBrakes(db: Db): Promise<Brake[]> {
  const { rows } = await db.query<Brake>(
    `select ${FIELDS} from brake where lifted_at is null order by brake.at desc, update_id`,
  );
  return rows;
}

/** Whether a server `s` says that it has the update `$1`: what a later event settled comes before the status report. */
const HAS_IT = `coalesce(u.state = 'installed', $1 = any(t.installed), false)`;
const WITH_WORD = `left join server_update u on u.server_id = s.server_id and u.update_id = $1
  left join server_status t on t.server_id = s.server_id`;

/** How many servers hold an offer of an update without having reported it installed, and how many report it installed. */
export async function countReach(
  db: Db,
  updateId: UpdateId,
): Promise<{ readonly holding: number; readonly installed: number }> {
  const { rows } = await db.query<{ holding: number; installed: number }>(
    `select count(*) filter (where o.server_id is not null and not ${HAS_IT}) as holding,
       count(*) filter (where ${HAS_IT}) as installed
     from server s left join offer o on o.server_id = s.server_id and o.update_id = $1 and o.withdrawn_at is null ${WITH_WORD}`,
    [updateId],
  );
  return rows[0] ?? { holding: 0, installed: 0 };
}

/** A server that was told to install an update and has not said that it did. */
export interface HolderRow {
  readonly serverId: string;
  readonly dnsName: string;
  readonly customerId: string | null;
  readonly toldAt: Temporal.Instant;
  readonly deadline: Temporal.Instant | null;
  readonly state: 'needed' | 'downloaded' | 'pending-restart' | 'failed' | null;
  readonly lastSync: Temporal.Instant | null;
  readonly settingsAt: Temporal.Instant | null;
}

/** Where a page of servers ended. */
export interface ServerPlace {
  readonly dnsName: string;
  readonly serverId: string;
}

/** Those servers, by name. */
export async function pageOfHolders(
  db: Db,
  updateId: UpdateId,
  after: ServerPlace | undefined,
  limit: number,
): Promise<HolderRow[]> {
  const { rows } = await db.query<HolderRow>(
    `select s.server_id as "serverId", s.dns_name as "dnsName", s.customer_id as "customerId", o.told_at as "toldAt",
       o.deadline, u.state, s.last_sync as "lastSync", s.settings_at as "settingsAt"
     from offer o join server s using (server_id) ${WITH_WORD}
     where o.update_id = $1 and o.withdrawn_at is null and not ${HAS_IT}
       and ($2::text is null or (s.dns_name, s.server_id) > ($2, $3::uuid))
     order by s.dns_name, s.server_id limit $4`,
    [updateId, after?.dnsName, after?.serverId, limit],
  );
  return rows;
}

/** A server that reports an update as installed; `reportedAt`: when it said so. */
export interface InstallerRow {
  readonly serverId: string;
  readonly dnsName: string;
  readonly customerId: string | null;
  readonly reportedAt: Temporal.Instant | null;
}

/** Those servers, by name. */
export async function pageOfInstallers(
  db: Db,
  updateId: UpdateId,
  after: ServerPlace | undefined,
  limit: number,
): Promise<InstallerRow[]> {
  const { rows } = await db.query<InstallerRow>(
    `select s.server_id as "serverId", s.dns_name as "dnsName", s.customer_id as "customerId",
       coalesce(u.since, t.at) as "reportedAt"
     from server s ${WITH_WORD}
     where ${HAS_IT} and ($2::text is null or (s.dns_name, s.server_id) > ($2, $3::uuid))
     order by s.dns_name, s.server_id limit $4`,
    [updateId, after?.dnsName, after?.serverId, limit],
  );
  return rows;
}
