import { type PlainFreezeRule, plainRule, readRule } from '#domain/calendar/plain-freeze.ts';
import type { ScopedFreeze } from '#domain/calendar/server-calendar.ts';
import { sqlInstant, sqlInstantOrNull, sqlJson } from './parameter.ts';
import type { Db } from './pool.ts';
import { readScope, type ScopeColumns, scopeFields, scopeParameters } from './scope.ts';

/** A freeze to be kept. */
export interface NewFreeze extends ScopedFreeze {
  /** Of the scope `server`: the owner of the server. */
  readonly customerId?: string;
  /** `person`, or the name of the calendar that it was imported from. */
  readonly source: string;
  /** Of an imported event; unique in its calendar. */
  readonly uid?: string;
  readonly who: string;
  readonly at: Temporal.Instant;
}

/** A freeze as it is kept. */
export interface FreezeRow extends NewFreeze {
  /** DNS name of a single server. */
  readonly server?: string;
  readonly lifted?: { readonly at: Temporal.Instant; readonly who: string };
}

interface Columns extends ScopeColumns {
  readonly freezeId: string;
  readonly name: string;
  readonly rule: PlainFreezeRule;
  readonly source: string;
  readonly uid: string | null;
  readonly who: string;
  readonly at: Temporal.Instant;
  readonly liftedAt: Temporal.Instant | null;
  readonly liftedBy: string | null;
}

const FIELDS = `f.freeze_id as "freezeId", f.name, f.rule, f.source, f.uid, f.who, f.at, f.lifted_at as "liftedAt",
  f.lifted_by as "liftedBy", ${scopeFields('f')}`;

/** When a freeze is over for good, in the zone that is furthest behind (`freezeEnd`); null of one that comes again. */
const OVER = `case f.rule->>'kind' when 'once' then (f.rule->>'end')::timestamptz
  when 'dates' then ((f.rule->>'to')::date + time '12:00' + interval '1 day') at time zone 'UTC' end`;

/** The freezes that nobody lifted, without those that were over 100 days ago by the service's clock. */
export async function listFreezesInForce(db: Db): Promise<ScopedFreeze[]> {
  const { rows } = await db.query<Columns>(
    `select ${FIELDS} from calendar_freeze f
     where f.lifted_at is null
       and (${OVER} is null or ${OVER} > coalesce((select simulated_at from service), now()) - interval '100 days')
     order by f.at, f.freeze_id`,
  );
  return rows.map(({ freezeId, name, rule, ...row }) => ({
    freezeId,
    name,
    rule: readRule(rule),
    scope: readScope(row),
  }));
}

/** Adds freezes. */
export async function addFreezes(db: Db, freezes: readonly NewFreeze[]): Promise<void> {
  for (const { freezeId, scope, customerId, name, rule, source, uid, who, at } of freezes)
    await db.query({
      name: 'add-freeze',
      text: `insert into calendar_freeze (freeze_id, scope, customer_id, target_group, server_id, name, rule, source, uid, who, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      values: [
        freezeId,
        ...scopeParameters(scope, customerId),
        name,
        sqlJson(plainRule(rule)),
        source,
        uid ?? null,
        who,
        sqlInstant(at),
      ],
    });
}

/** Lifts those of some freezes that are in force; says which. */
export async function liftFreezes(
  db: Db,
  freezeIds: readonly string[],
  who: string,
  at: Temporal.Instant,
): Promise<string[]> {
  const { rows } = await db.query<{ freezeId: string }>(
    `update calendar_freeze set lifted_at = $3, lifted_by = $2 where freeze_id = any($1::uuid[]) and lifted_at is null
     returning freeze_id as "freezeId"`,
    [freezeIds, who, sqlInstant(at)],
  );
  return rows.map(({ freezeId }) => freezeId);
}

/** Lets no other import of the same calendar go on before this transaction ends. */
export async function lockCalendar(db: Db, customerId: string, source: string): Promise<void> {
  await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`calendar ${customerId} ${source}`]);
}

/** The freezes of an imported calendar that nobody lifted, by uid. */
export async function importedFreezes(
  db: Db,
  customerId: string,
  source: string,
): Promise<ReadonlyMap<string, FreezeRow>> {
  const { rows } = await db.query<Columns>(
    `select ${FIELDS} from calendar_freeze f
     where f.customer_id = $1 and f.source = $2 and f.uid is not null and f.lifted_at is null`,
    [customerId, source],
  );
  return new Map(rows.map((row) => [row.uid ?? '', read(row)]));
}

/** What a page of freezes is asked for by. */
export interface FreezeQuery {
  readonly at: Temporal.Instant;
  /** `in-force`: neither lifted nor over, those to come included. */
  readonly state: 'in-force' | 'past' | undefined;
  readonly customerId: string | undefined;
  readonly source: string | undefined;
  /** Where the page before ended. */
  readonly after: { readonly at: Temporal.Instant; readonly freezeId: string } | undefined;
  readonly limit: number;
}

/** Freezes, the latest first; those of a customer include the ones for all. */
export async function pageOfFreezes(
  db: Db,
  { at, state, customerId, source, after, limit }: FreezeQuery,
): Promise<FreezeRow[]> {
  const { rows } = await db.query<Columns>(
    `select ${FIELDS} from calendar_freeze f, lateral (select case
       when f.lifted_at is not null or ${OVER} <= $1 then 'past' else 'in-force' end as state) s
     where ($2::text is null or s.state = $2) and ($3::uuid is null or f.customer_id = $3 or f.scope = 'all')
       and ($4::text is null or f.source = $4) and ($5::timestamptz is null or (f.at, f.freeze_id) < ($5, $6::uuid))
     order by f.at desc, f.freeze_id desc limit $7`,
    [sqlInstant(at), state, customerId, source, sqlInstantOrNull(after?.at), after?.freezeId, limit],
  );
  return rows.map(read);
}

export async function findFreeze(db: Db, freezeId: string): Promise<FreezeRow | undefined> {
  const { rows } = await db.query<Columns>(`select ${FIELDS} from calendar_freeze f where f.freeze_id = $1`, [
    freezeId,
  ]);
  return rows[0] && read(rows[0]);
}

function read(row: Columns): FreezeRow {
  const { freezeId, name, rule, source, uid, who, at, customerId, server, liftedAt, liftedBy } = row;
  return {
    freezeId,
    scope: readScope(row),
    name,
    rule: readRule(rule),
    source,
    who,
    at,
    ...(customerId === null ? {} : { customerId }),
    ...(server === null ? {} : { server }),
    ...(uid === null ? {} : { uid }),
    ...(liftedAt && liftedBy !== null ? { lifted: { at: liftedAt, who: liftedBy } } : {}),
  };
}
