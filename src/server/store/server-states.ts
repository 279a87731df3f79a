import type pg from 'pg';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import { isRestartPending, type ServerState, type UnsettledUpdate } from '#domain/status/server-state.ts';
import { columns, sqlInstant, sqlInstantOrNull } from './parameter.ts';
import type { Db } from './pool.ts';

/** A server's state before and after some events. */
export interface StateChange {
  readonly serverId: string;
  readonly before: ServerState;
  readonly after: ServerState;
}

/** Locks servers until the transaction ends; the ids of those that there are. Always in the same order, so that two never wait for each other. */
export async function lockServers(client: pg.PoolClient, serverIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>({
    name: 'lock-servers',
    text: 'select server_id as id from server where server_id = any($1::uuid[]) order by server_id for no key update',
    values: [serverIds],
  });
  return new Set(rows.map(({ id }) => id));
}

/**
 * What is known of locked servers. A statement of its own, after the lock: one that waited would see joined rows as they were before the
 * wait.
 */
export async function loadStates(
  client: pg.PoolClient,
  serverIds: readonly string[],
): Promise<Map<string, ServerState>> {
  const servers = await loadServers(client, serverIds);
  const updates = Map.groupBy(await loadUpdates(client, serverIds), ({ serverId }) => serverId);
  return new Map(
    servers.map((row) => [
      row.serverId,
      {
        ...(row.lastSync ? { lastSync: row.lastSync } : {}),
        ...(row.lastDetection ? { lastDetection: row.lastDetection, lastSyncResult: row.lastSyncResult ?? 0 } : {}),
        ...(row.lastRestart ? { lastRestart: row.lastRestart } : {}),
        ...(row.at ? { status: { ...row, at: row.at } } : {}),
        updates: new Map(
          (updates.get(row.serverId) ?? []).map(({ updateId, serverId, ...known }) => [updateId, known]),
        ),
      },
    ]),
  );
}

interface StateRow {
  readonly serverId: string;
  readonly lastSync: Temporal.Instant | null;
  readonly lastDetection: Temporal.Instant | null;
  readonly lastSyncResult: number | null;
  readonly lastRestart: Temporal.Instant | null;
  /** Null: no status report yet; then what follows is null too. */
  readonly at: Temporal.Instant | null;
  readonly eventInstanceId: string;
  readonly installed: readonly UpdateId[];
  readonly applicable: number;
}

async function loadServers(db: Db, serverIds: readonly string[]): Promise<StateRow[]> {
  const { rows } = await db.query<StateRow>({
    name: 'load-states',
    text: `select s.server_id as "serverId", s.last_sync as "lastSync", s.last_detection as "lastDetection",
             s.last_sync_result as "lastSyncResult", s.last_restart as "lastRestart", t.at,
             t.event_instance_id as "eventInstanceId", t.installed, t.applicable
           from server s left join server_status t using (server_id) where s.server_id = any($1::uuid[])`,
    values: [serverIds],
  });
  return rows;
}

type UpdateRow = UnsettledUpdate & { readonly serverId: string; readonly updateId: UpdateId };

async function loadUpdates(db: Db, serverIds: readonly string[]): Promise<UpdateRow[]> {
  const { rows } = await db.query<UpdateRow>({
    name: 'load-server-updates',
    text: `select server_id as "serverId", update_id as "updateId", state, provisional, reported_at as "reportedAt", since
           from server_update where server_id = any($1::uuid[])`,
    values: [serverIds],
  });
  return rows;
}

/** Writes what changed. */
export async function saveStates(client: pg.PoolClient, changes: readonly StateChange[]): Promise<void> {
  await saveServers(client, changes);
  await saveStatus(
    client,
    changes.filter(({ before, after }) => before.status !== after.status),
  );
  await removeUpdates(client, changes.flatMap(goneUpdates));
  await saveUpdates(client, changes.flatMap(changedUpdates));
}

async function saveServers(db: Db, changes: readonly StateChange[]): Promise<void> {
  const rows = changes.map(({ serverId, after }) => ({
    serverId,
    lastSync: sqlInstantOrNull(after.lastSync),
    lastDetection: sqlInstantOrNull(after.lastDetection),
    lastSyncResult: after.lastSyncResult,
    lastStatus: sqlInstantOrNull(after.status?.at),
    lastRestart: sqlInstantOrNull(after.lastRestart),
    pendingRestart: isRestartPending(after),
  }));
  await db.query({
    name: 'save-servers',
    text: `update server s set last_sync = n.last_sync, last_detection = n.last_detection,
             last_sync_result = n.last_sync_result, last_status = n.last_status, last_restart = n.last_restart,
             pending_restart = n.pending_restart
           from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::int[], $5::timestamptz[], $6::timestamptz[],
             $7::boolean[])
             as n (server_id, last_sync, last_detection, last_sync_result, last_status, last_restart, pending_restart)
           where s.server_id = n.server_id`,
    values: columns(rows, [
      'serverId',
      'lastSync',
      'lastDetection',
      'lastSyncResult',
      'lastStatus',
      'lastRestart',
      'pendingRestart',
    ]),
  });
}

async function saveStatus(db: Db, changes: readonly StateChange[]): Promise<void> {
  const rows = changes.flatMap(({ serverId, after: { status } }) =>
    status ? [{ ...status, serverId, at: sqlInstant(status.at), installed: `{${status.installed.join(',')}}` }] : [],
  );
  if (rows.length === 0) return;
  await db.query({
    name: 'save-status',
    text: `insert into server_status (server_id, customer_id, at, event_instance_id, installed, applicable)
           select s.server_id, s.customer_id, n.at, n.event_instance_id, n.installed::uuid[], n.applicable
           from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::int[])
             as n (server_id, at, event_instance_id, installed, applicable) join server s using (server_id)
           on conflict (server_id) do update set customer_id = excluded.customer_id, at = excluded.at,
             event_instance_id = excluded.event_instance_id, installed = excluded.installed,
             applicable = excluded.applicable`,
    values: columns(rows, ['serverId', 'at', 'eventInstanceId', 'installed', 'applicable']),
  });
}

type Key = Pick<UpdateRow, 'serverId' | 'updateId'>;

function goneUpdates({ serverId, before, after }: StateChange): Key[] {
  const gone = [...before.updates.keys()].filter((updateId) => !after.updates.has(updateId));
  return gone.map((updateId) => ({ serverId, updateId }));
}

function changedUpdates({ serverId, before, after }: StateChange): UpdateRow[] {
  return [...after.updates]
    .filter(([updateId, known]) => before.updates.get(updateId) !== known)
    .map(([updateId, known]) => ({ serverId, updateId, ...known }));
}

async function removeUpdates(db: Db, gone: readonly Key[]): Promise<void> {
  if (gone.length === 0) return;
  await db.query({
    name: 'remove-server-updates',
    text: `delete from server_update u using unnest($1::uuid[], $2::uuid[]) as g (server_id, update_id)
           where u.server_id = g.server_id and u.update_id = g.update_id`,
    values: columns(gone, ['serverId', 'updateId']),
  });
}

async function saveUpdates(db: Db, updates: readonly UpdateRow[]): Promise<void> {
  if (updates.length === 0) return;
  const rows = updates.map((row) => ({ ...row, reportedAt: sqlInstant(row.reportedAt), since: sqlInstant(row.since) }));
  await db.query({
    name: 'save-server-updates',
    text: `insert into server_update (server_id, customer_id, update_id, state, provisional, reported_at, since)
           select s.server_id, s.customer_id, n.update_id, n.state, n.provisional, n.reported_at, n.since
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::boolean[], $5::timestamptz[], $6::timestamptz[])
             as n (server_id, update_id, state, provisional, reported_at, since) join server s using (server_id)
           on conflict (server_id, update_id) do update set customer_id = excluded.customer_id, state = excluded.state,
             provisional = excluded.provisional, reported_at = excluded.reported_at, since = excluded.since`,
    values: columns(rows, ['serverId', 'updateId', 'state', 'provisional', 'reportedAt', 'since']),
  });
}
