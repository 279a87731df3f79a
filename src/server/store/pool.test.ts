import assert from 'node:assert/strict';
import { it } from 'node:test';
import { freshDatabase } from '#server/testing/database.ts';

it('waits for nobody’s locks for ever, and lets nobody hold some for ever', async (t) => {
  const pool = await freshDatabase(t);
  const shown = async (setting: string) => (await pool.query(`select current_setting($1) as value`, [setting])).rows[0];
  assert.deepEqual(await shown('lock_timeout'), { value: '30s' });
  assert.deepEqual(await shown('idle_in_transaction_session_timeout'), { value: '5min' });
});

it('reads instants, alone and in arrays, and numbers', async (t) => {
  const pool = await freshDatabase(t);
  const { rows } = await pool.query<{
    one: Temporal.Instant;
    some: Temporal.Instant[];
    none: Temporal.Instant[];
    n: number;
  }>(
    `select timestamptz '2023-10-22 01:00Z' as one, array[timestamptz '2023-10-22 01:00Z', '2023-10-22 01:00:00.5Z'] as some,
       '{}'::timestamptz[] as none, 7::bigint as n`,
  );
  assert.equal(String(rows[0]?.one), '2023-10-22T01:00:00Z');
  assert.deepEqual(rows[0]?.some.map(String), ['2023-10-22T01:00:00Z', '2023-10-22T01:00:00.5Z']);
  assert.deepEqual([rows[0]?.none, rows[0]?.n], [[], 7]);
});
