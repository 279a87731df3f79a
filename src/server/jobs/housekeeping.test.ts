import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tidy } from '#server/jobs/housekeeping.ts';
import { findDeploymentSet, saveDeploymentSet } from '#server/store/deployment-sets.ts';
import { enrol, findServerByClientId, registerComputer } from '#server/store/servers.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { AT, sampleCustomer } from '#server/testing/sample.ts';
import { server2019 } from '#server/testing/wire-client.ts';

const DAYS_59 = AT.add({ hours: 24 * 59 });
const DAYS_61 = AT.add({ hours: 24 * 61 });

test('what nobody used for 60 days goes, however much it is, and the log says how many', async (t) => {
  const pool = await freshDatabase(t);
  await pool.query(`insert into deployment_set select 'old ' || n, 'x', $1 from generate_series(1, 1201) n`, [
    String(AT),
  ]);
  await saveDeploymentSet(pool, 'used', Buffer.from('x'), AT);
  await saveDeploymentSet(pool, 'used', Buffer.from('x'), DAYS_59);
  const lines: object[] = [];
  const log = { info: (details: object) => lines.push(details), warn: () => assert.fail() };
  await tidy({ pool, now: () => DAYS_59, log });
  await tidy({ pool, now: () => DAYS_61, log });
  const counts = lines.map((line) => (line as { deploymentSets: number }).deploymentSets);
  assert.deepEqual(counts, [0, 1201]);
  assert.ok(await findDeploymentSet(pool, 'used'));
});

test('an id that was only ever claimed is forgotten; a registered server and one of a customer stay', async (t) => {
  const pool = await freshDatabase(t);
  const customerId = await sampleCustomer(pool);
  await enrol(pool, { clientId: 'claimed', dnsName: 'a', at: AT });
  await enrol(pool, { clientId: 'of-a-customer', dnsName: 'b', customerId, at: AT });
  const registered = await enrol(pool, { clientId: 'registered', dnsName: 'c', at: AT });
  await registerComputer(pool, registered ?? '', server2019('c'), AT);
  await enrol(pool, { clientId: 'seen', dnsName: 'd', at: DAYS_59 });
  await tidy({ pool, now: () => DAYS_61, log: { info: () => undefined, warn: () => assert.fail() } });
  const left = await Promise.all(
    ['claimed', 'of-a-customer', 'registered', 'seen'].map(async (id) => Boolean(await findServerByClientId(pool, id))),
  );
  assert.deepEqual(left, [false, true, true, true]);
});
