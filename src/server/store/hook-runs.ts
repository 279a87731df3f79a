import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Tier } from '#domain/fleet/inventory.ts';
import { type Hook, type HookRun, type HookRunState, hookHold, isClosed, isFor } from '#domain/readiness/hook.ts';
import type { Held } from '#domain/rollout/campaign.ts';
import { listHooksOfCampaign } from './hooks.ts';
import { columns, sqlInstant, sqlInstantOrNull } from './parameter.ts';
import type { Db } from './pool.ts';

/** The other side has something open, or may have. */
const OPEN = `(state in ('before', 'open', 'after') or (state = 'failed' and opened_at is not null))`;

/** Servers that get no turn in a campaign yet, since a hook of their customer has not done its first step for them, and why. */
export async function listHookHolds(
  db: Db,
  campaignId: string,
  serverIds: readonly string[],
): Promise<Map<string, Held>> {
  const hooks = await listHooksOfCampaign(db, campaignId);
  if (hooks.length === 0) return new Map();
  const { of, open } = await standing(db, campaignId, serverIds, hooks);
  return new Map(
    serverIds.flatMap((serverId): [string, Held][] => {
      const { hooks: own, runs } = of(serverId);
      const hold = hookHold(own, runs, open);
      return hold ? [[serverId, hold]] : [];
    }),
  );
}

/**
 * Asks the hooks of these servers for their first step, where that has not happened, or what it opened is closed again: the first servers first, as many as each hook may have
 * open. To be called inside a transaction.
 */
export async function askHooks(
  client: pg.PoolClient,
  campaignId: string,
  serverIds: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  const hooks = await listHooksOfCampaign(client, campaignId, true);
  if (hooks.length === 0) return;
  const { of, open } = await standing(client, campaignId, serverIds, hooks);
  const asked = hooks.flatMap((hook) => {
    const without = serverIds.filter((id) => {
      const own = of(id);
      const run = own.runs.get(hook.hookId);
      return own.hooks.includes(hook) && (!run || isClosed(hook, run));
    });
    const free = Math.max(0, hook.mostOpen - (open.get(hook.hookId) ?? 0));
    return without.slice(0, free).map((serverId) => ({ hookRunId: randomUUID(), hookId: hook.hookId, serverId }));
  });
  await client.query({
    name: 'ask-hooks',
    text: `insert into hook_run as r (hook_run_id, hook_id, campaign_id, server_id, state, asked_at, next_attempt)
           select run, hook, $4, server, 'before', $5, '-infinity' from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as n (run, hook, server)
           on conflict (hook_id, campaign_id, server_id) do update set hook_run_id = excluded.hook_run_id, state = 'before',
             asked_at = excluded.asked_at, opened_at = null, closed_at = null, attempts = 0, next_attempt = '-infinity', reference = null,
             last_error = null
           where r.state = 'done'`,
    values: [...columns(asked, ['hookRunId', 'hookId', 'serverId']), campaignId, sqlInstant(at)],
  });
}

/** What is known of these servers and of the hooks that are for them. */
async function standing(db: Db, campaignId: string, serverIds: readonly string[], hooks: readonly Hook[]) {
  const hookIds = hooks.map(({ hookId }) => hookId);
  const [tiers, runs, counts] = [
    await db.query<{ serverId: string; tier: Tier }>({
      name: 'list-tiers',
      text: `select server_id as "serverId", profile ->> 'tier' as tier from machine where server_id = any($1::uuid[]) and profile ? 'tier'`,
      values: [serverIds],
    }),
    await db.query<HookRun & { readonly serverId: string; readonly lastError: string | null }>({
      name: 'list-hook-runs-of-servers',
      text: `select server_id as "serverId", hook_id as "hookId", state, opened_at is not null as "isOpened", attempts,
               last_error as "lastError"
             from hook_run where campaign_id = $1 and server_id = any($2::uuid[]) and hook_id = any($3::uuid[])`,
      values: [campaignId, serverIds, hookIds],
    }),
    await db.query<{ hookId: string; open: number }>({
      name: 'count-open-hook-runs',
      text: `select hook_id as "hookId", count(*) as open from hook_run where hook_id = any($1::uuid[]) and ${OPEN} group by hook_id`,
      values: [hookIds],
    }),
  ];
  const tierOf = new Map(tiers.rows.map(({ serverId, tier }) => [serverId, tier]));
  const runsOf = Map.groupBy(runs.rows, ({ serverId }) => serverId);
  return {
    open: new Map(counts.rows.map(({ hookId, open }) => [hookId, open])),
    of: (serverId: string) => ({
      hooks: hooks.filter((hook) => isFor(hook, tierOf.get(serverId))),
      runs: new Map(
        (runsOf.get(serverId) ?? []).map(({ lastError, ...run }): [string, HookRun] => [
          run.hookId,
          { ...run, ...(lastError === null ? {} : { lastError }) },
        ]),
      ),
    }),
  };
}

/** A run as lists show it. */
export interface HookRunRow {
  readonly hookRunId: string;
  readonly server: string;
  readonly campaign: string;
  readonly state: HookRunState;
  readonly askedAt: Temporal.Instant;
  readonly openedAt: Temporal.Instant | null;
  readonly closedAt: Temporal.Instant | null;
  readonly attempts: number;
  readonly reference: string | null;
  readonly lastError: string | null;
}

/** What a page of runs is asked for by. */
export interface HookRunQuery {
  readonly hookId: string;
  readonly state: HookRunState | undefined;
  readonly after: { readonly askedAt: Temporal.Instant; readonly hookRunId: string } | undefined;
  readonly limit: number;
}

/** Runs of a hook, the latest first. */
export async function pageOfHookRuns(db: Db, { hookId, state, after, limit }: HookRunQuery): Promise<HookRunRow[]> {
  const { rows } = await db.query<HookRunRow>(
    `select r.hook_run_id as "hookRunId", s.dns_name as server, c.cycle || ' #' || c.number as campaign, r.state,
       r.asked_at as "askedAt", r.opened_at as "openedAt", r.closed_at as "closedAt", r.attempts, r.reference, r.last_error as "lastError"
     from hook_run r join server s using (server_id) join campaign c using (campaign_id)
     where r.hook_id = $1 and ($2::text is null or r.state = $2)
       and ($3::timestamptz is null or (r.asked_at, r.hook_run_id) < ($3, $4::uuid))
     order by r.asked_at desc, r.hook_run_id desc limit $5`,
    [hookId, state, sqlInstantOrNull(after?.askedAt), after?.hookRunId, limit],
  );
  return rows;
}

/** How many servers a hook has open, or half open. */
export async function countOpenRuns(db: Db, hookId: string): Promise<number> {
  const { rows } = await db.query<{ open: number }>(
    `select count(*) as open from hook_run where hook_id = $1 and ${OPEN} and (state <> 'before')`,
    [hookId],
  );
  return rows[0]?.open ?? 0;
}

/**
 * Begins the failed step anew, of all servers or of one; first steps only of as many servers as the hook may have open. Returns how many. To
 * be called inside a transaction.
 */
export async function retryHookRuns(db: Db, hookId: string, serverId: string | undefined): Promise<number> {
  await db.query('select from hook where hook_id = $1 for update', [hookId]); // nobody else asks it meanwhile
  const { rowCount } = await db.query(
    `with free as (select (definition ->> 'mostOpen')::int - (select count(*) from hook_run where hook_id = $1 and ${OPEN}) as seats
         from hook where hook_id = $1),
       failed as (select hook_run_id, opened_at is null as begins,
           row_number() over (partition by opened_at is null order by asked_at, hook_run_id) as place
         from hook_run where hook_id = $1 and state = 'failed' and ($2::uuid is null or server_id = $2))
     update hook_run r set state = case when begins then 'before' else 'after' end, attempts = 0, next_attempt = '-infinity'
     from failed f, free where r.hook_run_id = f.hook_run_id and (not begins or place <= seats)`,
    [hookId, serverId],
  );
  return rowCount ?? 0;
}
