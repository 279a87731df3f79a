import type { ReportingEvent } from '#protocol/wusp/types.ts';
import type { AgentContext } from './agent-context.ts';
import { converse } from './conversation.ts';
import { WU_E_PT_SOAP_SERVER } from './hresults.ts';
import { ownTime } from './own-clock.ts';
import type { CallFailure } from './service-call.ts';

/** Events of one ReportEventBatch. */
const MAX_BATCH = 100;

/**
 * Sends waiting events, oldest first. Only those of an acknowledged batch leave the queue: anything else is sent again later, with
 * the same instance ids. Undefined when the queue is empty.
 */
export async function flushEvents(
  agent: AgentContext,
  at: Temporal.Instant,
  queue: ReportingEvent[],
): Promise<CallFailure | undefined> {
  while (queue.length > 0) {
    const eventBatch = queue.slice(0, MAX_BATCH);
    const result = await converse<'ReportEventBatch'>(agent, at, agent.policy.wuStatusServer, (cookie) => ({
      operation: 'ReportEventBatch',
      cookie,
      clientTime: ownTime(agent, at),
      eventBatch,
    }));
    if (!result.ok) return result;
    if (!result.response.accepted) {
      return { ok: false, hresult: WU_E_PT_SOAP_SERVER, message: 'ReportEventBatch: not accepted' };
    }
    queue.splice(0, eventBatch.length);
  }
  return undefined;
}
