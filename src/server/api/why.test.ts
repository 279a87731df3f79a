import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { acceptEula, decidePerson, withdrawPerson } from '#contract/endpoints/approvals.ts';
import { importDocuments, showUpdate } from '#contract/endpoints/catalogue.ts';
import { forecast, why } from '#contract/endpoints/decision.ts';
import { addCustomer, changeServer, showServer } from '#contract/endpoints/fleet.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { tellOffers } from '#server/store/offers.ts';
import { enrol } from '#server/store/servers.ts';
import { type AgentEvent, applyAgentEvents } from '#server/store/status.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';
import { type TestService, testService } from './testing/service.ts';

const KB = 'KB5031361'; // the cumulative update of October 2023 for Server 2019
const SERVER = 'db1.contoso.example';

/** Contoso with one Server 2019 on the default plan in London, on the day after Patch Tuesday; every payload at Microsoft's. */
async function contoso(t: Parameters<typeof testService>[0]): Promise<TestService & { serverId: string }> {
  const service = await testService(t, '2023-10-11T00:00:00Z');
  const { call, pool, clock } = service;
  const sample = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 30 });
  const documents = sample.documents.map(({ name, xml }) => ({ name, xml }));
  const fileUrls = sample.payloads.map(({ sha1 }) => ({ sha1, url: `https://download.windowsupdate.com/${sha1}.cab` }));
  await call(importDocuments, { body: { source: 'sample', documents, fileUrls } });
  const { customer } = await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/London', plan: 'default' } });
  const { customerId } = customer;
  const claim = { clientId: randomUUID(), dnsName: SERVER, customerId, at: clock.now() };
  const serverId = (await enrol(pool, claim)) ?? assert.fail('not enrolled');
  await pool.query('update server set os_build = 17763, product_type = 3 where server_id = $1', [serverId]);
  return { ...service, serverId };
}

function event(serverId: string, at: string, changes: Partial<AgentEvent>): AgentEvent {
  const instant = Temporal.Instant.from(at);
  return {
    eventInstanceId: randomUUID(),
    serverId,
    eventId: 156,
    hresult: 0,
    timeAtTarget: instant,
    receivedAt: instant,
    miscData: [],
    details: {},
    ...changes,
  };
}

test('why follows an update through its cycle, with what changes next and by when the client knows', async (t) => {
  const { call, clock, pool, serverId } = await contoso(t);
  const ask = async (at: string) => {
    clock.moveTo(Temporal.Instant.from(at));
    return call(why, { params: { server: SERVER, update: KB } });
  };
  const early = await ask('2023-10-12T00:00:00Z');
  assert.equal(early.offered, false);
  assert.equal(early.simulated, true);
  assert.match(early.headline, /^Held until 2023-10-20 02:00 \(Europe\/London\): /);
  assert.equal(early.nextChange, '2023-10-20T01:00:00Z');
  assert.equal(early.knownBy, '2023-10-21T03:00:00Z');
  assert.deepEqual(
    early.answers.map(({ question, held }) => [question, held]),
    [
      ['catalogue', false],
      ['approval', false],
      ['licence-payload', false],
      ['exception', false],
      ['mode', false],
      ['release', true],
      ['wave', false],
      ['readiness', false],
      ['window', true],
    ],
  );
  assert.equal(early.reported.state, 'unknown');
  const lead = await ask('2023-10-20T01:00:00Z');
  assert.deepEqual([lead.offered, lead.phase, lead.deadline], [true, 'lead', undefined]);
  assert.match(lead.headline, /2023-10-22 02:00 to 2023-10-22 06:00 \(Europe\/London\)/);
  const window = await ask('2023-10-22T01:30:00Z');
  assert.deepEqual([window.phase, window.deadline], ['window', '2023-10-22T01:00:00Z']);
  const update = window.update.updateId;
  const revision = (await pool.query('select revision_id as id from revision where update_id = $1', [update])).rows[0];
  await tellOffers(pool, serverId, [{ updateId: update, revisionId: revision.id }], clock.now());
  await applyAgentEvents(pool, [
    event(serverId, '2023-10-22T01:40:00Z', { eventId: 182, updateId: update, hresult: 0x80070643 | 0 }),
  ]);
  const failed = await ask('2023-10-22T01:41:00Z');
  assert.deepEqual(
    [failed.reported.state, failed.reported.result, failed.reported.provisional],
    ['failed', '0x80070643', true],
  );
  assert.match(failed.reported.meaning ?? '', /ERROR_INSTALL_FAILURE/);
  assert.match(failed.headline, /^Failed on 2023-10-22 02:40 \(Europe\/London\) with 0x80070643\. Offered/);
  assert.equal(failed.told?.at, '2023-10-22T01:30:00Z');
  await applyAgentEvents(pool, [
    event(serverId, '2023-10-22T02:30:00Z', { eventId: 183, updateId: update }),
    event(serverId, '2023-10-22T02:45:00Z', { miscData: [`V=${update.toUpperCase()}`] }),
  ]);
  const done = await ask('2023-10-22T03:00:00Z');
  assert.equal(
    done.headline,
    'Installed on 2023-10-22 03:30 (Europe/London), as the server reported on 2023-10-22 03:45 (Europe/London).',
  );
  const earlier = await call(why, { params: { server: SERVER, update: KB }, query: { at: '2023-10-12T00:00:00Z' } });
  assert.equal(earlier.nextChange, '2023-10-20T01:00:00Z');
  assert.equal(earlier.knownBy, undefined, 'nobody learns of a change in the past');
});

test('an update that the agent could name and did not is not applicable', async (t) => {
  const { call, clock, pool, serverId } = await contoso(t);
  clock.moveTo(Temporal.Instant.from('2023-10-12T00:00:00Z'));
  const before = await call(why, { params: { server: SERVER, update: KB } });
  assert.equal(before.reported.state, 'unknown');
  await applyAgentEvents(pool, [event(serverId, '2023-10-11T12:00:00Z', { miscData: [`V=${randomUUID()}`] })]);
  const after = await call(why, { params: { server: SERVER, update: KB } });
  assert.equal(after.reported.state, 'not-applicable');
  assert.match(after.headline, /^Not applicable to this server, as the server reported on 2023-10-11 13:00/);
  const later = await call(why, { params: { server: SERVER, update: 'KB9000111' } });
  assert.equal(later.reported.state, 'unknown', 'no client is told of an update before it is published');
});

test("a person's word, for all or for one customer, overrides the policy until it is taken back", async (t) => {
  const { call } = await contoso(t);
  const at = '2023-10-22T01:30:00Z';
  const asked = () => call(why, { params: { server: SERVER, update: KB }, query: { at } });
  assert.equal((await asked()).offered, true);
  await call(decidePerson, { body: { update: KB, decision: 'decline', why: 'it breaks printing' } });
  const declined = await asked();
  assert.equal(declined.offered, false);
  assert.equal(declined.answers[0]?.reasons[0]?.code, 'catalogue.declined');
  await call(decidePerson, {
    body: {
      update: KB,
      decision: 'approve',
      customer: 'Contoso',
      who: 'Ann',
      why: 'they do not print',
    },
  });
  assert.equal((await asked()).offered, true);
  const { persons } = await call(showUpdate, { params: { update: KB } });
  const words = persons.map(({ decision, customer = 'all' }) => `${customer} ${decision}`);
  assert.deepEqual(words.sort(), ['Contoso approve', 'all decline']);
  await call(withdrawPerson, { params: { update: KB }, query: { customer: 'Contoso', why: 'they print again' } });
  assert.equal((await asked()).offered, false);
  await call(withdrawPerson, { params: { update: KB }, query: { why: 'fixed' } });
  assert.equal((await asked()).offered, true);
  await assert.rejects(call(withdrawPerson, { params: { update: KB }, query: { why: 'again' } }), {
    code: 'not-found',
  });
  const whats = async (query: { customer?: string }) =>
    (await call(listRecords, { query })).items
      .filter(({ who }) => who !== 'service') // the verdicts that follow
      .map(({ what, who }) => `${who} ${what}`);
  assert.deepEqual((await whats({})).slice(-2), ['admin approval.declined', 'admin approval.withdrawn']);
  assert.deepEqual((await whats({ customer: 'Contoso' })).slice(-2), [
    'Ann approval.given',
    'admin approval.withdrawn',
  ]);
});

test('the forecast names what each window takes, and why the rest is held', async (t) => {
  const { call, clock, pool, serverId } = await contoso(t);
  clock.moveTo(Temporal.Instant.from('2023-10-12T00:00:00Z'));
  const coming = await call(forecast, { params: { server: SERVER }, query: { weeks: 3 } });
  const [before, primary] = coming.windows;
  assert.ok(before && primary);
  const kbs = ({ updates }: (typeof coming.windows)[0]) => updates.map(({ kb }) => kb);
  assert.equal(before.window.cycle, '2023-09');
  assert.ok(!kbs(before).includes('5031361'));
  assert.deepEqual([primary.window.start, primary.window.primary], ['2023-10-22T01:00:00Z', true]);
  assert.match(primary.local, /^Sunday 2023-10-22 02:00/);
  assert.ok(kbs(primary).includes('5031361'));
  assert.ok(!kbs(primary).includes('5031362'), 'made for another Windows');
  assert.ok(coming.held.length > 0 && coming.held.every(({ code }) => code.includes('.')));
  const id = primary.updates.find(({ kb }) => kb === '5031361')?.updateId ?? '';
  await applyAgentEvents(pool, [event(serverId, '2023-10-11T12:00:00Z', { miscData: [`U=${id}`] })]);
  const needed = await call(forecast, { params: { server: SERVER }, query: { weeks: 3 } });
  assert.deepEqual(
    needed.windows[1]?.updates.map((update) => [update.kb, update.needed]),
    [['5031361', true]],
  );
  assert.deepEqual(needed.held, []);
  await call(changeServer, { params: { server: SERVER }, body: { mode: 'observe' } });
  const observed = await call(forecast, { params: { server: SERVER }, query: { weeks: 3 } });
  assert.equal(observed.mode, 'observe');
  assert.deepEqual(observed.windows, needed.windows);
  await applyAgentEvents(pool, [event(serverId, '2023-10-22T03:00:00Z', { miscData: [`V=${id}`] })]);
  const done = await call(forecast, { params: { server: SERVER }, query: { weeks: 3 } });
  assert.ok(done.windows.every(({ updates }) => updates.length === 0));
});

test('a needed update makes a server not compliant once it is released for its plan', async (t) => {
  const { call, clock, pool, serverId } = await contoso(t);
  const { update } = await call(why, { params: { server: SERVER, update: KB } });
  await applyAgentEvents(pool, [event(serverId, '2023-10-11T12:00:00Z', { miscData: [`U=${update.updateId}`] })]);
  const compliance = async (at: string) => {
    clock.moveTo(Temporal.Instant.from(at));
    return (await call(showServer, { params: { server: SERVER } })).compliance;
  };
  assert.equal(await compliance('2023-10-17T22:59:59Z'), 'compliant');
  assert.equal(await compliance('2023-10-17T23:00:00Z'), 'not-compliant');
});

test('licence terms are accepted once, for updates that have them', async (t) => {
  const { call, keeper } = await contoso(t);
  const eulas = keeper.current().catalogue.deployable.flatMap(({ eulaId }) => eulaId ?? []);
  const [eula] = eulas;
  assert.ok(eula);
  assert.deepEqual(await call(acceptEula, { params: { eula: eula.toUpperCase() }, body: { who: 'Ann' } }), {
    eula,
    updates: 1,
  });
  assert.ok(keeper.current().acceptedEulas.has(eula));
  await assert.rejects(call(acceptEula, { params: { eula: randomUUID() }, body: {} }), { code: 'not-found' });
});
