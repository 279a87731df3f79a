import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import { listOffers } from '#server/store/offers.ts';
import { savePersonDecision } from '#server/store/person-decisions.ts';
import { listRecord, verifyRecord } from '#server/store/record.ts';
import { findServerByClientId } from '#server/store/servers.ts';
import { type ClientService, clientService } from '#server/testing/client-service.ts';
import { type Cache, enrol, identity, type Scan, type Session, scan, updateIdOf } from '#server/testing/wire-client.ts';
import { publishedBetween, sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

// October 2023: Patch Tuesday is the 10th; the default plan's window in Zurich opens on Sunday the 22nd at 02:00 (00:00 in UTC).

const OCTOBER = sampleCatalogue({ from: '2023-10', to: '2023-11', definitionsEvery: 40 });
const CUMULATIVE = '2cdde6c5-05a9-4a82-b5de-c5ffdcb5a618';
const OUT_OF_BAND = '66914219-473e-5d94-b804-24d9f15a444c';
const WITHDRAWN = 'b4da2898-ff2c-5979-ad90-b1315ce5c800';
const UPGRADE = '94065ec0-68d2-5fc4-9f55-526630ed0672';

const BEFORE_LEAD = Temporal.Instant.from('2023-10-19T12:00:00Z');
const IN_LEAD = Temporal.Instant.from('2023-10-20T12:00:00Z');
const IN_WINDOW = Temporal.Instant.from('2023-10-22T00:30:00Z');
const CLOSING = Temporal.Instant.from('2023-10-22T02:30:00Z');
const START = Temporal.Instant.from('2023-10-22T00:00:00Z');

function outBy(at: Temporal.Instant) {
  return publishedBetween(OCTOBER, undefined, at);
}

/** Update id → action, with the deadline where there is one. */
function told({ updates }: Cache): Map<string, string> {
  return new Map(
    [...updates.values()].map((update) => {
      const { action, deadline } = update.deployment;
      return [updateIdOf(update), deadline ? `${action} by ${deadline}` : action];
    }),
  );
}

async function serverIdOf({ pool }: ClientService, { clientId }: Session): Promise<string> {
  return (await findServerByClientId(pool, clientId))?.serverId ?? assert.fail('not enrolled');
}

/** The same client asks again, later: a new cookie by the usual way, what it was told remembered from the old one. */
async function scanAt(service: ClientService, session: Session, at: Temporal.Instant, before?: Scan): Promise<Scan> {
  service.moveTo(at);
  const renewed = await enrol(session.base, { clientId: session.clientId, dnsName: 'srv1.example.com' }, at);
  return scan(renewed, before && { updates: before.updates, cookie: renewed.cookie });
}

test('one client through lead, window and after: told, told the deadline, told no longer', async (t) => {
  const service = await clientService(t, { at: BEFORE_LEAD, documents: outBy(CLOSING) });
  const { token, customerId } = await service.addCustomer(1);
  const session = await enrol(`${service.url}/${token}`, identity(1), BEFORE_LEAD);
  const serverId = await serverIdOf(service, session);
  const offers = async () =>
    (await listOffers(service.pool, serverId)).find(({ updateId }) => updateId === CUMULATIVE) ?? assert.fail('none');

  const before = await scan(session);
  assert.equal(told(before).get(CUMULATIVE), 'PreDeploymentCheck');
  assert.equal(told(before).get(UPGRADE), 'PreDeploymentCheck');
  assert.ok(![...(await listOffers(service.pool, serverId))].some(({ updateId }) => updateId === CUMULATIVE));

  const lead = await scanAt(service, session, IN_LEAD, before);
  assert.equal(told(lead).get(CUMULATIVE), 'Install');
  assert.equal(told(lead).get(UPGRADE), 'PreDeploymentCheck');
  assert.deepEqual(lead.newIds, [], 'what the client has is not sent again');
  const inLead = await offers();
  assert.deepEqual([inLead.deadline, inLead.withdrawnAt, inLead.toldAt.toString()], [null, null, IN_LEAD.toString()]);

  const window = await scanAt(service, session, IN_WINDOW, lead);
  assert.equal(told(window).get(CUMULATIVE), `Install by ${START}`);
  assert.equal((await offers()).deadline?.toString(), START.toString());

  const after = await scanAt(service, session, CLOSING, window);
  assert.equal(told(after).get(CUMULATIVE), 'PreDeploymentCheck');
  assert.ok(after.changed.some(({ id }) => updateIdOf(after.updates.get(id) ?? { xml: '' }) === CUMULATIVE));
  assert.equal((await offers()).withdrawnAt?.toString(), CLOSING.toString());

  const record = await listRecord(service.pool, customerId, 0, 100);
  const about = record.flatMap(({ at, what, facts }) => {
    const { offered } = facts as { offered: { updateId: string; deadline: string | null }[] };
    const mine = offered.find(({ updateId }) => updateId === CUMULATIVE);
    return [[at.toString(), what, mine ? mine.deadline : 'not offered']];
  });
  assert.deepEqual(about.slice(-3), [
    [IN_LEAD.toString(), 'offer', null],
    [IN_WINDOW.toString(), 'offer', START.toString()],
    [CLOSING.toString(), about.at(-1)?.[1], 'not offered'],
  ]);
  assert.equal((await verifyRecord(service.pool, customerId)).ok, true);
});

test('a cookie that remembers what was told brings only what changed since, and nothing twice', async (t) => {
  const at = Temporal.Instant.from('2023-10-20T16:30:00Z');
  const service = await clientService(t, { at, documents: outBy(at) });
  const { token, customerId } = await service.addCustomer(1);
  const session = await enrol(`${service.url}/${token}`, identity(1), at);
  const first = await scan(session);
  const again = await scan(session, first);
  assert.deepEqual([again.newIds, again.changed, again.outOfScope, again.calls], [[], [], [], 1]);
  const rows = await listRecord(service.pool, customerId, 0, 100);
  await scan(session, again);
  assert.equal((await listRecord(service.pool, customerId, 0, 100)).length, rows.length, 'no news, no record');
  const offered = (await listOffers(service.pool, await serverIdOf(service, session))).map(({ updateId }) => updateId);
  const installs = [...told(first)].flatMap(([id, action]) => (action === 'Install' ? [id] : []));
  assert.ok(installs.includes(CUMULATIVE));
  assert.deepEqual(offered.sort(), installs.sort());

  // A restarted service finds the told set in its store.
  await service.restart();
  assert.deepEqual((await scan(session, again)).changed, []);

  // At 17:00 an update comes out; it is imported, and all that the client is told is this one.
  const later = at.add({ minutes: 40 });
  service.moveTo(later);
  await service.import(outBy(later));
  const grown = await scan(session, again);
  assert.deepEqual(grown.changed, []);
  assert.deepEqual(
    grown.newIds.map((id) => grown.updates.get(id)?.deployment.action),
    ['Evaluate', 'Bundle', 'PreDeploymentCheck'],
    'its part, itself, and the classification that nothing was in before',
  );
  assert.ok(told(grown).has(OUT_OF_BAND));
});

test('unassigned, observed and plan-less servers are evaluated and offered nothing', async (t) => {
  const service = await clientService(t, { at: IN_WINDOW, documents: outBy(IN_WINDOW) });
  const observed = await service.addCustomer(2, { mode: 'observe' });
  const bases = [service.url, `${service.url}/st-unknown0000`, `${service.url}/${observed.token}`];
  for (const [number, base] of bases.entries()) {
    const session = await enrol(base, identity(number), IN_WINDOW);
    const actions = new Set(told(await scan(session)).values());
    assert.deepEqual([...actions].sort(), ['Bundle', 'Evaluate', 'PreDeploymentCheck'], base);
    assert.deepEqual(await listOffers(service.pool, await serverIdOf(service, session)), []);
  }
  assert.deepEqual(await listRecord(service.pool, SERVICE_CHAIN, 0, 10), []);
});

test('a declined update is not sent, and leaves the client that has it', async (t) => {
  const service = await clientService(t, { at: IN_LEAD, documents: outBy(IN_LEAD) });
  const { token } = await service.addCustomer(1);
  const session = await enrol(`${service.url}/${token}`, identity(1), IN_LEAD);
  const before = await scan(session);
  const revisionId = [...before.updates.values()].find((update) => updateIdOf(update) === CUMULATIVE)?.id;
  assert.equal(told(before).get(CUMULATIVE), 'Install');
  const said = {
    decision: 'decline',
    who: 'Ada',
    why: 'breaks a driver',
    at: IN_LEAD,
    atCustomersRisk: false,
  } as const;
  await savePersonDecision(service.pool, CUMULATIVE, said);
  await service.factsChanged();
  const after = await scan(session, before);
  assert.ok(after.outOfScope.includes(revisionId ?? -1));
  assert.equal(told(after).get(CUMULATIVE), undefined);
  const offer = (await listOffers(service.pool, await serverIdOf(service, session))).find(
    ({ updateId }) => updateId === CUMULATIVE,
  );
  assert.equal(offer?.withdrawnAt?.toString(), IN_LEAD.toString());
});

test('what Microsoft withdrew leaves the client when the withdrawal is imported', async (t) => {
  const at = Temporal.Instant.from('2023-10-18T16:30:00Z');
  const service = await clientService(t, { at, documents: outBy(at) });
  const { token } = await service.addCustomer(1);
  const session = await enrol(`${service.url}/${token}`, identity(1), at);
  const before = await scan(session);
  assert.equal(told(before).get(WITHDRAWN), 'PreDeploymentCheck');
  service.moveTo(at.add({ minutes: 40 }));
  await service.import(outBy(service.now()));
  const after = await scan(session, before);
  assert.deepEqual([told(after).get(WITHDRAWN), after.newIds], [undefined, []]);
  assert.equal(after.outOfScope.length, 2, 'the update and its part');
});
