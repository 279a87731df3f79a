import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { EndpointCall } from '#contract/endpoint.ts';
import { importDocuments } from '#contract/endpoints/catalogue.ts';
import {
  addPause,
  liftBrake,
  liftPause,
  listBrakes,
  listHolders,
  listInstalled,
  listPauses,
  setBrake,
  showOrder,
} from '#contract/endpoints/control.ts';
import { why } from '#contract/endpoints/decision.ts';
import { addCustomer, changeServer } from '#contract/endpoints/fleet.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { tellOffers } from '#server/store/offers.ts';
import { enrol } from '#server/store/servers.ts';
import { applyAgentEvents } from '#server/store/status.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';
import { type TestService, testService } from './testing/service.ts';

const KB = 'KB5031361'; // the cumulative update of October 2023 for Server 2019
const START = '2023-10-20T02:00:00Z'; // in the lead of the window of the default week

/** Acme in London with two servers and Bolt in Tokyo with one, all on the default plan. */
async function fleet(t: Parameters<typeof testService>[0]) {
  const service = await testService(t, START);
  const { call, pool, clock } = service;
  const sample = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 30 });
  const documents = sample.documents.map(({ name, xml }) => ({ name, xml }));
  const fileUrls = sample.payloads.map(({ sha1 }) => ({ sha1, url: `https://download.windowsupdate.com/${sha1}.cab` }));
  await call(importDocuments, { body: { source: 'sample', documents, fileUrls } });
  const acme = await call(addCustomer, { body: { name: 'Acme', zone: 'Europe/London', plan: 'default' } });
  const bolt = await call(addCustomer, { body: { name: 'Bolt', zone: 'Asia/Tokyo', plan: 'default' } });
  const add = async (dnsName: string, { customer }: typeof acme): Promise<string> => {
    const { customerId } = customer;
    const id = await enrol(pool, { clientId: randomUUID(), dnsName, customerId, at: clock.now() });
    await pool.query('update server set os_build = 17763, product_type = 3 where server_id = $1', [id]);
    return id ?? assert.fail('not enrolled');
  };
  const servers = { a1: await add('a1.acme', acme), a2: await add('a2.acme', acme), b1: await add('b1.bolt', bolt) };
  return { ...service, servers };
}

type Asked = NonNullable<EndpointCall<typeof addPause>['body']>;

/** Whether each server is offered the update, and what holds it where it is not. */
async function standing({ call }: TestService): Promise<string[]> {
  const asked = ['a1.acme', 'a2.acme', 'b1.bolt'].map((server) => call(why, { params: { server, update: KB } }));
  return (await Promise.all(asked)).map(({ offered, answers }) => {
    const reasons = answers.flatMap((answer) => answer.reasons);
    return offered ? 'offered' : (reasons[0]?.code ?? '');
  });
}

test('a pause holds its customer until it ends or is lifted, and tells what will be late', async (t) => {
  const service = await fleet(t);
  const { call, clock } = service;
  assert.deepEqual(await standing(service), ['offered', 'offered', 'offered']);
  const ends = '2023-10-23T00:00:00Z';
  const body = { scope: 'customer', customer: 'Acme', ends, why: 'stock taking', who: 'Ann' } as const;
  const pause = await call(addPause, { body });
  assert.deepEqual([pause.state, pause.servers, pause.lateServers], ['in-force', 2, 2]);
  assert.deepEqual(
    pause.late.map(({ plan, zone, servers, count, windows, next }) => [
      plan,
      zone,
      servers,
      count,
      windows[0]?.local,
      next.local,
    ]),
    [['default', 'Europe/London', 2, 1, 'Sunday 2023-10-22 02:00', 'Sunday 2023-10-29 02:00']],
  );
  const held = ['exception.paused', 'exception.paused', 'offered'];
  assert.deepEqual(await standing(service), held);
  const { items } = await call(listPauses, { query: { state: 'in-force' } });
  assert.deepEqual(
    items.map(({ customer, lateServers }) => [customer, lateServers]),
    [['Acme', 2]],
  );
  const lifted = await call(liftPause, { params: { pause: pause.pauseId }, query: { why: 'done early' } });
  assert.deepEqual([lifted.state, lifted.lifted?.who], ['past', 'admin']);
  assert.deepEqual(await standing(service), ['offered', 'offered', 'offered']);
  await assert.rejects(call(liftPause, { params: { pause: pause.pauseId }, query: { why: 'again' } }), {
    code: 'not-found',
  });
  const records = await call(listRecords, { query: { customer: 'Acme' } });
  assert.deepEqual(records.items.map(({ who, what }) => `${who} ${what}`).slice(-2), [
    'Ann pause.set',
    'admin pause.lifted',
  ]);
  await call(addPause, { body });
  clock.moveTo(Temporal.Instant.from(ends));
  assert.equal((await call(listPauses, { query: { state: 'in-force' } })).items.length, 0);
  assert.equal((await call(listPauses, { query: { state: 'past' } })).items.length, 2);
});

test('pauses for one server, a group and all; what is to come holds nothing yet', async (t) => {
  const service = await fleet(t);
  const { call, pool, keeper, servers } = service;
  const [starts, ends] = ['2023-10-21T00:00:00Z', '2023-10-28T00:00:00Z'];
  await pool.query("update server set target_group = 'SQL' where server_id = $1", [servers.a2]);
  await keeper.refresh();
  const one = await call(addPause, { body: { scope: 'server', server: 'b1.bolt', ends, why: 'audit' } });
  assert.deepEqual([one.server, one.customer, one.lateServers], ['b1.bolt', 'Bolt', 1]);
  const group = await call(addPause, {
    body: { scope: 'group', customer: 'Acme', group: 'SQL', ends, why: 'month end' },
  });
  assert.deepEqual([group.group, group.lateServers], ['SQL', 1]);
  assert.deepEqual(await standing(service), ['offered', 'exception.paused', 'exception.paused']);
  const all = await call(addPause, { body: { scope: 'all', starts, ends, why: 'Christmas' } });
  assert.deepEqual([all.state, all.lateServers, all.late.length], ['to-come', 3, 2]);
  assert.deepEqual(await standing(service), ['offered', 'exception.paused', 'exception.paused']);
  const first = await call(listPauses, { query: { limit: 2 } });
  const second = await call(listPauses, { query: { limit: 2, after: first.next } });
  const ids = [...first.items, ...second.items].map(({ pauseId }) => pauseId);
  assert.deepEqual(ids.sort(), [one, group, all].map(({ pauseId }) => pauseId).sort());
  assert.equal(second.next, undefined);
});

test('a pause has an end, within 90 days, and says for whom it is', async (t) => {
  const { call } = await fleet(t);
  const ends = '2023-10-21T00:00:00Z';
  const refused = (body: Partial<Asked>, message: RegExp) =>
    assert.rejects(call(addPause, { body: { ends, why: 'a test', scope: 'all', ...body } }), {
      code: 'usage.wrong',
      message,
    });
  await refused({ ends: '2024-01-18T02:00:01Z' }, /at most 90 days/);
  await refused({ ends: '2023-10-20T01:00:00Z' }, /not after its beginning/);
  await refused({ starts: '2023-10-20T01:59:59Z' }, /in the past/);
  await refused({ scope: 'customer' }, /needs one/);
  await refused({ scope: 'group', customer: 'Acme' }, /group/);
  await refused({ scope: 'all', customer: 'Acme' }, /does not go with/);
});

test('the brake ends offers for everybody at once and lists who holds one, and who has it', async (t) => {
  const service = await fleet(t);
  const { call, pool, clock, servers } = service;
  const { update } = await call(why, { params: { server: 'a1.acme', update: KB } });
  const revision = (await pool.query('select revision_id as id from revision where update_id = $1', [update.updateId]))
    .rows[0];
  const deadline = Temporal.Instant.from('2023-10-22T01:00:00Z');
  for (const serverId of Object.values(servers))
    await tellOffers(pool, serverId, [{ updateId: update.updateId, revisionId: revision.id, deadline }], clock.now());
  await pool.query("update server set last_sync = '2023-10-19T20:00:00Z' where server_id = $1", [servers.a1]);
  await pool.query("update server set settings_at = '2023-10-20T01:50:00Z' where server_id = $1", [servers.a2]);
  const instant = clock.now().subtract({ minutes: 10 });
  await applyAgentEvents(pool, [
    {
      eventInstanceId: randomUUID(),
      serverId: servers.b1,
      eventId: 183,
      updateId: update.updateId,
      hresult: 0,
      timeAtTarget: instant,
      receivedAt: instant,
      miscData: [],
      details: {},
    },
  ]);
  const brake = await call(setBrake, { body: { update: KB, why: 'it breaks printing', who: 'Ann' } });
  assert.deepEqual([brake.holding, brake.installed], [2, 1]);
  assert.deepEqual(
    brake.holders.items.map(({ dnsName, customer, deadline, nextScan }) => [dnsName, customer, deadline, nextScan]),
    [
      [
        'a1.acme',
        'Acme',
        '2023-10-22T01:00:00Z',
        { from: '2023-10-20T13:36:00Z', until: '2023-10-20T22:00:00Z', by: 'agent', overdue: false },
      ],
      [
        'a2.acme',
        'Acme',
        '2023-10-22T01:00:00Z',
        { from: '2023-10-20T02:00:00Z', until: '2023-10-20T02:15:00Z', by: 'settings-task', overdue: false },
      ],
    ],
  );
  assert.deepEqual(
    brake.installers.items.map(({ dnsName, reportedAt }) => [dnsName, reportedAt]),
    [['b1.bolt', '2023-10-20T01:50:00Z']],
  );
  assert.deepEqual((await standing(service)).slice(0, 2), ['exception.braked', 'exception.braked']);
  await assert.rejects(call(setBrake, { body: { update: KB, why: 'once more' } }), { code: 'conflict.exists' });
  const [listed] = (await call(listBrakes)).items;
  assert.deepEqual([listed?.update.kb, listed?.holding, listed?.who], ['5031361', 2, 'Ann']);
  const first = await call(listHolders, { params: { update: KB }, query: { limit: 1 } });
  const second = await call(listHolders, { params: { update: KB }, query: { limit: 1, after: first.next } });
  assert.deepEqual([first.items[0]?.dnsName, second.items[0]?.dnsName, second.next], ['a1.acme', 'a2.acme', undefined]);
  assert.equal((await call(listInstalled, { params: { update: KB } })).items.length, 1);
  clock.moveTo(Temporal.Instant.from('2023-10-21T12:00:00Z'));
  const [late] = (await call(listHolders, { params: { update: KB } })).items;
  assert.equal(late?.nextScan?.overdue, true);
  await call(liftBrake, { params: { update: KB }, query: { why: 'Microsoft repaired it' } });
  assert.deepEqual((await standing(service)).slice(0, 2), ['offered', 'offered']);
  await assert.rejects(call(liftBrake, { params: { update: KB }, query: { why: 'again' } }), { code: 'not-found' });
  const whats = (await call(listRecords)).items.map(({ who, what }) => `${who} ${what}`);
  assert.deepEqual(whats.slice(-2), ['Ann brake.set', 'admin brake.lifted']);
});

test('servers that are only observed, or without a plan, are not late', async (t) => {
  const { call } = await fleet(t);
  await call(changeServer, { params: { server: 'a1.acme' }, body: { mode: 'observe' } });
  const pause = await call(addPause, { body: { scope: 'all', ends: '2023-10-23T00:00:00Z', why: 'a test' } });
  assert.deepEqual([pause.servers, pause.lateServers], [2, 2]);
});

test('the order of conflicts is told', async (t) => {
  const { call } = await testService(t, START);
  const { items } = await call(showOrder);
  const approval = items.find(({ name }) => name === 'approval');
  assert.match(approval?.rules.join(' ') ?? '', /one server.* customer.* all customers.* policy/i);
});
