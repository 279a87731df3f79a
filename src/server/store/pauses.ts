import type { Pause } from '#domain/exception/hold.ts';
import { sqlInstant, sqlInstantOrNull } from './parameter.ts';
import type { Db } from './pool.ts';
import { readScope, type ScopeColumns, scopeFields, scopeParameters } from './scope.ts';

/** A pause as it is kept, with its end before its time where somebody lifted it. */
export interface PauseRow extends Pause {
  /** Of a customer's, a group's and a server's pause; absent of a server that nobody owns. */
  readonly customerId?: string;
  /** DNS name of a single server. */
  readonly server?: string;
  readonly lifted?: { readonly at: Temporal.Instant; readonly who: string };
}

interface Columns extends ScopeColumns {
  readonly pauseId: string;
  readonly starts: Temporal.Instant;
  readonly ends: Temporal.Instant;
  readonly who: string;
  readonly why: string;
  readonly liftedAt: Temporal.Instant | null;
  readonly liftedBy: string | null;
}

const FIELDS = `pause_id as "pauseId", starts, ends, who, why, lifted_at as "liftedAt", lifted_by as "liftedBy", ${scopeFields('p')}`;

/** Adds a pause; `customerId` is the owner of a single server. */
export async function addPause(db: Db, pause: Pause, customerId?: string): Promise<void> {
  const { pauseId, scope, starts, ends, who, why } = pause;
  await db.query(
    `insert into pause (pause_id, scope, customer_id, target_group, server_id, starts, ends, who, why)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [pauseId, ...scopeParameters(scope, customerId), sqlInstant(starts), sqlInstant(ends), who, why],
  );
}

/** Ends a pause before its time; false when it has ended, was lifted, or never was. */
export async function liftPause(db: Db, pauseId: string, who: string, at: Temporal.Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    'update pause set lifted_at = $3, lifted_by = $2 where pause_id = $1 and lifted_at is null and ends > $3',
    [pauseId, who, sqlInstant(at)],
  );
  return rowCount === 1;
}

/** The pauses that nobody lifted, past ones included; only those that end after an instant, where one is given. */
export async function listPauses(db: Db, endingAfter?: Temporal.Instant): Promise<Pause[]> {
  const { rows } = await db.query<Columns>(
    `select ${FIELDS} from pause p where lifted_at is null and ($1::timestamptz is null or ends > $1) order by starts, pause_id`,
    [sqlInstantOrNull(endingAfter)],
  );
  return rows.map((row) => {
    const { pauseId, scope, starts, ends, who, why } = read(row);
    return { pauseId, scope, starts, ends, who, why };
  });
}

/** Which pauses a list shows: in force, still to come, or over (lifted ones too). */
export type PauseState = 'in-force' | 'to-come' | 'past';

/** What a page of pauses is asked for by. */
export interface PauseQuery {
  readonly at: Temporal.Instant;
  readonly state: PauseState | undefined;
  /** Where the page before ended. */
  readonly after: { readonly ends: Temporal.Instant; readonly pauseId: string } | undefined;
  readonly limit: number;
}

/** Pauses, the one that ends last first. */
export async function pageOfPauses(db: Db, { at, state, after, limit }: PauseQuery): Promise<PauseRow[]> {
  const { rows } = await db.query<Columns>(
    `select ${FIELDS} from pause p, lateral (select case
       when lifted_at is not null or ends <= $1 then 'past' when starts > $1 then 'to-come' else 'in-force' end as state) s
     where ($2::text is null or s.state = $2) and ($3::timestamptz is null or (ends, pause_id) < ($3, $4::uuid))
     order by ends desc, pause_id desc limit $5`,
    [sqlInstant(at), state, sqlInstantOrNull(after?.ends), after?.pauseId, limit],
  );
  return rows.map(read);
}

export async function findPause(db: Db, pauseId: string): Promise<PauseRow | undefined> {
  const { rows } = await db.query<Columns>(`select ${FIELDS} from pause p where pause_id = $1`, [pauseId]);
  return rows[0] && read(rows[0]);
}

function read(row: Columns): PauseRow {
  const { pauseId, starts, ends, who, why, customerId, server, liftedAt, liftedBy } = row;
  return {
    pauseId,
    scope: readScope(row),
    starts,
    ends,
    who,
    why,
    ...(customerId === null ? {} : { customerId }),
    ...(server === null ? {} : { server }),
    ...(liftedAt && liftedBy !== null ? { lifted: { at: liftedAt, who: liftedBy } } : {}),
  };
}
