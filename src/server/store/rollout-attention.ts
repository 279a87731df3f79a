import { UNDER_WAY } from './campaigns/campaigns.ts';
import { NAMED } from './now-views.ts';
import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** Something of the rollout that does not go on by itself. */
export interface Stuck {
  /** How many there are of its kind. */
  readonly all: number;
  /** Of what, for people, e.g. `Contoso: 2023-10 #1`. */
  readonly title: string;
  readonly who: string | null;
  readonly why: string;
  readonly since: Temporal.Instant;
}

async function listStuck(db: Db, statement: string, values: readonly unknown[] = []): Promise<Stuck[]> {
  const { rows } = await db.query<Stuck>(
    `select *, count(*) over () as "all" from (${statement}) s order by since desc, title limit ${NAMED}`,
    [...values],
  );
  return rows;
}

/** Campaigns that a gate or a person stopped, the latest first. */
export function listStoppedCampaigns(db: Db): Promise<Stuck[]> {
  return listStuck(
    db,
    `select u.name || ': ' || c.cycle || ' #' || c.number as title, c.stopped_by as who, c.stopped_why as why, c.stopped_at as since
     from campaign c join customer u using (customer_id) where c.state = 'stopped'`,
  );
}

/**
 * Gates of campaigns under way that wait for somebody's word at an instant, with their line: enough servers are verified and their soak is
 * over, or their time is up.
 */
export function listAskingGates(db: Db, at: Temporal.Instant): Promise<Stuck[]> {
  return listStuck(
    db,
    `select u.name || ': ' || c.cycle || ' #' || c.number || coalesce(', ' || (c.definition->'waves'->w.wave::int->>'title'), '') as title,
       null as who, coalesce(w.verdict->>'line', '') as why, coalesce(w.asked_at, w.met_since) as since
     from campaign_wave w join campaign c using (campaign_id) join customer u using (customer_id)
     cross join lateral (select case when w.wave < 0 then c.definition->'weekGate' else c.definition->'waves'->w.wave::int->'gate' end as gate) g
     where c.state in ('gathering', 'promoting') and w.state = 'open' and (w.asked_at is not null
       or w.met_since + make_interval(secs => 3600 * coalesce((g.gate->>'soakHours')::float8, 0)) <= $1)`,
    [sqlInstant(at)],
  );
}

/** Versions of rollout plans and of the approval policy that wait for another person. */
export function listUnapprovedVersions(db: Db): Promise<Stuck[]> {
  return listStuck(
    db,
    `select u.name || ': rollout plan, version ' || p.version as title, p.who, p.why, p.at as since
     from rollout_plan p join customer u using (customer_id)
     where p.approved_at is null and p.version = (select max(version) from rollout_plan l where l.customer_id = p.customer_id)
     union all
     select 'Approval policy, version ' || version, who, why, at
     from policy where approved_at is null and version = (select max(version) from policy)`,
  );
}

/** Hooks of campaigns under way that were given up, and directories whose last reading failed. */
export function listBrokenConnections(db: Db): Promise<Stuck[]> {
  return listStuck(
    db,
    `select u.name || ': hook ' || h.name || ' for ' || s.dns_name as title, null as who, coalesce(r.last_error, '') as why, r.asked_at as since
     from hook_run r join hook h using (hook_id) join campaign c using (campaign_id) join customer u on u.customer_id = c.customer_id
     join server s on s.server_id = r.server_id
     where r.state = 'failed' and c.state in ${UNDER_WAY}
     union all
     select u.name || ': directory ' || d.name, null, coalesce(d.last_run->>'message', ''), (d.last_run->>'startedAt')::timestamptz
     from directory_source d join customer u using (customer_id) where d.last_run->>'outcome' = 'failed'`,
  );
}
