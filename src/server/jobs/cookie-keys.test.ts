import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type pg from 'pg';
import { keepCookieKeys } from '#server/jobs/cookie-keys.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { AT } from '#server/testing/sample.ts';

const DAY = { hours: 24 };

/** The keys as a process that starts at this instant uses them: each id, and whether it only opens. */
async function keysAt(t: TestContext, pool: pg.Pool, at: Temporal.Instant): Promise<[number, boolean][]> {
  const keys = await keepCookieKeys(pool, () => at, assert.fail);
  t.after(() => keys.close());
  return keys.current().map(({ keyId, retired }) => [keyId, retired]);
}

test('a new key opens first, seals once every process knows it, and the old one is removed after a week', async (t) => {
  const pool = await freshDatabase(t);
  assert.deepEqual(await keysAt(t, pool, AT), [[1, false]], 'the first key seals at once');
  const due = AT.add({ hours: 24 * 31 });
  assert.deepEqual(await keysAt(t, pool, due), [
    [1, false],
    [2, true],
  ]);
  assert.equal((await keysAt(t, pool, due.add({ minutes: 10 }))).length, 2, 'another process adds no third one');
  const known = due.add({ hours: 1 });
  assert.deepEqual(await keysAt(t, pool, known), [
    [1, true],
    [2, false],
  ]);
  assert.equal((await keysAt(t, pool, known.add(DAY))).length, 2, 'what it sealed still tells what clients were told');
  assert.deepEqual(await keysAt(t, pool, known.add({ hours: 24 * 9 })), [[2, false]]);
});
