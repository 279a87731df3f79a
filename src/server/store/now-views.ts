import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { MachineSeen } from '#domain/fleet/clones.ts';
import { STANDS } from './fleet-views.ts';
import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** A place in the database's log that every write moves on: where it is the same, nothing was written in between. */
export async function lastWrite(db: Db): Promise<string> {
  const { rows } = await db.query<{ place: string }>({
    name: 'last-write',
    text: 'select pg_current_wal_insert_lsn()::text as place',
  });
  return rows[0]?.place ?? '';
}

/** When the latest revision came into the catalogue. */
export async function findLastImport(db: Db): Promise<Temporal.Instant | undefined> {
  const { rows } = await db.query<{ at: Temporal.Instant }>(
    'select imported_at as at from revision order by revision_id desc limit 1', // ids are in the order of imports
  );
  return rows[0]?.at;
}

/** How many servers need each of these updates; updates that no server needs are absent. */
export async function countNeeding(db: Db, updateIds: readonly UpdateId[]): Promise<Map<UpdateId, number>> {
  const { rows } = await db.query<{ id: UpdateId; servers: number }>(
    `select update_id as id, count(*) as servers from server_update
     where update_id = any($1::uuid[]) and state in ('needed', 'downloaded') group by update_id`,
    [updateIds],
  );
  return new Map(rows.map(({ id, servers }) => [id, servers]));
}

/** A server that stands for others, and since when it is so. */
export interface Example {
  readonly serverId: string;
  readonly dnsName: string;
  readonly since: Temporal.Instant;
}

/** Some servers of a kind, and how many there are in all. */
export interface Examples {
  readonly servers: number;
  readonly examples: readonly Example[];
}

/** How many servers an attention names. */
export const NAMED = 5;

async function someServers(
  db: Db,
  statement: string,
  values: readonly unknown[],
  order: 'asc' | 'desc' = 'desc',
): Promise<Examples> {
  const { rows } = await db.query<Example & { readonly servers: number }>(
    `select *, count(*) over () as servers from (${statement}) s order by since ${order}, "serverId" limit ${NAMED}`,
    [...values],
  );
  return { servers: rows[0]?.servers ?? 0, examples: rows.map(({ servers: _, ...example }) => example) };
}

/** Servers without a customer, the newest first. */
export function unassignedServers(db: Db): Promise<Examples> {
  const statement = `select server_id as "serverId", dns_name as "dnsName", first_seen as since from server
    where customer_id is null`;
  return someServers(db, statement, []);
}

/** Servers of a customer for which neither they nor it chose a plan, the newest first. */
export function serversWithoutPlan(db: Db): Promise<Examples> {
  const statement = `select server_id as "serverId", dns_name as "dnsName", first_seen as since
    from server s join customer c using (customer_id) where s.plan is null and c.plan is null`;
  return someServers(db, statement, []);
}

/** Servers of customers that nobody heard of since an instant; those that fell silent last come first. */
export function silentServers(db: Db, since: Temporal.Instant): Promise<Examples> {
  const statement = `select server_id as "serverId", dns_name as "dnsName", last_seen as since from server
    where customer_id is not null and last_seen < $1`;
  return someServers(db, statement, [sqlInstant(since)]);
}

/** Servers whose standing is that they wait for a restart; `since`: of the update that waits longest. The longest waiting first. */
export function restartingServers(db: Db): Promise<Examples> {
  const statement = `select s.server_id as "serverId", s.dns_name as "dnsName", coalesce(w.since, s.last_seen) as since
    from server s left join (
      select server_id, min(since) as since from server_update where state = 'pending-restart' group by server_id
    ) w using (server_id) where ${STANDS['pending-restart']}`;
  return someServers(db, statement, [], 'asc');
}

/** A client id under which several machines may have come, with all that it came under. */
export interface CloneCandidate {
  readonly serverId: string;
  readonly dnsName: string;
  readonly seen: readonly MachineSeen[];
}

/** What `machineName` writes between a DNS name and what the machine says of its hardware. */
const BETWEEN = ' | ';

/** Servers that came under several names, or with several kinds of hardware, since an instant; by id, at most `limit`. */
export async function listCloneCandidates(db: Db, since: Temporal.Instant, limit: number): Promise<CloneCandidate[]> {
  const { rows } = await db.query<MachineSeen & { readonly serverId: string; readonly dnsName: string }>(
    `with parts as (
       select server_id, split_part(machine, '${BETWEEN}', 1) collate "C" as name,
         nullif(substr(machine, length(split_part(machine, '${BETWEEN}', 1)) + 1), '') collate "C" as hardware
       from server_name where last_seen >= $1
     ), several as (
       select server_id from parts group by server_id
       having min(name) <> max(name) or min(hardware) <> max(hardware) order by server_id limit $2)
     select server_id as "serverId", dns_name as "dnsName", machine, n.first_seen as "firstSeen", n.last_seen as "lastSeen"
     from several join server using (server_id) join server_name n using (server_id) order by server_id`,
    [sqlInstant(since), limit],
  );
  return [...Map.groupBy(rows, ({ serverId }) => serverId)].map(([serverId, seen]) => {
    return { serverId, dnsName: seen[0]?.dnsName ?? '', seen };
  });
}

/** Servers of customers on which a domain policy writes over our settings, as their settings tasks report. The latest first. */
export function overwrittenServers(db: Db): Promise<Examples> {
  const statement = `select s.server_id as "serverId", s.dns_name as "dnsName", r.at as since
    from server s join server_report r using (server_id)
    where s.customer_id is not null and r.report @> '{"overwrittenByPolicy": true}'`;
  return someServers(db, statement, []);
}

/** Installations of one update that failed in one way. */
export interface Failure {
  readonly updateId: UpdateId;
  /** HRESULT of the latest failure; null when the agents gave none. */
  readonly hresult: number | null;
  readonly servers: number;
  /** One of the servers, the one that failed last. */
  readonly serverId: string;
  readonly dnsName: string;
  readonly since: Temporal.Instant;
}

/** How many servers stand as failed. */
export async function countFailed(db: Db): Promise<number> {
  const { rows } = await db.query<{ servers: number }>(
    `select count(*) as servers from server s where ${STANDS.failed}`,
  );
  return rows[0]?.servers ?? 0;
}

/** Of more failures than these only the latest are looked into. */
const MOST_FAILURES = 2_000;

/** What failed where and how, by update and result; what hit most servers first. */
export async function listFailures(db: Db): Promise<Failure[]> {
  const { rows } = await db.query<Failure>(
    `select update_id as "updateId", hresult, count(*) as servers,
       (array_agg(server_id order by since desc, server_id))[1] as "serverId",
       (array_agg(dns_name order by since desc, server_id))[1] as "dnsName", max(since) as since
     from (select server_id, update_id, since from server_update where state = 'failed'
           order by since desc limit ${MOST_FAILURES}) u
       join server using (server_id) left join lateral (
         select e.hresult from event e where e.server_id = u.server_id and e.update_id = u.update_id and e.hresult < 0
         order by e.time_at_target desc limit 1) f on true
     group by update_id, hresult order by servers desc, since desc, update_id limit ${NAMED}`,
  );
  return rows;
}

/** Names of these servers. */
export async function findDnsNames(db: Db, serverIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await db.query<{ id: string; name: string }>(
    'select server_id as id, dns_name as name from server where server_id = any($1::uuid[])',
    [serverIds],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** An event that may have settled an update on a server. */
export interface InstallationEvent {
  readonly updateId: UpdateId;
  readonly eventId: number;
  readonly hresult: number;
  readonly at: Temporal.Instant;
}

/** A server's latest events about updates, newest first, at most 5,000. */
export async function listInstallationEvents(db: Db, serverId: string): Promise<InstallationEvent[]> {
  const { rows } = await db.query<InstallationEvent>(
    `select update_id as "updateId", event_id as "eventId", hresult, least(time_at_target, received_at) as at from event
     where server_id = $1 and update_id is not null order by received_at desc limit 5000`,
    [serverId],
  );
  return rows;
}
