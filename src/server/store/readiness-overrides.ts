import type { Override } from '#domain/readiness/readiness-policy.ts';
import { sqlInstant, sqlInstantOrNull } from './parameter.ts';
import type { Db } from './pool.ts';

/** An override as it is kept, with its end before its time where somebody ended it. */
export interface OverrideRow extends Override {
  readonly serverId: string;
  readonly customerId: string | null;
  readonly dnsName: string;
  readonly at: Temporal.Instant;
  readonly endedAt: Temporal.Instant | null;
  readonly endedBy: string | null;
}

const FIELDS = `o.override_id as "overrideId", o.server_id as "serverId", s.customer_id as "customerId", s.dns_name as "dnsName",
  o.checks, o.who, o.why, o.at, o.expires, o.ended_at as "endedAt", o.ended_by as "endedBy"`;

export async function addOverride(
  db: Db,
  serverId: string,
  { overrideId, checks, who, why, expires }: Override,
  at: Temporal.Instant,
): Promise<void> {
  await db.query(
    `insert into readiness_override (override_id, server_id, checks, who, why, at, expires) values ($1, $2, $3, $4, $5, $6, $7)`,
    [overrideId, serverId, checks, who, why, sqlInstant(at), sqlInstant(expires)],
  );
}

/** Ends an override before its time; false when it is over, or never was. */
export async function endOverride(db: Db, overrideId: string, who: string, at: Temporal.Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    `update readiness_override set ended_at = $3, ended_by = $2 where override_id = $1 and ended_at is null and expires > $3`,
    [overrideId, who, sqlInstant(at)],
  );
  return rowCount === 1;
}

export async function findOverride(db: Db, overrideId: string): Promise<OverrideRow | undefined> {
  const { rows } = await db.query<OverrideRow>(
    `select ${FIELDS} from readiness_override o join server s using (server_id) where override_id = $1`,
    [overrideId],
  );
  return rows[0];
}

/** `expired`: its time is over. `ended`: a person ended it before. */
export type OverrideState = 'in-force' | 'expired' | 'ended';

/** What a page of overrides is asked for by; what is undefined does not matter. */
export interface OverrideQuery {
  readonly at: Temporal.Instant;
  readonly customerId: string | undefined;
  readonly serverId: string | undefined;
  readonly state: OverrideState | undefined;
  /** Where the page before ended. */
  readonly after: { readonly at: Temporal.Instant; readonly overrideId: string } | undefined;
  readonly limit: number;
}

/** Overrides, the latest first. */
export async function pageOfOverrides(db: Db, query: OverrideQuery): Promise<OverrideRow[]> {
  const { at, customerId, serverId, state, after, limit } = query;
  const { rows } = await db.query<OverrideRow>(
    `select ${FIELDS} from readiness_override o join server s using (server_id), lateral (select case
       when o.ended_at is not null then 'ended' when o.expires <= $1 then 'expired' else 'in-force' end as state) t
     where ($2::uuid is null or s.customer_id = $2) and ($3::uuid is null or o.server_id = $3) and ($4::text is null or t.state = $4)
       and ($5::timestamptz is null or (o.at, o.override_id) < ($5, $6::uuid))
     order by o.at desc, o.override_id desc limit $7`,
    [sqlInstant(at), customerId, serverId, state, sqlInstantOrNull(after?.at), after?.overrideId, limit],
  );
  return rows;
}
