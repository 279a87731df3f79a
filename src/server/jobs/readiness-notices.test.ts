import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { factsOver, update } from '#domain/decide/testing.ts';
import { directory } from '#server/facts/directory.ts';
import { writeReadinessNotices } from '#server/jobs/readiness-notices.ts';
import { listCustomers } from '#server/store/customers.ts';
import { listNotices } from '#server/store/notices.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { NO_ROWS } from '#server/testing/no-rows.ts';
import { sampleCustomer, sampleId, sampleServer } from '#server/testing/sample.ts';

const at = Temporal.Instant.from;
/** The primary window of `default` in Zurich: 2023-10-22 02:00, local. */
const START = at('2023-10-22T00:00:00Z');
const UPDATE = update(1);

/** A customer with a critical server, which needs an update and has no evidence of a backup, and one of low tier. */
async function fleet(t: TestContext) {
  const pool = await freshDatabase(t);
  const customerId = await sampleCustomer(pool);
  await pool.query(`update customer set plan = 'default', owner_mail = 'owners@example.com'`);
  for (const [number, tier] of [
    [1, 'critical'],
    [2, 'low'],
  ] as const) {
    const serverId = await sampleServer(pool, number, customerId);
    await pool.query('update server set last_seen = $2 where server_id = $1', [
      serverId,
      String(START.subtract({ hours: 80 })),
    ]);
    await pool.query(
      `insert into server_update (server_id, customer_id, update_id, state, provisional, reported_at, since) values ($1, $2, $3, 'needed', false, $4, $4)`,
      [serverId, customerId, UPDATE.updateId, '2023-10-18T00:00:00Z'],
    );
    await pool.query(
      `insert into machine (machine_id, customer_id, name, server_id, profile, added_at, changed_at)
       select $1, customer_id, dns_name, server_id, $3, now(), now() from server where server_id = $2`,
      [sampleId('d', number), serverId, JSON.stringify({ tier })],
    );
  }
  const facts = factsOver([UPDATE]);
  const known = directory({ ...NO_ROWS, customers: await listCustomers(pool) });
  const keeper = { current: () => facts, directory: () => known };
  return { pool, options: { pool, keeper, wallNow: () => START } };
}

test('owners hear three days ahead of a window what is missing, and again a day ahead, each time once', async (t) => {
  const { pool, options } = await fleet(t);
  const before = (hours: number) => writeReadinessNotices(options, START.subtract({ hours }));
  assert.equal(await before(73), 0, 'too early');
  assert.deepEqual([await before(72), await before(71), await before(25)], [1, 0, 0]);
  assert.deepEqual([await before(23), await before(1)], [1, 0]);
  const notices = await listNotices(pool, undefined, 10);
  assert.equal(notices.length, 2);
  const [{ kind, recipient, subject, body } = assert.fail()] = notices;
  assert.deepEqual([kind, recipient], ['readiness', 'owners@example.com']);
  assert.equal(subject, 'Customer 1: 1 server not ready for the window of 2023-10-22 02:00');
  assert.match(
    body,
    /srv1\.example\.com\n {2}- No backup is on record; a server of the tier critical needs one of the last 24 h\. Run a backup/,
  );
  assert.doesNotMatch(body, /srv2/);
});

test('who put it right after the first mail gets no second one', async (t) => {
  const { pool, options } = await fleet(t);
  assert.equal(await writeReadinessNotices(options, START.subtract({ hours: 72 })), 1);
  const fresh = String(START.subtract({ hours: 30 }));
  await pool.query('update machine set backup_at = $1, restore_point_at = $1, restore_test_at = $1', [fresh]);
  await pool.query('update server set last_seen = $1', [fresh]);
  assert.equal(await writeReadinessNotices(options, START.subtract({ hours: 23 })), 0);
});
