import { createHash } from 'node:crypto';
import type pg from 'pg';
import { memoised } from '#domain/catalogue/memo.ts';
import { type RecordEntry, SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import type { ReportingEvent } from '#protocol/wusp/types.ts';
import { grouped } from '#server/store/grouped.ts';
import { appendRecord } from '#server/store/record.ts';
import { findReporters, type Reporter } from '#server/store/reporters.ts';
import { type AgentEvent, applyAgentEvents, shortened } from '#server/store/status.ts';
import { Refusal } from '#server/wsus/fault.ts';
import type { WsusService, WuspHandler } from '#server/wsus/service.ts';
import { sessionOf } from '#server/wsus/session.ts';

/** Replacement strings that are kept of one event; agents send one or two. */
const MOST_STRINGS = 16;
/** Agents send a handful; more at once is refused whole, and the client keeps its events. */
const MOST_EVENTS = 1_000;

/**
 * ReportEventBatch ([MS-WUSP] 3.1.5.12): what the agent says happened. `true` is answered only after the events are durable, and the
 * same event twice counts once. Events that name another computer than the cookie's are dropped and counted.
 */
export const reportEventBatch: WuspHandler<'ReportEventBatch'> = async (service, request, caller) => {
  const session = sessionOf(service, request.cookie, caller.at);
  if (request.eventBatch.length > MOST_EVENTS) throw new Refusal('InvalidParameters', 'parameters.eventBatch');
  const server = await reportersOf(service.pool)(session.serverId);
  if (!server) throw new Refusal('InvalidCookie'); // authorizing itself anew makes it known again
  if (!server.isRegistered) throw new Refusal('RegistrationRequired');
  const own = request.eventBatch.filter(
    ({ basicData }) => basicData.sid.toLowerCase() === session.clientId.toLowerCase(),
  );
  const events = own.map((event) => agentEvent(event, server.serverId, caller.at));
  if (events.length > 0) await reportsTo(service.pool)({ server, events, at: caller.at, clock: service.clock });
  return { operation: 'ReportEventBatch', accepted: true };
};

/** What one request brought. */
interface Report extends Pick<WsusService, 'clock'> {
  readonly server: Reporter;
  readonly events: readonly AgentEvent[];
  readonly at: Temporal.Instant;
}

/** Who reports, looked up together where many do at once. */
const reportersOf = memoised((pool: pg.Pool) =>
  grouped<string, Reporter | undefined>((ids) => findReporters(pool, ids), { most: 100, lanes: 1 }),
);

/** Reports that come at the same time are stored, and become durable, together: the chain of a customer has one end to add to. */
const reportsTo = memoised((pool: pg.Pool) =>
  grouped<Report, undefined>((reports) => store(pool, reports), { most: 64, lanes: 2 }),
);

async function store(pool: pg.Pool, reports: readonly Report[]): Promise<undefined[]> {
  const events = reports.flatMap((report) => report.events);
  await applyAgentEvents(pool, events, async (client, fresh) => {
    const isFresh = new Set(fresh);
    const entries = reports.flatMap((report) => {
      const own = report.events.filter((event) => isFresh.has(event));
      return own.length === 0 ? [] : [entry(report, own)];
    });
    await appendRecord(client, entries);
  });
  return [];
}

/** What goes to the record: every event that is new, and of the lists of a status report their digest, since they can be long. */
function entry({ server, at, clock }: Report, fresh: readonly AgentEvent[]): RecordEntry {
  const events = fresh.map(({ eventInstanceId, eventId, updateId, hresult, timeAtTarget, miscData }) => ({
    event: eventInstanceId,
    id: eventId,
    update: updateId ?? null,
    result: hresult,
    at: timeAtTarget.toString(),
    said: createHash('sha256').update(miscData.join('\n')).digest('hex'),
  }));
  return {
    customerId: server.customerId ?? SERVICE_CHAIN,
    at,
    clock,
    who: `agent ${server.serverId}`,
    what: 'report',
    subject: { serverId: server.serverId },
    facts: { events },
  };
}

function agentEvent(
  { basicData, extendedData }: ReportingEvent,
  serverId: string,
  receivedAt: Temporal.Instant,
): AgentEvent {
  const { eventInstanceId, eventId, update, win32HResult, timeAtTarget, sourceId, appName } = basicData;
  return {
    eventInstanceId,
    serverId,
    eventId,
    hresult: win32HResult,
    timeAtTarget,
    receivedAt,
    miscData: extendedData?.miscData ?? [],
    details: {
      sourceId,
      appName: appName ?? null,
      strings: (extendedData?.replacementStrings ?? []).slice(0, MOST_STRINGS).map(shortened),
    },
    ...(update ? { updateId: update.updateId, revisionNumber: update.revisionNumber } : {}),
  };
}
