import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { visitBefore } from '#domain/fleet/visit.ts';
import { isBefore, later } from '#domain/instants.ts';
import { eventEffect } from '#domain/status/event-state.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { standingOf } from '#server/facts/standing.ts';
import { listLooping } from '#server/store/scanning-server.ts';
import type { ServerRow } from '#server/store/servers.ts';
import { findStatus, listServerUpdates, type ServerUpdateRow, type StatusRow } from '#server/store/status.ts';
import { listUpdateEvents } from '#server/store/update-views.ts';

/** Everything that a server's agent last said; claims, the best there are. */
export interface AgentsWord {
  readonly status: StatusRow | undefined;
  readonly installed: ReadonlySet<UpdateId>;
  /** What is not settled as installed by a status report. */
  readonly updates: ReadonlyMap<UpdateId, ServerUpdateRow>;
}

/** A server as the decision knows it, and what its agent said. */
export interface KnownServer {
  readonly row: ServerRow;
  readonly server: ServerFacts;
  readonly word: AgentsWord;
}

/** Reads what is known of a server, the same facts that a scan decides by. */
export async function knownServer(
  { pool, keeper }: ApiDeps,
  row: ServerRow,
  at: Temporal.Instant,
): Promise<KnownServer> {
  const [[status], updates, looping] = await Promise.all([
    findStatus(pool, [row.serverId]),
    listServerUpdates(pool, row.serverId),
    listLooping(pool, row.serverId, at),
  ]);
  const before = visitBefore(row, at);
  const installed = new Set(status?.installed);
  const word = { status, installed, updates: new Map(updates.map((update) => [update.updateId, update])) };
  const failed = new Set(updates.filter(({ state }) => state === 'failed').map(({ updateId }) => updateId));
  const reported = { installed, failed, looping: new Set(looping), ...(before ? { visitBefore: before } : {}) };
  const directory = keeper.directory();
  const server = directory.serverFacts(row, reported);
  const [known = server] = await standingOf(pool, directory, [server], at);
  return { row, word, server: known };
}

/**
 * Whether an agent that did not name an update can have meant that it does not apply: its last status report is younger than the
 * update's import, and than its publication, before which no client is told of it.
 */
export function couldSay(
  status: StatusRow | undefined,
  { published }: Revision,
  imported: Temporal.Instant | undefined,
): status is StatusRow {
  return status !== undefined && imported !== undefined && isBefore(later(imported, published), status.at);
}

/**
 * When the agent told that it had installed an update, whether a restart was still to come or not; undefined when it never did, or it was
 * there before.
 */
export async function installedAt(
  { pool }: ApiDeps,
  serverId: string,
  updateId: UpdateId,
): Promise<Temporal.Instant | undefined> {
  const events = await listUpdateEvents(pool, serverId, updateId);
  return events.find(({ eventId, hresult }) => {
    const effect = eventEffect(eventId, hresult);
    return effect.kind === 'update' && (effect.state === 'installed' || effect.state === 'pending-restart');
  })?.at;
}
