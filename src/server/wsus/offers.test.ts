import { it } from 'node:test';
import { clientService } from '#server/testing/client-service.ts';
import { enrol, identity, scan, updateIdOf } from '#server/testing/wire-client.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

it('x', async (t) => {
  console.time('svc');
  const service = await clientService(t, {});
  console.timeEnd('svc');
  console.time('imp');
  await service.import(sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 10 }).documents);
  console.timeEnd('imp');
  const c = await service.addCustomer(1);
  const s = await enrol(`${service.url}/${c.token}`, identity(1), service.now());
  const r = await scan(s);
  console.log(r.calls, r.newIds.length, [...r.updates.values()].map((u) => `${updateIdOf(u)} ${u.deployment.action} ${u.isLeaf}`));
  service.moveTo(Temporal.Instant.from('2023-10-22T00:00:00Z'));
  const r2 = await scan(await enrol(`${service.url}/${c.token}`, identity(1), service.now()), {updates: r.updates, cookie: (await enrol(`${service.url}/${c.token}`, identity(1), service.now())).cookie});
  console.log(r2.calls, r2.changed.filter(c=>c.deployment.action==='Install'), service.log);
});
