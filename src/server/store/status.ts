import type pg from 'pg';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Json } from '#domain/evidence/canonical-json.ts';
import type { UpdateState } from '#domain/status/event-state.ts';
import { applyEvents, type StateEvent } from '#domain/status/server-state.ts';
import { isStatusList, readStatusReport } from '#domain/status/status-report.ts';
import { columns, sqlInstant, sqlJson } from './parameter.ts';
import { type Db, inTransaction } from './pool.ts';
import { loadStates, lockServers, saveStates } from './server-states.ts';

/** What an agent reported ([MS-WUSP] 2.2.2.3), as far as it is kept. */
export interface AgentEvent {
  readonly eventInstanceId: string;
  readonly serverId: string;
  readonly eventId: number;
  /** Absent: the event is about the machine. */
  readonly updateId?: UpdateId;
  readonly revisionNumber?: number;
  /** HRESULT as a signed 32-bit number. */
  readonly hresult: number;
  readonly timeAtTarget: Temporal.Instant;
  readonly receivedAt: Temporal.Instant;
  /** `tag=value` each; the lists of a status report become state and are not kept a second time. */
  readonly miscData: readonly string[];
  /** Whatever else it said. */
  readonly details: { readonly [member: string]: Json };
}

export interface AppliedEvents {
  readonly stored: number;
  /** Events that had been stored before, or stood twice in the batch. */
  readonly repeated: number;
  /** Events of servers that are not known (any more). */
  readonly unknown: number;
}

const STATUS_REPORT = 156;

/**
 * Stores events and applies those that are new to what is known of their servers, in one transaction. An event that comes again changes
 * nothing, and the order in which events come does not matter. `alongside` gets those that are new, in the same transaction.
 */
export function applyAgentEvents(
  pool: pg.Pool,
  events: readonly AgentEvent[],
  alongside: (client: pg.PoolClient, fresh: readonly AgentEvent[]) => Promise<void> = async () => undefined,
): Promise<AppliedEvents> {
  const read = [...new Map(events.map((event) => [event.eventInstanceId, event])).values()]
    .sort((a, b) => (a.eventInstanceId < b.eventInstanceId ? -1 : 1)) // two transactions must not wait for each other
    .map((event) => ({ event, state: stateEvent(event) }));
  return inTransaction(pool, async (client) => {
    const known = await lockServers(client, [...new Set(read.map(({ event }) => event.serverId))]);
    const fromKnown = read.filter(({ event }) => known.has(event.serverId));
    const stored = await insertEvents(client, fromKnown.map(eventRow));
    const fresh = fromKnown.filter(({ event }) => stored.has(event.eventInstanceId));
    const perServer = Map.groupBy(fresh, ({ event }) => event.serverId);
    const before = await loadStates(client, [...perServer.keys()]);
    const after = [...before].map(([serverId, state]) => ({
      serverId,
      before: state,
      after: applyEvents(state, perServer.get(serverId)?.map((one) => one.state) ?? []),
    }));
    await saveStates(client, after);
    if (fresh.length > 0)
      await alongside(
        client,
        fresh.map(({ event }) => event),
      );
    const unknown = read.length - fromKnown.length;
    return { stored: stored.size, repeated: events.length - stored.size - unknown, unknown };
  });
}

function stateEvent(event: AgentEvent): StateEvent & { readonly ignored?: number } {
  const { eventInstanceId, eventId, hresult, updateId, timeAtTarget, receivedAt } = event;
  const early = Temporal.Instant.compare(timeAtTarget, receivedAt) <= 0 ? timeAtTarget : receivedAt;
  const at = Temporal.Instant.from(sqlInstant(early)); // compared with instants that were kept
  return {
    eventInstanceId,
    eventId,
    hresult,
    at,
    ...(updateId === undefined ? {} : { updateId }),
    ...(eventId === STATUS_REPORT ? readStatusReport(event.miscData) : {}),
  };
}

/** What agents send stays far below; more is a stranger who fills the table. */
const MOST_DATA = 64;
const LONGEST_DATUM = 500;

/** A text of an agent as it is kept: its beginning. */
export function shortened(text: string): string {
  return text.slice(0, LONGEST_DATUM);
}

/** The row of an event. Of a status report's lists only the counts are kept. */
function eventRow({ event, state }: { event: AgentEvent; state: ReturnType<typeof stateEvent> }) {
  const miscData = event.miscData
    .filter((datum) => !isStatusList(datum))
    .slice(0, MOST_DATA)
    .map(shortened);
  const lists = state.states && {
    states: Object.fromEntries(
      Map.groupBy(state.states.values(), (one) => one)
        .entries()
        .map(([name, all]) => [name, all.length]),
    ),
    ignored: state.ignored,
  };
  return {
    ...event,
    timeAtTarget: sqlInstant(event.timeAtTarget),
    receivedAt: sqlInstant(event.receivedAt),
    details: sqlJson({ ...event.details, miscData, ...lists }),
  };
}

/** Returns the ids of the events that were not there before. */
async function insertEvents(db: Db, rows: readonly ReturnType<typeof eventRow>[]): Promise<Set<string>> {
  const inserted = await db.query<{ id: string }>({
    name: 'insert-events',
    text: `insert into event (event_instance_id, server_id, customer_id, event_id, update_id, revision_number, hresult,
             time_at_target, received_at, details)
           select e.id, s.server_id, s.customer_id, e.event_id, e.update_id, e.revision_number, e.hresult,
             e.time_at_target, e.received_at, e.details
           from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::int[], $6::int[], $7::timestamptz[],
             $8::timestamptz[], $9::jsonb[]) with ordinality
             as e (id, server_id, event_id, update_id, revision_number, hresult, time_at_target, received_at, details, place)
           join server s using (server_id) order by e.place
           on conflict (event_instance_id) do nothing returning event_instance_id as id`,
    values: columns(rows, [
      'eventInstanceId',
      'serverId',
      'eventId',
      'updateId',
      'revisionNumber',
      'hresult',
      'timeAtTarget',
      'receivedAt',
      'details',
    ]),
  });
  return new Set(inserted.rows.map(({ id }) => id));
}

/** The latest status report of a server. */
export interface StatusRow {
  readonly serverId: string;
  readonly at: Temporal.Instant;
  readonly installed: readonly UpdateId[];
  readonly applicable: number;
}

/** The latest status reports of these servers; none for a server that has not sent one. */
export async function findStatus(db: Db, serverIds: readonly string[]): Promise<StatusRow[]> {
  const { rows } = await db.query<StatusRow>({
    name: 'find-status',
    text: `select server_id as "serverId", at, installed, applicable from server_status
           where server_id = any($1::uuid[])`,
    values: [serverIds],
  });
  return rows;
}

/** An update that is not settled on a server. */
export interface ServerUpdateRow {
  readonly serverId: string;
  readonly updateId: UpdateId;
  readonly state: UpdateState;
  readonly provisional: boolean;
  readonly reportedAt: Temporal.Instant;
  readonly since: Temporal.Instant;
  /** The latest error that the agent told of for this update, whatever its state is now. */
  readonly hresult: number | null;
}

const UNSETTLED = `select u.server_id as "serverId", u.update_id as "updateId", u.state, u.provisional,
    u.reported_at as "reportedAt", u.since, f.hresult
  from server_update u left join lateral (
    select e.hresult from event e where e.server_id = u.server_id and e.update_id = u.update_id and e.hresult < 0
    order by e.time_at_target desc limit 1) f on true`;

/** What is not settled on a server. */
export async function listServerUpdates(db: Db, serverId: string): Promise<ServerUpdateRow[]> {
  const { rows } = await db.query<ServerUpdateRow>({
    name: 'list-server-updates',
    text: `${UNSETTLED} where u.server_id = $1 order by u.update_id`,
    values: [serverId],
  });
  return rows;
}

/** The servers on which an update is not settled, by id after `after`, at most `limit`. */
export async function listServersOfUpdate(
  db: Db,
  updateId: UpdateId,
  after: string | undefined,
  limit: number,
): Promise<ServerUpdateRow[]> {
  const { rows } = await db.query<ServerUpdateRow>(
    `${UNSETTLED} where u.update_id = $1 and ($2::uuid is null or u.server_id > $2) order by u.server_id limit $3`,
    [updateId, after, limit],
  );
  return rows;
}

/** How many servers, of one customer or of all, are in which state for which update. */
export async function countUpdateStates(
  db: Db,
  customerId?: string,
): Promise<{ readonly updateId: UpdateId; readonly state: UpdateState; readonly servers: number }[]> {
  const { rows } = await db.query<{ updateId: UpdateId; state: UpdateState; servers: number }>(
    `select update_id as "updateId", state, count(*) as servers from server_update
     where $1::uuid is null or customer_id = $1 group by update_id, state order by update_id, state`,
    [customerId],
  );
  return rows;
}
