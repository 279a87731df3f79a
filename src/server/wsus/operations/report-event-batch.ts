import { createHash } from 'node:crypto';
import { type RecordEntry, SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import type { ReportingEvent } from '#protocol/wusp/types.ts';
import { appendRecord } from '#server/store/record.ts';
import { type AgentEvent, applyAgentEvents, shortened } from '#server/store/status.ts';
import { Refusal } from '#server/wsus/fault.ts';
import { loadServer } from '#server/wsus/server.ts';
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
  const server = await loadServer(service, session);
  const own = request.eventBatch.filter(
    ({ basicData }) => basicData.sid.toLowerCase() === session.clientId.toLowerCase(),
  );
  const events = own.map((event) => agentEvent(event, server.serverId, caller.at));
  await applyAgentEvents(service.pool, events, (client, fresh) =>
    appendRecord(client, [entry(service, server, fresh, caller.at)]),
  );
  return { operation: 'ReportEventBatch', accepted: true };
};

/** What goes to the record: every event that is new, and of the lists of a status report their digest, since they can be long. */
function entry(
  service: WsusService,
  server: ServerFacts,
  fresh: readonly AgentEvent[],
  at: Temporal.Instant,
): RecordEntry {
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
    clock: service.clock,
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
