import type { UpdateId } from '#domain/catalogue/revision.ts';
import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';
import type { AssignedServer } from './servers.ts';

/** A server whose owner has a mail address, with what it waits for. */
export interface OwnedServer extends AssignedServer {
  readonly dnsName: string;
  /** The server's owner, else its customer's. */
  readonly recipient: string;
  /** Updates that its agent called needed or downloaded. */
  readonly needed: readonly UpdateId[];
}

const ASSIGNED = `s.server_id as "serverId", s.customer_id as "customerId", s.zone, s.plan, s.mode, s.region,
  s.target_group as "targetGroup", s.os_build as "osBuild", s.product_type as "productType", s.dns_name as "dnsName",
  s.kind_plans as "kindPlans", s.own_hours as "ownHours",
  coalesce(s.owner_mail, c.owner_mail) as recipient`;

/** Servers with an owner that need something, by id after `after`, at most `limit`. */
export async function listOwnedServers(db: Db, after: string | undefined, limit: number): Promise<OwnedServer[]> {
  const { rows } = await db.query<OwnedServer>({
    name: 'list-owned-servers',
    text: `select ${ASSIGNED}, u.needed from server s join customer c using (customer_id) cross join lateral (
             select array_agg(update_id) as needed from server_update u
             where u.server_id = s.server_id and state in ('needed', 'downloaded')) u
           where coalesce(s.owner_mail, c.owner_mail) is not null and u.needed is not null
             and ($1::uuid is null or s.server_id > $1)
           order by s.server_id limit $2`,
    values: [after, limit],
  });
  return rows;
}

/** One failed installation and whom to tell. */
export interface OwnedFailure {
  readonly customerId: string;
  readonly recipient: string;
  readonly dnsName: string;
  readonly updateId: UpdateId;
  readonly hresult: number | null;
  readonly receivedAt: Temporal.Instant;
}

/** Failures that were reported after an instant and up to another, of servers with an owner; the earliest first, at most `limit`. */
export async function listOwnedFailures(
  db: Db,
  after: Temporal.Instant,
  upTo: Temporal.Instant,
  limit: number,
): Promise<OwnedFailure[]> {
  const { rows } = await db.query<OwnedFailure>({
    name: 'list-owned-failures',
    text: `select s.customer_id as "customerId", coalesce(s.owner_mail, c.owner_mail) as recipient,
             s.dns_name as "dnsName", u.update_id as "updateId", e.hresult, e.received_at as "receivedAt"
           from server_update u join server s using (server_id) join customer c on c.customer_id = s.customer_id
           cross join lateral (
             select hresult, received_at from event e
             where e.server_id = u.server_id and e.update_id = u.update_id and e.hresult < 0
             order by e.time_at_target desc limit 1) e
           where u.state = 'failed' and u.reported_at > $1::timestamptz - interval '7 days' and e.received_at > $1 and e.received_at <= $2
             and coalesce(s.owner_mail, c.owner_mail) is not null
           order by e.received_at limit $3`,
    values: [sqlInstant(after), sqlInstant(upTo), limit],
  });
  return rows;
}
