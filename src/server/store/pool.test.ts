import assert from 'node:assert/strict';
import { it } from 'node:test';
import { freshDatabase } from '#server/testing/database.ts';

it('waits for nobody’s locks for ever, and lets nobody hold some for ever', async (t) => {
  const pool = await freshDatabase(t);
  const shown = async (setting: string) => (await pool.query(`select current_setting($1) as value`, [setting])).rows[0];
  assert.deepEqual(await shown('lock_timeout'), { value: '30s' });
  assert.deepEqual(await shown('idle_in_transaction_session_timeout'), { value: '5min' });
});
