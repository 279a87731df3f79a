import type pg from 'pg';
import type { Said } from '#domain/fleet/inventory-change.ts';
import { readStatementValue } from '#domain/fleet/inventory-schema.ts';
import { operatingSystem } from '#domain/fleet/operating-system.ts';
import { PRODUCT_TYPES } from '#domain/fleet/server.ts';
import { applyToMachines, LINKS_LOCK, listStatements, type SaidOfMachine, touchInventory } from './machines.ts';
import { columns, sqlInstant } from './parameter.ts';
import { type Db, inTransaction } from './pool.ts';

/** So many servers are looked at in one transaction. */
const BATCH = 2_000;
/** And so many at once: a fleet that enrols within a minute must not keep whatever else is due from its turn. */
const MOST = 10_000;
/** Whom statements of registrations are from. */
const WHO = 'registration';

/** What a server's machine is made from, as one text; the index `server_to_link` has the servers on which it differs from what it was. */
const KEY = `coalesce(customer_id::text, '') || '|' || coalesce(os_build::text, '') || '|' || coalesce(product_type::text, '') || '|'
  || coalesce(registration ->> 'computerModel', '') || '|' || lower(dns_name)`;
const CHANGED = `linked_as is distinct from ${KEY}`;

/** A server whose machine is to be looked at. */
interface ChangedServer {
  readonly serverId: string;
  /** Null: of no customer, or under a name that no inventory holds; it has no machine. */
  readonly customerId: string | null;
  readonly name: string;
  readonly osBuild: number | null;
  readonly productType: number | null;
  readonly model: string | null;
  readonly key: string;
}

/** What a sweep over the links found to do. */
export interface Linked {
  /** Servers that were new, or had changed customer, name, system or model. */
  readonly servers: number;
  /** Machines whose server is gone. */
  readonly left: number;
}

/**
 * Gives every enrolled server of a customer its machine: found by its name, or added. A server that changed its name or customer leaves its
 * machine, which stays with what others said of it; one that only its registration spoke of goes. Looks only at servers that changed
 * since they were last looked at, at `most` so many; the next call goes on. Of two servers with one name the machine is the one's that was
 * seen last. One process does it at a time; the others find nothing to do.
 */
export async function linkMachines(pool: pg.Pool, at: Temporal.Instant, most = MOST): Promise<Linked> {
  let linked: Linked = { servers: 0, left: 0 };
  for (let rest = most; rest > 0; ) {
    const step = await inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_xact_lock(${LINKS_LOCK}) as mine`);
      return rows[0]?.mine ? linkSome(client, at, Math.min(BATCH, rest)) : { servers: 0, left: 0 };
    });
    linked = { servers: linked.servers + step.servers, left: linked.left + step.left };
    if (step.servers + step.left === 0) break;
    rest -= Math.max(step.servers, step.left);
  }
  return linked;
}

async function linkSome(client: pg.PoolClient, at: Temporal.Instant, limit: number): Promise<Linked> {
  const servers = await listChanged(client, limit);
  await unlink(client, servers);
  const left = await endLeft(client, at, limit);
  const owned = servers.filter(({ customerId }) => customerId !== null);
  if (owned.length > 0) {
    await adopt(client, owned);
    await addMissing(client, owned, at);
    await link(client, owned);
    await register(client, owned, at);
    await handOn(client, owned);
  }
  await markLinked(client, servers);
  if (servers.length + left > 0) await touchInventory(client);
  return { servers: servers.length, left };
}

async function listChanged(db: Db, limit: number): Promise<ChangedServer[]> {
  const { rows } = await db.query<ChangedServer>(
    `select server_id as "serverId", lower(dns_name) as name, os_build as "osBuild", product_type as "productType",
       case when octet_length(lower(dns_name)) between 1 and 255 then customer_id end as "customerId",
       nullif(registration ->> 'computerModel', '') as model, ${KEY} as key
     from server where ${CHANGED} order by server_id limit $1`,
    [limit],
  );
  return rows;
}

/** Machines whose server is another's now, or has another name. */
async function unlink(db: Db, servers: readonly ChangedServer[]): Promise<void> {
  await db.query(
    `update machine m set server_id = null from unnest($1::uuid[], $2::text[], $3::text[]) as s (server_id, customer, name)
     where m.server_id = s.server_id and (m.customer_id, m.name) is distinct from (s.customer::uuid, s.name)`,
    columns(servers, ['serverId', 'customerId', 'name']),
  );
}

/**
 * Ends what registrations said of machines that have no server any more; returns how many there were. One of which nobody else ever
 * spoke goes, unless it has evidence. Another server of that name is looked at anew.
 */
async function endLeft(client: pg.PoolClient, at: Temporal.Instant, limit: number): Promise<number> {
  const { rows } = await client.query<{ machineId: string; customerId: string; name: string }>(
    `update machine m set registered = false where machine_id in (
       select machine_id from machine where server_id is null and registered order by machine_id limit $1)
     returning machine_id as "machineId", customer_id as "customerId", name`,
    [limit],
  );
  if (rows.length === 0) return 0;
  const statements = await listStatements(
    client,
    rows.map(({ machineId }) => machineId),
  );
  const said = rows.map((machine): SaidOfMachine => {
    const own = (statements.get(machine.machineId) ?? []).filter(({ source }) => source === 'registration');
    return { machine, statements: own.map(({ field }) => ({ field, value: null })) };
  });
  await applyToMachines(client, said, { who: WHO, source: 'registration', at });
  await client.query(
    `delete from machine m where machine_id = any($1::uuid[])
       and not exists (select from machine_fact f where f.machine_id = m.machine_id and source <> 'registration')
       and not exists (select from evidence e where e.machine_id = m.machine_id)`,
    [rows.map(({ machineId }) => machineId)],
  );
  await client.query(
    `update server s set linked_as = null from unnest($1::uuid[], $2::text[]) as m (customer_id, name)
     where s.customer_id = m.customer_id and lower(s.dns_name) = m.name`,
    columns(rows, ['customerId', 'name']),
  );
  return rows.length;
}

/** A machine that is known by the first label alone, the only one with it, gets the whole name of the server that enrolled. */
async function adopt(db: Db, servers: readonly ChangedServer[]): Promise<void> {
  await db.query(
    `with named as (
       select customer_id, split_part(name, '.', 1) as label, min(name) as name
       from unnest($1::uuid[], $2::text[]) as s (customer_id, name) group by 1, 2 having count(distinct name) = 1)
     update machine m set name = n.name from named n
     where m.customer_id = n.customer_id and m.name = n.label and n.name <> n.label and m.server_id is null
       and not exists (select from machine o where o.customer_id = n.customer_id and split_part(o.name, '.', 1) = n.label
         and o.machine_id <> m.machine_id)`,
    columns(servers, ['customerId', 'name']),
  );
}

async function addMissing(db: Db, servers: readonly ChangedServer[], at: Temporal.Instant): Promise<void> {
  await db.query(
    `insert into machine (machine_id, customer_id, name, added_at, changed_at)
     select gen_random_uuid(), customer_id, name, $3::timestamptz, $3::timestamptz
     from (select distinct customer_id, name from unnest($1::uuid[], $2::text[]) as s (customer_id, name)) s
     order by customer_id, name on conflict (customer_id, name) do nothing`,
    [...columns(servers, ['customerId', 'name']), sqlInstant(at)],
  );
}

/** A machine that another server has goes to this one when this one was seen later. */
async function link(db: Db, servers: readonly ChangedServer[]): Promise<void> {
  await db.query(
    `update machine m set server_id = s.server_id, registered = true from (
       select distinct on (c.customer_id, c.name) c.customer_id, c.name, server_id, last_seen
       from unnest($1::uuid[], $2::text[], $3::uuid[]) as c (customer_id, name, server_id) join server using (server_id)
       order by c.customer_id, c.name, last_seen desc, server_id) s
     where m.customer_id = s.customer_id and m.name = s.name and m.server_id is distinct from s.server_id
       and coalesce((select o.last_seen < s.last_seen from server o where o.server_id = m.server_id), true)`,
    columns(servers, ['customerId', 'name', 'serverId']),
  );
}

/** What each registration says of its machine. */
async function register(client: pg.PoolClient, servers: readonly ChangedServer[], at: Temporal.Instant): Promise<void> {
  const byServer = new Map(servers.map((server) => [server.serverId, server]));
  const { rows } = await client.query<{ machineId: string; name: string; serverId: string }>(
    'select machine_id as "machineId", name, server_id as "serverId" from machine where server_id = any($1::uuid[])',
    [[...byServer.keys()]],
  );
  const said = rows.flatMap((machine): SaidOfMachine[] => {
    const server = byServer.get(machine.serverId);
    return server ? [{ machine, statements: saidBy(server) }] : [];
  });
  await applyToMachines(client, said, { who: WHO, source: 'registration', at });
}

function saidBy({ osBuild, productType, model }: ChangedServer): readonly Said[] {
  if (osBuild === null) return [];
  const target = productType === null ? { osBuild } : { osBuild, productType };
  const hardware = model === null ? undefined : readStatementValue('model', model);
  return [
    { field: 'operatingSystem', value: operatingSystem(target) },
    { field: 'model', value: hardware?.ok ? hardware.value : null },
    { field: 'roles', value: productType === PRODUCT_TYPES['domain-controller'] ? ['domain-controller'] : null },
  ];
}

/** A server that comes to a machine of which others spoke before gets the plan and the owner's address that they named, where it has none. */
async function handOn(db: Db, servers: readonly ChangedServer[]): Promise<void> {
  await db.query(
    `update server s set plan = coalesce(s.plan, m.profile ->> 'window'),
       owner_mail = coalesce(s.owner_mail, m.profile -> 'owner' ->> 'contact')
     from machine m where m.server_id = s.server_id and s.server_id = any($1::uuid[])
       and ((s.plan is null and m.profile ? 'window') or (s.owner_mail is null and m.profile -> 'owner' ? 'contact'))`,
    [servers.map(({ serverId }) => serverId)],
  );
}

/** Not those that changed again meanwhile. */
async function markLinked(db: Db, servers: readonly ChangedServer[]): Promise<void> {
  await db.query(
    `update server s set linked_as = l.key from unnest($1::uuid[], $2::text[]) as l (server_id, key)
     where s.server_id = l.server_id and l.key = ${KEY}`,
    columns(servers, ['serverId', 'key']),
  );
}
