import { createHash } from 'node:crypto';
import type pg from 'pg';
import {
  type ChainBreak,
  type ChainHead,
  checkAnchor,
  checkEnd,
  checkLink,
  EMPTY_CHAIN,
  type RecordEntry,
  type RecordRow,
  recordText,
} from '#domain/evidence/chain.ts';
import { columns, sqlInstant, sqlJson } from './parameter.ts';
import { type Db, inTransaction } from './pool.ts';

const PAGE = 1_000;

/**
 * Appends rows to the record, inside the caller's transaction: they are there if and only if what they tell of is. Chains stay locked until
 * the transaction ends; append once in a transaction, and near its end.
 */
export async function appendRecord(client: pg.PoolClient, entries: readonly RecordEntry[]): Promise<void> {
  const chains = Map.groupBy(entries, ({ customerId }) => customerId);
  const heads = await lockHeads(client, [...chains.keys()]);
  const rows: RecordRow[] = [];
  for (const [customerId, added] of chains) {
    let head = heads.get(customerId) ?? EMPTY_CHAIN;
    for (const entry of added) {
      const row = linkAfter(head, entry);
      rows.push(row);
      head = row;
    }
    heads.set(customerId, head);
  }
  await insertRows(client, rows, heads);
}

function linkAfter(head: ChainHead, entry: RecordEntry): RecordRow {
  const at = entry.at.round({ smallestUnit: 'microsecond', roundingMode: 'floor' });
  const row = { ...entry, at, number: head.number + 1, previous: head.hash };
  return { ...row, hash: sha256(recordText(row)) };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The ends of chains by customer, locked; a chain that has none yet gets one. */
async function lockHeads(db: Db, customerIds: readonly string[]): Promise<Map<string, ChainHead>> {
  const known = await readHeadsLocked(db, customerIds);
  const absent = customerIds.filter((customerId) => !known.has(customerId)).sort();
  if (absent.length === 0) return known;
  await db.query(
    `insert into record_head (customer_id, number, hash) select id, $2, $3 from unnest($1::uuid[]) with ordinality as a (id, place)
     order by place on conflict (customer_id) do nothing`,
    [absent, EMPTY_CHAIN.number, EMPTY_CHAIN.hash],
  );
  return new Map([...known, ...(await readHeadsLocked(db, absent))]);
}

/** Always in the same order, so that two transactions never wait for each other. */
async function readHeadsLocked(db: Db, customerIds: readonly string[]): Promise<Map<string, ChainHead>> {
  const { rows } = await db.query<ChainHead & { readonly customerId: string }>({
    name: 'lock-record-heads',
    text: `select customer_id as "customerId", number, hash from record_head where customer_id = any($1::uuid[])
           order by customer_id for update`,
    values: [customerIds],
  });
  return new Map(rows.map(({ customerId, ...head }) => [customerId, head]));
}

/** Adds rows to chains and moves their heads behind them. */
async function insertRows(db: Db, rows: readonly RecordRow[], heads: ReadonlyMap<string, ChainHead>): Promise<void> {
  const stored = rows.map((row) => ({
    ...row,
    at: sqlInstant(row.at),
    subject: sqlJson(row.subject),
    facts: sqlJson(row.facts),
  }));
  const ends = [...heads].map(([customerId, { number, hash }]) => ({ customerId, number, hash }));
  await db.query({
    name: 'insert-record',
    text: `with head as (update record_head h set number = e.number, hash = e.hash
             from unnest($11::uuid[], $12::bigint[], $13::bytea[]) as e (customer_id, number, hash)
             where h.customer_id = e.customer_id)
           insert into record (customer_id, number, at, clock, who, what, subject, facts, previous, hash)
           select * from unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[],
             $7::jsonb[], $8::jsonb[], $9::bytea[], $10::bytea[])`,
    values: [
      ...columns(stored, [
        'customerId',
        'number',
        'at',
        'clock',
        'who',
        'what',
        'subject',
        'facts',
        'previous',
        'hash',
      ]),
      ...columns(ends, ['customerId', 'number', 'hash']),
    ],
  });
}

/** Rows of a chain from number `from` on, at most `limit` (1,000). */
export async function listRecord(db: Db, customerId: string, from: number, limit: number): Promise<RecordRow[]> {
  const { rows } = await db.query<RecordRow>(
    `select customer_id as "customerId", number, at, clock, who, what, subject, facts, previous, hash from record
     where customer_id = $1 and number >= $2 order by number limit $3`,
    [customerId, from, Math.min(limit, PAGE)],
  );
  return rows;
}

/** Where a chain ends; note it outside (a report, a mail) to be able to show later that the chain was not written anew. */
export async function findRecordHead(db: Db, customerId: string): Promise<ChainHead> {
  const { rows } = await db.query<ChainHead>('select number, hash from record_head where customer_id = $1', [
    customerId,
  ]);
  return rows[0] ?? EMPTY_CHAIN;
}

/**
 * Checks every row of a chain, in one snapshot and a page at a time, and against a head that was noted outside if one is given. Finds any
 * row that was changed, removed, added or moved.
 */
export function verifyRecord(
  pool: pg.Pool,
  customerId: string,
  anchor?: ChainHead,
): Promise<{ readonly ok: true; readonly head: ChainHead } | ({ readonly ok: false } & ChainBreak)> {
  return inTransaction(
    pool,
    async (client) => {
      const claimed = await findRecordHead(client, customerId);
      let head = EMPTY_CHAIN;
      for await (const row of allRows(client, customerId)) {
        const broken = checkLink(head, row, sha256) ?? (anchor && checkAnchor(row, anchor));
        if (broken) return { ok: false, ...broken };
        head = { number: row.number, hash: row.hash };
      }
      const broken = checkEnd(head, claimed) ?? (anchor && head.number < anchor.number && checkEnd(head, anchor));
      return broken ? { ok: false, ...broken } : { ok: true, head };
    },
    'begin isolation level repeatable read read only',
  );
}

/** From the lowest number there is, so that a row before the first is found too. */
async function* allRows(db: Db, customerId: string): AsyncGenerator<RecordRow> {
  for (let from = Number.MIN_SAFE_INTEGER; ; ) {
    const page = await listRecord(db, customerId, from, PAGE);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    from = last.number + 1;
  }
}
