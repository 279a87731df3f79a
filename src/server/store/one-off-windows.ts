import type { ScopedOneOff } from '#domain/calendar/server-calendar.ts';
import { sqlInstant, sqlInstantOrNull } from './parameter.ts';
import type { Db } from './pool.ts';
import { readScope, type ScopeColumns, scopeFields, scopeParameters } from './scope.ts';

/** A one-off window to be kept. */
export interface NewOneOffWindow extends ScopedOneOff {
  /** The customer whose servers it reaches. */
  readonly customerId: string;
  readonly who: string;
  readonly why: string;
  readonly at: Temporal.Instant;
}

/** A one-off window as it is kept. */
export interface OneOffWindowRow extends NewOneOffWindow {
  /** DNS name of a single server. */
  readonly server?: string;
  readonly lifted?: { readonly at: Temporal.Instant; readonly who: string };
}

interface Columns extends ScopeColumns {
  readonly windowId: string;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly who: string;
  readonly why: string;
  readonly at: Temporal.Instant;
  readonly liftedAt: Temporal.Instant | null;
  readonly liftedBy: string | null;
}

const FIELDS = `w.window_id as "windowId", w.start, w.ends as "end", w.who, w.why, w.at, w.lifted_at as "liftedAt",
  w.lifted_by as "liftedBy", ${scopeFields('w')}`;

/** The one-off windows that nobody lifted, without those that were over 100 days ago by the service's clock. */
export async function listOneOffWindows(db: Db): Promise<ScopedOneOff[]> {
  const { rows } = await db.query<Columns>(
    `select ${FIELDS} from one_off_window w
     where w.lifted_at is null and w.ends > coalesce((select simulated_at from service), now()) - interval '100 days'
     order by w.start, w.window_id`,
  );
  return rows.map(({ windowId, start, end, ...row }) => ({ windowId, start, end, scope: readScope(row) }));
}

export async function addOneOffWindow(db: Db, window: NewOneOffWindow): Promise<void> {
  const { windowId, scope, customerId, start, end, who, why, at } = window;
  await db.query(
    `insert into one_off_window (window_id, scope, customer_id, target_group, server_id, start, ends, who, why, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [windowId, ...scopeParameters(scope, customerId), sqlInstant(start), sqlInstant(end), who, why, sqlInstant(at)],
  );
}

/** Takes a one-off window back; false when it is over, was lifted, or never was. */
export async function liftOneOffWindow(db: Db, windowId: string, who: string, at: Temporal.Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    'update one_off_window set lifted_at = $3, lifted_by = $2 where window_id = $1 and lifted_at is null and ends > $3',
    [windowId, who, sqlInstant(at)],
  );
  return rowCount === 1;
}

/** What a page of one-off windows is asked for by. */
export interface OneOffQuery {
  readonly at: Temporal.Instant;
  /** `in-force`: neither lifted nor over, those to come included. */
  readonly state: 'in-force' | 'past' | undefined;
  readonly customerId: string | undefined;
  /** Where the page before ended. */
  readonly after: { readonly start: Temporal.Instant; readonly windowId: string } | undefined;
  readonly limit: number;
}

/** One-off windows, the one that opens last first. */
export async function pageOfOneOffWindows(
  db: Db,
  { at, state, customerId, after, limit }: OneOffQuery,
): Promise<OneOffWindowRow[]> {
  const { rows } = await db.query<Columns>(
    `select ${FIELDS} from one_off_window w, lateral (select case
       when w.lifted_at is not null or w.ends <= $1 then 'past' else 'in-force' end as state) s
     where ($2::text is null or s.state = $2) and ($3::uuid is null or w.customer_id = $3)
       and ($4::timestamptz is null or (w.start, w.window_id) < ($4, $5::uuid))
     order by w.start desc, w.window_id desc limit $6`,
    [sqlInstant(at), state, customerId, sqlInstantOrNull(after?.start), after?.windowId, limit],
  );
  return rows.map(read);
}

export async function findOneOffWindow(db: Db, windowId: string): Promise<OneOffWindowRow | undefined> {
  const { rows } = await db.query<Columns>(`select ${FIELDS} from one_off_window w where w.window_id = $1`, [windowId]);
  return rows[0] && read(rows[0]);
}

function read(row: Columns): OneOffWindowRow {
  const { windowId, start, end, who, why, at, customerId, server, liftedAt, liftedBy } = row;
  return {
    windowId,
    scope: readScope(row),
    customerId: customerId ?? '',
    start,
    end,
    who,
    why,
    at,
    ...(server === null ? {} : { server }),
    ...(liftedAt && liftedBy !== null ? { lifted: { at: liftedAt, who: liftedBy } } : {}),
  };
}
