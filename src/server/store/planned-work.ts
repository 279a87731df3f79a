import type { PauseScope } from '#domain/exception/hold.ts';
import type { PlannedWork } from '#domain/rollout/planned-work.ts';
import { sqlInstant, sqlInstantOrNull } from './parameter.ts';
import type { Db } from './pool.ts';
import { readScope, type ScopeColumns, scopeParameters } from './scope.ts';

/** Planned work to be kept. */
export interface NewPlannedWork extends PlannedWork {
  readonly scope: PauseScope;
  /** The customer whose servers it is done on. */
  readonly customerId: string;
  readonly who: string;
  readonly at: Temporal.Instant;
}

export type WorkOutcome = 'done' | 'failed' | 'dropped';

/** Planned work as it is kept. */
export interface PlannedWorkRow extends NewPlannedWork {
  /** DNS name of a single server. */
  readonly server?: string;
  readonly ended?: { readonly at: Temporal.Instant; readonly who: string; readonly outcome: WorkOutcome };
}

interface Columns extends ScopeColumns, Omit<PlannedWorkRow, 'scope' | 'customerId' | 'server' | 'ended'> {
  readonly endedAt: Temporal.Instant | null;
  readonly endedBy: string | null;
  readonly outcome: WorkOutcome | null;
}

const FIELDS = `w.work_id as "workId", w.kind, w.title, w.tool, w.minutes, w.not_before as "notBefore", w.restarts, w.who, w.at,
  w.done_at as "endedAt", w.done_by as "endedBy", w.outcome, w.customer_id as "customerId", w.target_group as "group",
  w.server_id as "serverId", (select dns_name from server s where s.server_id = w.server_id) as server,
  case when w.server_id is not null then 'server' when w.target_group is not null then 'group' else 'customer' end as scope`;

export async function addPlannedWork(db: Db, work: NewPlannedWork): Promise<void> {
  const { workId, scope, customerId, kind, title, tool, minutes, notBefore, restarts, who, at } = work;
  const [, ...whom] = scopeParameters(scope, customerId);
  await db.query(
    `insert into planned_work (work_id, customer_id, target_group, server_id, kind, title, tool, minutes, not_before, restarts,
       who, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [workId, ...whom, kind, title, tool, minutes, sqlInstant(notBefore), restarts, who, sqlInstant(at)],
  );
}

/** Notes what became of planned work; false when that is known already, or there is none. */
export async function endPlannedWork(
  db: Db,
  workId: string,
  { outcome, who, at }: NonNullable<PlannedWorkRow['ended']>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    'update planned_work set done_at = $4, done_by = $3, outcome = $2 where work_id = $1 and done_at is null',
    [workId, outcome, who, sqlInstant(at)],
  );
  return rowCount === 1;
}

/** What a list of planned work is asked for by. */
export interface WorkQuery {
  readonly customerId?: string | undefined;
  /** Of which becoming nothing is known yet; or the others. */
  readonly state?: 'open' | 'ended' | undefined;
  /** Only what is done on this server, its target group's and its customer's work included. */
  readonly server?: { readonly serverId: string; readonly customerId: string; readonly group?: string } | undefined;
  /** Where the page before ended. */
  readonly after?: { readonly notBefore: Temporal.Instant; readonly workId: string } | undefined;
  readonly limit: number;
}

/** Planned work, what may be done first coming first. */
export async function listPlannedWork(db: Db, query: WorkQuery): Promise<PlannedWorkRow[]> {
  const { customerId, state, server, after, limit } = query;
  const { rows } = await db.query<Columns>(
    `select ${FIELDS} from planned_work w
     where ($1::uuid is null or w.customer_id = $1) and ($2::text is null or (w.done_at is null) = ($2 = 'open'))
       and ($3::uuid is null or (w.customer_id = $4 and (w.server_id = $3
         or (w.server_id is null and (w.target_group is null or w.target_group = $5)))))
       and ($6::timestamptz is null or (w.not_before, w.work_id) > ($6, $7::uuid))
     order by w.not_before, w.work_id limit $8`,
    [
      ...[customerId, state, server?.serverId, server?.customerId, server?.group],
      ...[sqlInstantOrNull(after?.notBefore), after?.workId, limit],
    ],
  );
  return rows.map(read);
}

export async function findPlannedWork(db: Db, workId: string): Promise<PlannedWorkRow | undefined> {
  const { rows } = await db.query<Columns>(`select ${FIELDS} from planned_work w where w.work_id = $1`, [workId]);
  return rows[0] && read(rows[0]);
}

function read({
  scope,
  customerId,
  group,
  serverId,
  server,
  endedAt,
  endedBy,
  outcome,
  ...work
}: Columns): PlannedWorkRow {
  return {
    ...work,
    scope: readScope({ scope, customerId, group, serverId, server }),
    customerId: customerId ?? '',
    ...(server === null ? {} : { server }),
    ...(endedAt && endedBy !== null && outcome ? { ended: { at: endedAt, who: endedBy, outcome } } : {}),
  };
}
