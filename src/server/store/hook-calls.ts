import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** A call that is to be made now, with what it needs. */
export interface HookCall {
  readonly hookRunId: string;
  readonly customerId: string;
  readonly customer: string;
  readonly hook: string;
  readonly step: 'before' | 'after';
  readonly serverId: string;
  readonly server: string;
  readonly campaign: string;
  /** Where the server is in the campaign; null: no longer in it. */
  readonly member: string | null;
  /** Null: the hook has no such step any more. */
  readonly url: string | null;
  /** Whether something stays open after the first step. */
  readonly hasAfter: boolean;
  readonly timeoutSeconds: number;
  /** How many there may be, this one counted, and which one it is. */
  readonly mostAttempts: number;
  readonly attempt: number;
  readonly reference: string | null;
  readonly secret: Uint8Array | null;
}

/** So much longer than its patience a call is nobody else's: who dies in between is made up for then. */
const LEASE_SECONDS = 60;

/**
 * Takes the call that has waited longest of those due at a wall time; it counts as made. Of two processes only one gets it; when that one dies,
 * another takes it after a while, so that the other side may be called twice for the same step.
 */
export async function takeHookCall(db: Db, wall: Temporal.Instant): Promise<HookCall | undefined> {
  const { rows } = await db.query<HookCall>(
    `with due as (
       select r.hook_run_id, h.definition from hook_run r join hook h using (hook_id)
       where r.state in ('before', 'after') and r.next_attempt <= $1 order by r.next_attempt limit 1 for update of r skip locked),
     taken as (
       update hook_run r set attempts = attempts + 1,
         next_attempt = $1::timestamptz + make_interval(secs => (due.definition ->> 'timeoutSeconds')::int + $2)
       from due where r.hook_run_id = due.hook_run_id returning r.*)
     select t.hook_run_id as "hookRunId", h.customer_id as "customerId", cu.name as customer, h.name as hook, t.state as step,
       t.server_id as "serverId", s.dns_name as server, c.cycle || ' #' || c.number as campaign, m.state as member,
       h.definition ->> t.state as url, h.definition ? 'after' as "hasAfter", (h.definition ->> 'timeoutSeconds')::int as "timeoutSeconds",
       (h.definition ->> 'attempts')::int as "mostAttempts", t.attempts as attempt, t.reference, h.secret
     from taken t join hook h using (hook_id) join customer cu using (customer_id) join server s on s.server_id = t.server_id
     join campaign c on c.campaign_id = t.campaign_id
     left join campaign_server m on m.campaign_id = t.campaign_id and m.server_id = t.server_id`,
    [sqlInstant(wall), LEASE_SECONDS],
  );
  return rows[0];
}

/** How a call ended. */
export type HookCallEnd =
  | { readonly state: 'open' | 'done'; readonly at: Temporal.Instant; readonly reference?: string }
  | { readonly state: 'failed'; readonly error: string }
  | { readonly state: 'again'; readonly error: string; readonly nextAttempt: Temporal.Instant };

/**
 * Notes how a call ended; false when another process has taken it over meanwhile. A first step that went well while its campaign ended counts:
 * what it opened is to be closed.
 */
export async function endHookCall(db: Db, call: HookCall, end: HookCallEnd): Promise<boolean> {
  const [state, opened] =
    end.state === 'open' || end.state === 'done'
      ? [end.state, call.step === 'before']
      : [end.state === 'failed' ? 'failed' : call.step, false];
  const at = 'at' in end ? sqlInstant(end.at) : null;
  const { rowCount } = await db.query(
    `update hook_run set state = $4, opened_at = case when $5::boolean then $6::timestamptz else opened_at end,
       closed_at = case $4 when 'done' then $6::timestamptz end, reference = coalesce($7::text, reference), last_error = $8::text,
       next_attempt = coalesce($9::timestamptz, next_attempt), attempts = case when $6::timestamptz is null then attempts else 0 end
     where hook_run_id = $1 and attempts = $3 and (state = $2 or ($5::boolean and state = 'done' and opened_at is null))`,
    [
      ...[call.hookRunId, call.step, call.attempt, state, opened, at],
      'reference' in end ? end.reference : null,
      'error' in end ? end.error : null,
      'nextAttempt' in end ? sqlInstant(end.nextAttempt) : null,
    ],
  );
  return rowCount === 1;
}

/**
 * Lets the second step of runs come that are due at an instant: so many hours after the server was verified, or needed nothing, or its
 * campaign ended, which is all that counts for a server that was taken out of it. What was not begun for a campaign that has ended is not
 * begun any more.
 */
export async function settleHookRuns(db: Db, at: Temporal.Instant): Promise<void> {
  await db.query(
    `update hook_run r set state = 'after', attempts = 0, next_attempt = '-infinity', last_error = null
     from hook_run o join hook h using (hook_id) join campaign c using (campaign_id)
       left join campaign_server m using (campaign_id, server_id)
     where o.state = 'open' and r.hook_run_id = o.hook_run_id and r.state = 'open'
       and least(case m.state when 'verified' then m.verified_at when 'not-needed' then m.looked_at end, c.ended_at)
         <= $1::timestamptz - make_interval(hours => (h.definition ->> 'afterHours')::int)`,
    [sqlInstant(at)],
  );
  await db.query(
    `update hook_run r set state = 'done', closed_at = $1 from campaign c
     where r.state = 'before' and c.campaign_id = r.campaign_id and c.ended_at is not null`,
    [sqlInstant(at)],
  );
}
