import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import type pg from 'pg';
import { type FactsKeeper, keepFacts } from '#server/facts/keeper.ts';
import { addPolicy } from '#server/store/policies.ts';
import { ensureService, touchFacts } from '#server/store/service.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { AT, sampleCustomer, sampleId } from '#server/testing/sample.ts';
import { defaultPolicyText } from '#server/testing/update-sketch.ts';

const LISTENERS = `select pid from pg_stat_activity where datname = current_database() and query = 'listen facts'`;

async function keeper(t: TestContext, beforeUse?: () => Promise<void>) {
  const pool = await freshDatabase(t);
  await ensureService(pool, { serverGuid: sampleId('5', 1), clock: 'simulated', at: AT });
  await addPolicy(pool, { yaml: defaultPolicyText(), who: 'test', why: 'test', at: AT });
  const log = { warn: () => undefined };
  const kept = await keepFacts({ pool, contentFromMicrosoft: true, log, ...(beforeUse ? { beforeUse } : {}) });
  return { pool, kept };
}

/** Waits as long as it takes; the run's own time limit ends a wait for ever. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await after(20);
}

async function listening(pool: pg.Pool): Promise<number | undefined> {
  return (await pool.query<{ pid: number }>(LISTENERS)).rows[0]?.pid;
}

test('changes of other processes are heard again after the connection was lost', async (t) => {
  const { pool, kept } = await keeper(t);
  try {
    const lost = await listening(pool);
    await pool.query('select pg_terminate_backend($1)', [lost]);
    await until(async () => ![undefined, lost].includes(await listening(pool)));
    const customerId = await sampleCustomer(pool);
    await touchFacts(pool);
    await until(() => kept.directory().customers.has(customerId));
  } finally {
    await kept.close();
  }
});

test('other copies catch up before new facts are decided from', async (t) => {
  const seen: (number | undefined)[] = [];
  let current: FactsKeeper | undefined;
  const { pool, kept } = await keeper(t, async () => void seen.push(current?.directory().customers.size));
  current = kept;
  try {
    await sampleCustomer(pool);
    await touchFacts(pool);
    await kept.refresh();
    assert.deepEqual(seen, [undefined, 0], 'still the facts of before');
    assert.equal(kept.directory().customers.size, 1);
  } finally {
    await kept.close();
  }
});
