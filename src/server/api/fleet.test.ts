import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import {
  addCustomer,
  changeCustomer,
  changeServer,
  listCustomers,
  listPlans,
  listServers,
  putPlan,
  rotateToken,
  showPlan,
  showServer,
} from '#contract/endpoints/fleet.ts';
import { listRecords, status, verifyRecords } from '#contract/endpoints/service.ts';
import { enrol } from '#server/store/servers.ts';
import { applyAgentEvents } from '#server/store/status.ts';
import { type TestService, testService } from './testing/service.ts';

const AT = '2023-10-12T00:00:00Z';

async function server({ pool, clock }: TestService, dnsName: string, customerId?: string): Promise<string> {
  const claim = { clientId: randomUUID(), dnsName, at: clock.now(), ...(customerId ? { customerId } : {}) };
  const serverId = (await enrol(pool, claim)) ?? assert.fail('not enrolled');
  await pool.query('update server set os_build = 17763, product_type = 3 where server_id = $1', [serverId]);
  return serverId;
}

test('an enrolment token is shown once, enrols, and stands in no record', async (t) => {
  const service = await testService(t, AT);
  const { call, keeper, pool } = service;
  const { customer, token } = await call(addCustomer, {
    body: { name: 'Contoso', zone: 'Europe/London', plan: 'default' },
  });
  assert.match(token, /^st-[a-z2-7]{32}$/);
  assert.equal(keeper.directory().customerOfToken(token), customer.customerId);
  const renewed = await call(rotateToken, { params: { customer: 'Contoso' } });
  assert.notEqual(renewed.token, token);
  assert.equal(keeper.directory().customerOfToken(token), undefined);
  assert.equal(keeper.directory().customerOfToken(renewed.token), customer.customerId);
  const records = await call(listRecords, { query: { customer: 'Contoso' } });
  assert.deepEqual(
    records.items.map(({ number, what, who, clock }) => [number, what, who, clock]),
    [
      [1, 'customer.added', 'admin', 'simulated'],
      [2, 'customer.token-rotated', 'admin', 'simulated'],
    ],
  );
  for (const secret of [token, renewed.token]) assert.ok(!JSON.stringify(records).includes(secret));
  await assert.rejects(call(addCustomer, { body: { name: 'Contoso', zone: 'Etc/UTC' } }), { code: 'conflict.exists' });
  await assert.rejects(call(addCustomer, { body: { name: 'B', zone: 'Etc/UTC', plan: 'none' } }), {
    code: 'not-found',
  });
  assert.equal((await pool.query('select from customer')).rowCount, 1);
});

test('lists come in pages that join without a gap', async (t) => {
  const service = await testService(t, AT);
  const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `customer ${name}`);
  for (const name of names) await service.call(addCustomer, { body: { name, zone: 'Etc/UTC' } });
  const dnsNames = ['s1.example', 's2.example', 's2.example', 's3.example'];
  for (const dnsName of dnsNames) await server(service, dnsName);
  const walk = async (list: typeof listCustomers | typeof listServers): Promise<string[]> => {
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await service.call(list, { query: { limit: 2, ...(after ? { after } : {}) } });
      seen.push(...page.items.map((item) => ('name' in item ? item.name : item.dnsName)));
      if (page.next === undefined) return seen;
      after = page.next;
    }
  };
  assert.deepEqual(await walk(listCustomers), names);
  assert.deepEqual(await walk(listServers), dnsNames);
  for (const after of [
    'garbage',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('{"a":1}').toString('base64url'),
  ]) {
    await assert.rejects(service.call(listCustomers, { query: { after } }), { code: 'usage.wrong' });
    await assert.rejects(service.call(listServers, { query: { after } }), { code: 'usage.wrong' });
  }
});

test('a plan is filled in, checked, and told with its exact instants', async (t) => {
  const { call } = await testService(t, AT);
  const saturday = await call(putPlan, {
    params: { plan: 'saturdays' },
    body: { weekday: 6, hour: 22, releaseWeek: 3 },
  });
  assert.deepEqual([saturday.soakDays, saturday.windowMinutes, saturday.kind], [15, 240, 'weekly']);
  const { items } = await call(listPlans);
  assert.deepEqual(
    items.map(({ name }) => name),
    ['early', 'default', 'delayed', 'managed-operations', 'saturdays'],
  );
  const cycle = await call(showPlan, {
    params: { plan: 'default', cycle: '2023-10' },
    query: { zone: 'Europe/London' },
  });
  assert.equal(cycle.patchTuesday, '2023-10-10T17:00:00Z');
  assert.equal(cycle.windowStart, '2023-10-22T01:00:00Z');
  assert.match(cycle.local.windowStart, /Sunday 2023-10-22 02:00/);
  await assert.rejects(
    call(putPlan, { params: { plan: 'x' }, body: { windowMinutes: 61, runMinutes: 62 } }),
    (error: Error) => {
      assert.equal((error as Error & { code: string }).code, 'plan.invalid');
      assert.match(error.message, /runMinutes/);
      return true;
    },
  );
  await assert.rejects(call(showPlan, { params: { plan: 'nobody', cycle: '2023-10' } }), { code: 'not-found' });
});

test('a server is assigned, changed, and found by id, client id and name; both chains tell of its move', async (t) => {
  const service = await testService(t, AT);
  const { call } = service;
  const { customer } = await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/London', plan: 'default' } });
  await call(addCustomer, { body: { name: 'Fabrikam', zone: 'Asia/Tokyo', mode: 'observe' } });
  const serverId = await server(service, 'DB1.contoso.example', customer.customerId);
  const shown = await call(showServer, { params: { server: 'db1.CONTOSO.example' } });
  assert.deepEqual(
    [shown.serverId, shown.os, shown.plan, shown.mode, shown.zone, shown.compliance],
    [serverId, 'Windows Server 2019', 'default', 'managed', 'Europe/London', 'unknown'],
  );
  assert.equal((await call(showServer, { params: { server: shown.clientId } })).serverId, serverId);
  const own = await call(changeServer, {
    params: { server: serverId },
    body: { plan: 'early', zone: 'America/Chicago' },
  });
  assert.deepEqual([own.plan, own.zone], ['early', 'America/Chicago']);
  const back = await call(changeServer, { params: { server: serverId }, body: { plan: null, zone: null } });
  assert.deepEqual([back.plan, back.zone], ['default', 'Europe/London']);
  const moved = await call(changeServer, { params: { server: serverId }, body: { customer: 'Fabrikam' } });
  assert.deepEqual(
    [moved.customer, moved.mode, moved.plan, moved.zone],
    ['Fabrikam', 'observe', undefined, 'Asia/Tokyo'],
  );
  for (const name of ['Contoso', 'Fabrikam']) {
    const { items } = await call(listRecords, { query: { customer: name } });
    assert.equal(items.at(-1)?.what, 'server.assigned');
  }
  await call(changeCustomer, { params: { customer: 'Fabrikam' }, body: { mode: 'managed', plan: 'delayed' } });
  const after = await call(showServer, { params: { server: serverId } });
  assert.deepEqual([after.mode, after.plan], ['managed', 'delayed']);
  const { chains } = await call(verifyRecords);
  assert.deepEqual(chains.map(({ customer: name, records, intact }) => [name, records, intact]).sort(), [
    ['Contoso', 4, true],
    ['Fabrikam', 3, true],
  ]);
});

test('two servers of one name are a conflict that names both', async (t) => {
  const service = await testService(t, AT);
  const ids = [await server(service, 'twin.example'), await server(service, 'TWIN.example')];
  await assert.rejects(service.call(showServer, { params: { server: 'twin.example' } }), (error: Error) => {
    const { code, details } = error as Error & { code: string; details: string[] };
    assert.equal(code, 'ambiguous');
    for (const id of ids) assert.ok(details.some((detail) => detail.includes(id)));
    return true;
  });
});

test('compliance goes by the worst that the agent said', async (t) => {
  const service = await testService(t, AT);
  const { call, pool, clock } = service;
  const serverId = await server(service, 'a.example');
  const report = (lists: readonly string[]) => {
    clock.moveTo(clock.now().add({ hours: 1 }));
    const event = {
      eventInstanceId: randomUUID(),
      serverId,
      eventId: 156,
      hresult: 0,
      timeAtTarget: clock.now(),
      receivedAt: clock.now(),
      miscData: lists,
      details: {},
    };
    return applyAgentEvents(pool, [event]);
  };
  const compliance = async () => (await call(showServer, { params: { server: serverId } })).compliance;
  const [installed, needed, failed, pending] = Array.from({ length: 4 }, () => randomUUID().toUpperCase());
  await report([`V=${installed}`]);
  assert.equal(await compliance(), 'compliant');
  await report([`V=${installed}`, `U=${needed}`]);
  assert.equal(await compliance(), 'compliant'); // nobody approved it
  await report([`U=${needed}`, `W=${pending}`]);
  assert.equal(await compliance(), 'pending-restart');
  await report([`V=${installed}`, `U=${needed}`, `W=${pending}`, `g=${failed}`]);
  const shown = await call(showServer, { params: { server: serverId } });
  assert.equal(shown.compliance, 'failed');
  assert.deepEqual(shown.tally, { installed: 1, needed: 1, downloaded: 0, pendingRestart: 1, failed: 1 });
  const { servers, warnings } = await call(status);
  assert.deepEqual([servers.total, servers.failed, servers.unassigned, servers.withoutPlan], [1, 1, 1, 1]);
  assert.ok(warnings.some((warning) => warning.includes('1 server belongs to no customer')));
});
