import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import { dropCluster, emptyDatabase, freshDatabase, makeCluster, type TestCluster } from '#server/testing/database.ts';
import { AT, sampleCustomer, sampleId, sampleRevision, sampleServer } from '#server/testing/sample.ts';
import { externalServer, startTestServer, temporaryFolder } from '#server/testing/server.ts';
import { backup } from './backup/backup.ts';
import { restore } from './backup/restore.ts';
import { inTransaction } from './pool.ts';
import { appendRecord, verifyRecord } from './record.ts';
import { loadRevisions } from './revisions.ts';
import { ensureService } from './service.ts';
import { applyAgentEvents, listServerUpdates } from './status.ts';

// An installation may bring its own PostgreSQL, which is older than the embedded one.
const external = externalServer();
const installed = globSync('/usr/lib/postgresql/*/bin/postgres').sort().map(dirname).map(dirname).at(0);
const nothing = 'no other PostgreSQL here: apt-get install postgresql, or set ST_TEST_DATABASE_URL';

describe('on another PostgreSQL', { skip: external || installed ? false : nothing }, () => {
  let server: TestCluster;

  before(async () => {
    server = await makeCluster(external ?? (await startTestServer(temporaryFolder(), installed)).connection);
  });
  after(() => dropCluster(server));

  it('is 15 or later', async (t) => {
    const pool = await freshDatabase(t, server);
    const { rows } = await pool.query(`select current_setting('server_version_num')::int as version`);
    t.diagnostic(`PostgreSQL ${rows[0].version}`);
    assert.ok(rows[0].version >= 150_000);
  });

  it('imports, applies events, records and verifies', async (t) => {
    const pool = await freshDatabase(t, server);
    await ensureService(pool, { serverGuid: sampleId('d', 1), clock: 'real', at: AT });
    await sampleRevision(pool);
    assert.equal((await Array.fromAsync(loadRevisions(pool))).length, 1);
    const serverId = await sampleServer(pool, 1, await sampleCustomer(pool));
    const event = {
      eventInstanceId: sampleId('e', 1),
      serverId,
      eventId: 156,
      hresult: 0,
      timeAtTarget: AT,
      receivedAt: AT,
    };
    await applyAgentEvents(pool, [{ ...event, miscData: [`U=${sampleId('a', 1)}`], details: {} }]);
    assert.equal((await listServerUpdates(pool, serverId))[0]?.state, 'needed');
    const entry = {
      customerId: SERVICE_CHAIN,
      at: AT,
      clock: 'real',
      who: 'jo',
      what: 'x',
      subject: {},
      facts: { n: 1e21 },
    } as const;
    await inTransaction(pool, (client) => appendRecord(client, [entry, entry]));
    assert.ok((await verifyRecord(pool, SERVICE_CHAIN)).ok);
  });

  it('takes a backup to the embedded one and back', async (t) => {
    const original = await freshDatabase(t, server);
    await ensureService(original, { serverGuid: sampleId('d', 1), clock: 'real', at: AT });
    await sampleRevision(original);
    const embedded = await emptyDatabase(t);
    await restore(embedded, backup(original, AT));
    const again = await emptyDatabase(t, server);
    await restore(again, backup(embedded, AT));
    const [before, after] = await Promise.all([original, again].map((pool) => Array.fromAsync(loadRevisions(pool))));
    assert.equal(JSON.stringify(after), JSON.stringify(before));
  });
});
