import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { importDocuments } from '#contract/endpoints/catalogue.ts';
import { why } from '#contract/endpoints/decision.ts';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { serverUpdates } from '#contract/endpoints/now.ts';
import { type AgentEvent, applyAgentEvents } from '#server/store/status.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';
import { sketchServer } from './testing/fleet.ts';
import { type TestService, testService } from './testing/service.ts';

/** In the lead of the default plan's window in London: what is approved of October is offered. */
const LEAD = '2023-10-20T12:00:00Z';

/** Contoso with the sample of September and October, imported in time; every payload at Microsoft's. */
async function contoso(t: Parameters<typeof testService>[0]): Promise<TestService & { readonly customerId: string }> {
  const service = await testService(t, '2023-10-11T00:00:00Z');
  const { documents, payloads } = sampleCatalogue({ from: '2023-09', to: '2023-10', definitionsEvery: 30 });
  const fileUrls = payloads.map(({ sha1 }) => ({ sha1, url: `https://download.windowsupdate.com/${sha1}.cab` }));
  const named = documents.map(({ name, xml }) => ({ name, xml }));
  await service.call(importDocuments, { body: { source: 'sample', documents: named, fileUrls } });
  const body = { name: 'Contoso', zone: 'Europe/London', plan: 'default' } as const;
  return { ...service, customerId: (await service.call(addCustomer, { body })).customer.customerId };
}

function idOf({ keeper }: TestService, kb: string): string {
  return keeper.current().catalogue.deployable.find((update) => update.kb === kb)?.updateId ?? assert.fail(kb);
}

function event(serverId: string, at: string, changes: Partial<AgentEvent>): AgentEvent {
  const instant = Temporal.Instant.from(at);
  const told = { timeAtTarget: instant, receivedAt: instant, miscData: [], details: {} };
  return { eventInstanceId: randomUUID(), serverId, eventId: 156, hresult: 0, ...told, ...changes };
}

async function updatesOf({ call }: TestService, installed: 'true' | 'false' = 'false') {
  return (await call(serverUpdates, { params: { server: 'db1' }, query: { installed } })).updates;
}

test('before its first report a server is listed what it is offered, made for its Windows only', async (t) => {
  const service = await contoso(t);
  const { call, clock, customerId } = service;
  await sketchServer(service, { dnsName: 'db1', customerId, hasStatus: false });
  const early = await updatesOf(service);
  assert.ok(!early.some(({ kb }) => kb === '5031361'));
  clock.moveTo(Temporal.Instant.from(LEAD));
  const offered = await updatesOf(service);
  const cumulative = offered.find(({ kb }) => kb === '5031361') ?? assert.fail('not listed');
  assert.deepEqual([cumulative.state, cumulative.offered, cumulative.restart], ['unknown', true, true]);
  assert.match(cumulative.headline, /^Offered ahead of its window.* 2023-10-22 02:00/);
  assert.equal(cumulative.nextChange, '2023-10-22T03:30:00Z');
  assert.ok(!offered.some(({ kb }) => kb === '5031364'), 'that one is for Server 2022');
  for (const { updateId, headline, offered: isOffered } of offered) {
    const answer = await call(why, { params: { server: 'db1', update: updateId } });
    assert.deepEqual([headline, isOffered], [answer.headline, answer.offered]);
  }
});

test('after a report it is what the agent named, the worst first, each as why tells it', async (t) => {
  const service = await contoso(t);
  const { call, pool, clock, customerId } = service;
  const [cumulative, september, malware] = ['5031361', '5030214', '890830'].map((kb) => idOf(service, kb));
  const stranger = randomUUID();
  const serverId = await sketchServer(service, { dnsName: 'db1', customerId, hasStatus: false });
  const lists = [`V=${september}`, `U=${malware};${stranger}`, `g=${cumulative}`];
  await applyAgentEvents(pool, [
    event(serverId, '2023-10-09T00:00:00Z', { eventId: 183, updateId: september ?? '' }),
    event(serverId, '2023-10-19T00:00:00Z', { eventId: 182, updateId: cumulative ?? '', hresult: 0x80070070 | 0 }),
    event(serverId, '2023-10-20T00:00:00Z', { miscData: lists }),
  ]);
  clock.moveTo(Temporal.Instant.from(LEAD));
  const updates = await updatesOf(service);
  assert.deepEqual(
    updates.map(({ updateId, state }) => [updateId, state]),
    [
      [cumulative, 'failed'],
      [malware, 'needed'],
      [stranger, 'needed'],
    ],
  );
  assert.deepEqual([updates[0]?.result, updates[0]?.offered], ['0x80070070', true]);
  assert.match(updates[0]?.meaning ?? '', /ERROR_DISK_FULL/);
  assert.match(updates[2]?.headline ?? '', /the catalogue does not have it/);
  const all = await updatesOf(service, 'true');
  const installed = all.at(-1) ?? assert.fail('nothing');
  assert.deepEqual(
    [all.length, installed.updateId, installed.state, installed.offered, installed.since],
    [4, september, 'installed', false, '2023-10-09T00:00:00Z'],
  );
  for (const { updateId, headline } of all.filter((one) => one.updateId !== stranger)) {
    const answer = await call(why, { params: { server: 'db1', update: updateId } });
    assert.equal(headline, answer.headline);
  }
});

test('what came after the last report is listed as offered until the agent has seen it', async (t) => {
  const service = await contoso(t);
  const { pool, clock, customerId } = service;
  const serverId = await sketchServer(service, { dnsName: 'db1', customerId, hasStatus: false });
  await applyAgentEvents(pool, [event(serverId, '2023-10-10T00:00:00Z', { miscData: [`V=${randomUUID()}`] })]);
  clock.moveTo(Temporal.Instant.from(LEAD));
  assert.ok((await updatesOf(service)).some(({ kb, state }) => kb === '5031361' && state === 'unknown'));
  await applyAgentEvents(pool, [event(serverId, '2023-10-20T00:00:00Z', { miscData: [`V=${randomUUID()}`] })]);
  assert.ok(!(await updatesOf(service)).some(({ kb }) => kb === '5031361'));
});

test('a server that nobody owns is offered nothing', async (t) => {
  const service = await contoso(t);
  await sketchServer(service, { dnsName: 'db1', updates: { [idOf(service, '5031361')]: 'needed' } });
  service.clock.moveTo(Temporal.Instant.from(LEAD));
  const updates = await updatesOf(service);
  assert.deepEqual(
    updates.map(({ state, offered }) => [state, offered]),
    [['needed', false]],
  );
  assert.match(updates[0]?.headline ?? '', /^Held/);
});
