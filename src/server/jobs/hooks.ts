import type pg from 'pg';
import type { Clock } from '#server/clock.ts';
import { callHook, type HookAnswer } from '#server/integrations/hooks/call.ts';
import type { Secrets } from '#server/secrets.ts';
import {
  endHookCall,
  type HookCall,
  type HookCallEnd,
  settleHookRuns,
  takeHookCall,
} from '#server/store/hook-calls.ts';
import { inTransaction } from '#server/store/pool.ts';
import { appendRecord } from '#server/store/record.ts';

export interface HookCallsOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly wallNow: () => Temporal.Instant;
}

/** Calls hooks beside everything else. */
export interface HookCalls {
  /** Begins what is due at an instant, and waits a little for it; what takes longer goes on by itself. */
  run(at: Temporal.Instant): Promise<void>;
  close(): Promise<void>;
}

/** Minutes before the second attempt, the third, …; the last one for all that follow. */
const WAITS = [1, 2, 5, 15, 60] as const;
/** Calls under way at a time. */
const LANES = 8;
/** The sweeps that come after it are not held up by one that does not answer. */
const PATIENCE_MS = 5_000;

/** Makes the calls that hooks wait for, some at a time, and notes how they ended. */
export function keepHookCalls(options: HookCallsOptions): HookCalls {
  const stopping = new AbortController();
  const lanes = new Set<Promise<void>>();

  async function lane(beginAnother: () => void): Promise<void> {
    while (!stopping.signal.aborted) {
      const call = await takeHookCall(options.pool, options.wallNow());
      if (!call) return;
      beginAnother();
      const answer = await made(options, call, stopping.signal);
      if (!stopping.signal.aborted) await note(options, call, answer); // who was stopped is called again
    }
  }
  return {
    async run(at) {
      await settleHookRuns(options.pool, at);
      const begun: Promise<void>[] = [];
      const begin = () => {
        if (lanes.size >= LANES) return;
        const one: Promise<void> = lane(begin).finally(() => lanes.delete(one));
        one.catch(() => undefined); // told of by `all`, or made up for by the next run
        lanes.add(one);
        begun.push(one);
      };
      begin();
      const all = allOf(begun);
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, PATIENCE_MS);
      await Promise.race([all, patience.promise]).finally(() => clearTimeout(timer));
      all.catch(() => undefined); // a lane that breaks off later is made up for by the next run
    },
    async close() {
      stopping.abort();
      await Promise.allSettled(lanes);
    },
  };
}

/** Waits for some, and for those that come to them meanwhile. */
async function allOf(growing: readonly Promise<void>[]): Promise<void> {
  for (const one of growing) await one;
}

async function made({ secrets, wallNow }: HookCallsOptions, call: HookCall, signal: AbortSignal): Promise<HookAnswer> {
  const secret = call.secret === null ? undefined : secrets.open(call.secret);
  if (secret === undefined) return { ok: false, error: 'its secret was sealed with another secrets.key' };
  if (call.url === null) return { ok: false, error: `it has no address to call ${call.step} a turn any more` };
  const { hookRunId, hook, step, customer, campaign, serverId, server, attempt, reference, member } = call;
  return callHook({
    ...{ url: call.url, secret, timeoutSeconds: call.timeoutSeconds, now: wallNow(), signal },
    idempotencyKey: `${hookRunId}-${step}`,
    body: {
      ...{ hook, step, run: hookRunId, attempt, customer, campaign },
      server: { id: serverId, name: server },
      ...(reference === null ? {} : { reference }),
      ...(step === 'after' ? { outcome: member === 'verified' ? 'verified' : 'not-verified' } : {}),
    },
  });
}

async function note({ pool, clock, wallNow }: HookCallsOptions, call: HookCall, answer: HookAnswer): Promise<void> {
  const at = clock.now();
  const end = endOf(call, answer, at, wallNow());
  await inTransaction(pool, async (client) => {
    if (!(await endHookCall(client, call, end)) || end.state === 'again') return;
    const { customerId, hook, hookRunId, serverId, server, step, campaign, attempt } = call;
    const facts = {
      hook,
      step,
      campaign,
      attempt,
      ...('error' in end ? { error: end.error } : { reference: end.reference }),
    };
    const subject = { run: hookRunId, server: serverId, dnsName: server };
    const what = end.state === 'failed' ? 'hook.failed' : 'hook.done';
    await appendRecord(client, [{ at, clock: clock.kind, who: `hook ${hook}`, what, subject, facts, customerId }]);
  });
}

function endOf(call: HookCall, answer: HookAnswer, at: Temporal.Instant, wall: Temporal.Instant): HookCallEnd {
  if (answer.ok) {
    const { ok: _ok, ...reference } = answer;
    return { state: call.step === 'before' && call.hasAfter ? 'open' : 'done', at, ...reference };
  }
  const { error } = answer;
  if (call.attempt >= call.mostAttempts) return { state: 'failed', error };
  const minutes = WAITS[Math.min(call.attempt, WAITS.length) - 1] ?? 1;
  return { state: 'again', error, nextAttempt: wall.add({ minutes }) };
}
