import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCustomer, putPlan } from '#contract/endpoints/fleet.ts';
import { listKinds, setKindPlan } from '#contract/endpoints/kinds.ts';
import { sketchServer } from './testing/fleet.ts';
import { testService } from './testing/service.ts';

test('plans of several kinds that are set at once are all kept, for a customer and for a server', async (t) => {
  const service = await testService(t, '2026-01-13T18:00:00Z');
  const { call } = service;
  const { customer } = await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/Zurich' } });
  await sketchServer(service, { dnsName: 'sql01.test', customerId: customer.customerId });
  await call(putPlan, { params: { plan: 'apart' }, query: {}, body: { weekday: 3 } });
  const kinds = ['dotnet', 'drivers', 'firmware', 'third-party'] as const;
  for (const whom of [{ customer: 'Contoso' }, { server: 'sql01.test' }]) {
    await Promise.all(kinds.map((kind) => call(setKindPlan, { params: { kind }, body: { ...whom, plan: 'apart' } })));
    const { items } = await call(listKinds, { query: whom });
    assert.deepEqual(
      items.filter(({ plan }) => plan !== undefined).map(({ kind }) => kind),
      kinds,
    );
  }
  const { items } = await call(setKindPlan, {
    params: { kind: 'drivers' },
    body: { server: 'sql01.test', plan: null },
  });
  assert.deepEqual(items.find(({ kind }) => kind === 'drivers')?.from, 'customer');
});
