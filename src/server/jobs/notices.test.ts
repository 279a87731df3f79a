import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { factsOver, update } from '#domain/decide/testing.ts';
import { directory } from '#server/facts/directory.ts';
import { smtpTransport } from '#server/integrations/mail/transport.ts';
import { sendDueNotices } from '#server/jobs/mail.ts';
import { writeNotices } from '#server/jobs/notices.ts';
import { listCustomers } from '#server/store/customers.ts';
import { listNotices } from '#server/store/notices.ts';
import { enrol } from '#server/store/servers.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { NO_ROWS } from '#server/testing/no-rows.ts';
import { sampleCustomer, sampleId } from '#server/testing/sample.ts';

const at = Temporal.Instant.from;
/** The primary window of `default` in Zurich: 2023-10-22 02:00 to 06:00, local. */
const DAY_BEFORE = at('2023-10-21T06:00:00Z');
const CUMULATIVE = update(1);
const QUIET = update(2, { reboot: 'NeverReboots', title: 'Quiet update' });

/** A database with a customer of two servers that need both updates, one of which told of a failure. */
async function fleet(t: TestContext) {
  const pool = await freshDatabase(t);
  const customerId = await sampleCustomer(pool);
  await pool.query(`update customer set plan = 'default', owner_mail = 'owners@example.com' where customer_id = $1`, [
    customerId,
  ]);
  const servers = [];
  for (const name of ['web1', 'web2']) {
    const serverId = await enrol(pool, { clientId: `client-${name}`, dnsName: name, customerId, at: DAY_BEFORE });
    await pool.query('update server set os_build = 17763, product_type = 3 where server_id = $1', [serverId]);
    for (const { updateId } of [CUMULATIVE, QUIET])
      await pool.query(
        `insert into server_update (server_id, customer_id, update_id, state, provisional, reported_at, since)
         values ($1, $2, $3, 'needed', false, $4, $4)`,
        [serverId, customerId, updateId, String(DAY_BEFORE)],
      );
    servers.push(serverId ?? '');
  }
  const facts = factsOver([CUMULATIVE, QUIET]);
  const known = directory({ ...NO_ROWS, customers: await listCustomers(pool) });
  const keeper = { current: () => facts, directory: () => known };
  return { pool, servers, options: { pool, keeper, wallNow: () => at('2026-01-01T00:00:00Z') } };
}

test('owners hear a day ahead of the window which servers may restart, and once', async (t) => {
  const { pool, options } = await fleet(t);
  assert.equal(await writeNotices(options, at('2023-10-20T06:00:00Z')), 0, 'two days ahead is too early');
  assert.equal(await writeNotices(options, DAY_BEFORE), 1);
  assert.equal(await writeNotices(options, DAY_BEFORE.add({ hours: 3 })), 0);
  const [notice] = await listNotices(pool, undefined, 10);
  assert.equal(notice?.recipient, 'owners@example.com');
  assert.equal(notice?.subject, 'Customer 1: 2 servers may restart on 2023-10-22 02:00');
  assert.match(notice?.body ?? '', /web1\n {2}- 2023-10 Cumulative Update/);
  assert.doesNotMatch(notice?.body ?? '', /Quiet/);
});

test('failures are gathered for half an hour and told once, with what the code means', async (t) => {
  const { pool, servers, options } = await fleet(t);
  const failedAt = at('2023-10-22T02:00:00Z');
  await pool.query(
    `update server_update set state = 'failed', reported_at = $2 where server_id = $1 and update_id = $3`,
    [servers[0], String(failedAt), CUMULATIVE.updateId],
  );
  await pool.query(
    `insert into event (event_instance_id, server_id, event_id, update_id, hresult, time_at_target, received_at, details)
     values ($1, $2, 182, $3, -2147023293, $4, $4, '{}')`,
    [sampleId('e', 1), servers[0], CUMULATIVE.updateId, String(failedAt)],
  );
  assert.equal(await writeNotices(options, failedAt.add({ minutes: 10 })), 0);
  assert.equal(await writeNotices(options, failedAt.add({ minutes: 31 })), 1);
  assert.equal(await writeNotices(options, failedAt.add({ minutes: 90 })), 0);
  const [notice] = await listNotices(pool, undefined, 10);
  assert.equal(notice?.subject, 'Customer 1: updates failed on 1 server');
  assert.match(notice?.body ?? '', /web1\n.*0x80070643/);
});

test('mail goes out once over SMTP, is tried again when the server refuses, and is given up in the end', async (t) => {
  const { pool, options } = await fleet(t);
  await writeNotices(options, DAY_BEFORE);
  const mails: string[] = [];
  let refusing = true;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) => done(refusing ? new Error('450 not now') : null),
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  t.after(() => new Promise<void>((done) => server.close(done)));
  const { port } = server.server.address() as { port: number };
  const transport = smtpTransport(`smtp://127.0.0.1:${port}`, 'Second Tuesday <patching@example.com>');
  t.after(() => transport.close());
  let now = at('2026-01-01T00:00:00Z');
  assert.equal(await sendDueNotices(pool, transport, () => now), 0);
  const [refused] = await listNotices(pool, undefined, 10);
  assert.match(refused?.lastError ?? '', /not now/);
  assert.equal(await sendDueNotices(pool, transport, () => now), 0, 'not before its time');
  refusing = false;
  now = now.add({ minutes: 2 });
  assert.equal(await sendDueNotices(pool, transport, () => now), 1);
  assert.equal(await sendDueNotices(pool, transport, () => now), 0);
  assert.equal(mails.length, 1);
  assert.match(mails[0] ?? '', /To: .*owners@example\.com/);
  assert.match(mails[0] ?? '', /Subject: Customer 1: 2 servers may restart/);
});
