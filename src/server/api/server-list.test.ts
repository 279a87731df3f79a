import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointCall } from '#contract/endpoint.ts';
import { addCustomer, changeServer, listServers } from '#contract/endpoints/fleet.ts';
import { sketchServer } from './testing/fleet.ts';
import { type TestService, testService } from './testing/service.ts';

const AT = '2023-10-12T00:00:00Z';
type Query = NonNullable<EndpointCall<typeof listServers>['query']>;

/** The names of a whole list, page after page. */
async function walk({ call }: TestService, query: Query): Promise<string[]> {
  const names: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await call(listServers, { query: { ...query, ...(after === undefined ? {} : { after }) } });
    names.push(...page.items.map(({ dnsName }) => dnsName));
    if (page.next === undefined) return names;
    after = page.next;
  }
}

test('a search finds a part of the name in any letter case, and takes no character for a wildcard', async (t) => {
  const service = await testService(t, AT);
  for (const dnsName of ['DB1.contoso.example', 'db2.contoso.example', 'web%1.example', 'web_2.example', 'back\\slash'])
    await sketchServer(service, { dnsName });
  assert.deepEqual(await walk(service, { search: 'dB' }), ['DB1.contoso.example', 'db2.contoso.example']);
  assert.deepEqual(await walk(service, { search: '%' }), ['web%1.example']);
  assert.deepEqual(await walk(service, { search: '_' }), ['web_2.example']);
  assert.deepEqual(await walk(service, { search: '\\' }), ['back\\slash']);
  assert.deepEqual(await walk(service, { search: "'; drop table server" }), []);
});

test('servers are found by plan and system, inherited or their own, on pages of any size', async (t) => {
  const service = await testService(t, AT);
  const { call } = service;
  const body = { name: 'Contoso', zone: 'Europe/London', plan: 'default' } as const;
  const { customerId } = (await call(addCustomer, { body })).customer;
  await sketchServer(service, { dnsName: 'a', customerId });
  await sketchServer(service, { dnsName: 'b', customerId, plan: 'early' });
  await sketchServer(service, { dnsName: 'c', customerId, osBuild: 20348 });
  await sketchServer(service, { dnsName: 'd', customerId, osBuild: null });
  await sketchServer(service, { dnsName: 'e', plan: 'early' });
  for (const limit of [1, 2, 100]) {
    assert.deepEqual(await walk(service, { limit, plan: 'default' }), ['a', 'c', 'd']);
    assert.deepEqual(await walk(service, { limit, plan: 'early' }), ['b', 'e']);
    assert.deepEqual(await walk(service, { limit, plan: 'nobodys' }), []);
    assert.deepEqual(await walk(service, { limit, os: 'Windows Server 2019' }), ['a', 'b', 'e']);
    assert.deepEqual(await walk(service, { limit, os: 'Windows Server 2022', plan: 'default' }), ['c']);
    assert.deepEqual(await walk(service, { limit, os: 'not registered yet' }), ['d']);
    assert.deepEqual(await walk(service, { limit, os: 'OS/2' }), []);
    assert.deepEqual(await walk(service, { limit, customer: 'Contoso', plan: 'early' }), ['b']);
  }
});

test('by last contact the newest come first, to the microsecond, and a cursor keeps to its order', async (t) => {
  const service = await testService(t, AT);
  const seen = ['2023-10-11T00:00:00.000001Z', '2023-10-11T00:00:00Z', '2023-10-11T12:00:00Z', '2023-10-11T00:00:00Z'];
  for (const [index, lastSeen] of seen.entries()) await sketchServer(service, { dnsName: `s${index}`, lastSeen });
  const all = await walk(service, { sort: 'last-contact' });
  assert.deepEqual(all.slice(0, 2), ['s2', 's0']);
  assert.deepEqual(all.slice(2).sort(), ['s1', 's3']);
  for (const limit of [1, 2, 3]) assert.deepEqual(await walk(service, { sort: 'last-contact', limit }), all);
  const byName = await service.call(listServers, { query: { limit: 1 } });
  const byContact = await service.call(listServers, { query: { limit: 1, sort: 'last-contact' } });
  for (const query of [
    { sort: 'last-contact', after: byName.next ?? '' },
    { sort: 'name', after: byContact.next ?? '' },
    { sort: 'last-contact', after: Buffer.from('["last-contact","x","y"]').toString('base64url') },
  ] as const)
    await assert.rejects(service.call(listServers, { query }), { code: 'usage.wrong' });
});

test('a search for the few among very many goes on in the next call', async (t) => {
  const service = await testService(t, AT);
  await service.pool.query(
    `insert into server (server_id, client_id, dns_name, first_seen, last_seen, last_status)
     select gen_random_uuid(), 'c' || n, 's' || lpad(n::text, 6, '0'), $1, $1, $1 from generate_series(1, 20500) n`,
    [AT],
  );
  await service.pool.query(
    `insert into server_status (server_id, at, event_instance_id, installed, applicable)
     select server_id, $1, gen_random_uuid(), '{}', 0 from server`,
    [AT],
  );
  const first = await service.call(listServers, { query: { compliance: 'not-compliant' } });
  assert.deepEqual(first.items, []);
  assert.ok(first.next);
  const second = await service.call(listServers, { query: { compliance: 'not-compliant', after: first.next } });
  assert.deepEqual(second, { items: [] });
  const compliant = await service.call(listServers, { query: { compliance: 'compliant', limit: 1000 } });
  assert.equal(compliant.items.length, 1000);
});

test('a server that was moved counts where it is at once', async (t) => {
  const service = await testService(t, AT);
  const { call } = service;
  await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/London', plan: 'default' } });
  const server = await sketchServer(service, { dnsName: 'a' });
  assert.deepEqual(await walk(service, { plan: 'default' }), []);
  await call(changeServer, { params: { server }, body: { customer: 'Contoso' } });
  assert.deepEqual(await walk(service, { plan: 'default' }), ['a']);
});
