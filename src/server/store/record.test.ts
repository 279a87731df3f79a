import assert from 'node:assert/strict';
import { it } from 'node:test';
import type pg from 'pg';
import { type RecordEntry, SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { AT, sampleId } from '#server/testing/sample.ts';
import { inTransaction } from './pool.ts';
import { appendRecord, findRecordHead, listRecord, verifyRecord } from './record.ts';

const CUSTOMER = sampleId('c', 1);

function entry(what: string, customerId = CUSTOMER): RecordEntry {
  const facts = { b: [1, 1e-7, 1e21, -0, { z: null }], a: 'NUL \0, lone \ud800, 😀', long: 0.1 + 0.2 };
  return {
    customerId,
    at: AT.add({ nanoseconds: 999 }),
    clock: 'real',
    who: 'jo',
    what,
    subject: { server: 'x' },
    facts,
  };
}

async function write(pool: pg.Pool, count: number, customerId = CUSTOMER): Promise<void> {
  const entries = Array.from({ length: count }, (_, n) => entry(`step ${n}`, customerId));
  await inTransaction(pool, (client) => appendRecord(client, entries));
}

/** Somebody with the database administrator's rights changes the table behind the service's back. */
async function tamper(pool: pg.Pool, ...statements: string[]): Promise<void> {
  for (const sql of ['alter table record disable trigger all', ...statements]) await pool.query(sql);
}

async function found(pool: pg.Pool): Promise<unknown[]> {
  const verified = await verifyRecord(pool, CUSTOMER);
  return verified.ok ? ['ok'] : [verified.code, verified.number];
}

it('chains rows that verify after their way through jsonb, across transactions and pages', async (t) => {
  const pool = await freshDatabase(t);
  await write(pool, 1_200);
  await write(pool, 2);
  await write(pool, 1, SERVICE_CHAIN);
  const verified = await verifyRecord(pool, CUSTOMER);
  assert.ok(verified.ok && verified.head.number === 1_202);
  assert.deepEqual(
    (await listRecord(pool, CUSTOMER, 1_200, 2)).map((row) => [row.number, row.what]),
    [
      [1_200, 'step 1199'],
      [1_201, 'step 0'],
    ],
  );
  assert.equal((await findRecordHead(pool, SERVICE_CHAIN)).number, 1);
  assert.deepEqual(await verifyRecord(pool, sampleId('c', 9)), {
    ok: true,
    head: { number: 0, hash: new Uint8Array(32) },
  });
});

it('numbers without gaps when many append at once, to chains in any order', async (t) => {
  const pool = await freshDatabase(t);
  const both = [entry('one'), entry('two', SERVICE_CHAIN)];
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      inTransaction(pool, (client) => appendRecord(client, n % 2 ? both : both.toReversed())),
    ),
  );
  for (const chain of [CUSTOMER, SERVICE_CHAIN]) {
    const verified = await verifyRecord(pool, chain);
    assert.ok(verified.ok && verified.head.number === 20);
  }
});

it('keeps nothing of a transaction that fails', async (t) => {
  const pool = await freshDatabase(t);
  const failing = inTransaction(pool, async (client) => {
    await appendRecord(client, [entry('lost')]);
    throw new Error('no');
  });
  await assert.rejects(failing, /no/);
  await write(pool, 1);
  assert.deepEqual([await found(pool), (await listRecord(pool, CUSTOMER, 1, 9)).length], [['ok'], 1]);
});

it('is append-only to everybody who does not switch the triggers off', async (t) => {
  const pool = await freshDatabase(t);
  await write(pool, 1);
  for (const sql of [`update record set who = 'sam'`, 'delete from record', 'truncate record']) {
    await assert.rejects(pool.query(sql), /append-only/);
  }
});

const TAMPERINGS: [string, string[], unknown[]][] = [
  ['a changed row', [`update record set who = 'sam' where number = 3`], ['record.changed', 3]],
  ['a changed fact', [`update record set facts = facts || '{"a": 1}' where number = 5`], ['record.changed', 5]],
  ['a changed time', [`update record set at = at + interval '1 microsecond' where number = 1`], ['record.changed', 1]],
  ['a changed first link', [`update record set previous = hash where number = 1`], ['record.broken-link', 1]],
  ['a removed row', ['delete from record where number = 2'], ['record.missing', 2]],
  ['a removed first row', ['delete from record where number = 1'], ['record.missing', 1]],
  ['a removed last row', ['delete from record where number = 5'], ['record.end-cut-off', 5]],
  ['all rows removed', ['delete from record'], ['record.end-cut-off', 1]],
  ['a removed head', ['delete from record_head'], ['record.end-cut-off', 1]],
  [
    'swapped rows',
    [
      'update record set number = case number when 2 then -3 else -2 end where number in (2, 3)',
      'update record set number = -number where number < 0',
    ],
    ['record.broken-link', 2],
  ],
  [
    'a row before the first',
    [
      `insert into record select customer_id, 0, at, clock, who, what, subject, facts, previous, hash from record where number = 1`,
    ],
    ['record.missing', 1],
  ],
  [
    'a row after the last',
    [
      `insert into record select customer_id, 6, at, clock, who, what, subject, facts, hash, hash from record where number = 5`,
    ],
    ['record.changed', 6],
  ],
];

for (const [what, statements, expected] of TAMPERINGS) {
  it(`finds ${what}`, async (t) => {
    const pool = await freshDatabase(t);
    await write(pool, 5);
    assert.deepEqual(await found(pool), ['ok']);
    await tamper(pool, ...statements);
    assert.deepEqual(await found(pool), expected);
  });
}

it('finds a chain that was removed or written anew by a head that was noted before', async (t) => {
  const pool = await freshDatabase(t);
  await write(pool, 3);
  const noted = await findRecordHead(pool, CUSTOMER);
  await tamper(pool, 'delete from record', 'delete from record_head');
  assert.deepEqual(await found(pool), ['ok']);
  const gone = await verifyRecord(pool, CUSTOMER, noted);
  assert.ok(!gone.ok && gone.code === 'record.end-cut-off');
  await write(pool, 1);
  await write(pool, 4);
  await inTransaction(pool, (client) => appendRecord(client, [{ ...entry('x'), customerId: SERVICE_CHAIN }]));
  const same = await verifyRecord(pool, CUSTOMER, noted);
  assert.ok(!same.ok && same.code === 'record.rewritten' && same.number === 3);
});
