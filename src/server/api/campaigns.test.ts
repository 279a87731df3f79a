import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { approvalHistory, listApprovals } from '#contract/endpoints/approvals.ts';
import {
  addTestResult,
  campaignHistory,
  campaignServers,
  closeCampaign,
  giveGo,
  listCampaigns,
  releaseServer,
  resumeCampaign,
  showCampaign,
  stopCampaign,
} from '#contract/endpoints/campaigns.ts';
import { importDocuments } from '#contract/endpoints/catalogue.ts';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { closeIncident, listIncidents, openIncident } from '#contract/endpoints/incidents.ts';
import { now } from '#contract/endpoints/now.ts';
import type { Gate } from '#domain/rollout/rollout-plan.ts';
import { sweepCampaigns } from '#server/jobs/campaigns/sweep.ts';
import { twoWaves } from '#server/jobs/campaigns/testing/fleet.ts';
import { putRolloutPlan } from '#server/store/rollout-plans.ts';
import { touchFacts } from '#server/store/service.ts';
import { sketchServer } from './testing/fleet.ts';
import { sampleDocuments, testService } from './testing/service.ts';

/** In the lead of the default plan's window of October 2023: Sunday 22nd, 02:00 in London. */
const AT = '2023-10-21T02:00:00Z';

/** A pilot and a web server that need the cumulative update; the pilot was told to start. */
async function contoso(t: TestContext, gate: Partial<Gate> = {}, planToken = 'somebody', twoPersons = false) {
  const service = await testService(t, AT);
  const { pool, keeper, clock } = service;
  await service.call(importDocuments, { body: { source: 'sample', documents: sampleDocuments('2023-10', '2023-10') } });
  const body = { name: 'Contoso', zone: 'Europe/London', plan: 'default' } as const;
  const { customerId } = (await service.call(addCustomer, { body })).customer;
  const plan = { ...twoWaves({ ...gate }), twoPersons };
  const at = clock.now();
  const by = { who: 'ann', token: planToken, why: 'a test', at, approvedBy: 'ann', approvedAt: at };
  await putRolloutPlan(pool, { customerId, plan, ...by });
  await pool.query('update payload set held_at = $1', [AT]);
  await touchFacts(pool);
  await keeper.refresh();
  const update = keeper.current().catalogue.deployable.find(({ kb }) => kb === '5031361') ?? assert.fail('no update');
  const updates = { [update.updateId]: 'needed' } as const;
  const pilot = await sketchServer(service, { dnsName: 'pilot1', customerId, updates });
  const web = await sketchServer(service, { dnsName: 'web1', customerId, updates });
  await pool.query(
    `insert into machine (machine_id, customer_id, name, server_id, profile, added_at, changed_at) values ($1, $2, 'pilot1', $3, $4, $5, $5)`,
    [randomUUID(), customerId, pilot, { environment: 'test', owner: { kind: 'team', name: 'Web team' } }, AT],
  );
  const sweep = () => sweepCampaigns({ pool, keeper, clock, wallNow: () => clock.now() }, clock.now());
  await sweep();
  const installs = async (serverId: string) => {
    await pool.query('delete from server_update where server_id = $1', [serverId]);
    await pool.query(`update server_status set installed = $2 where server_id = $1`, [serverId, [update.updateId]]);
  };
  return { ...service, sweep, installs, update, customerId, pilot, web };
}

const params = { campaign: '2023-10 #1' };

test('a campaign shows its waves, gates, seats and servers', async (t) => {
  const { call, update } = await contoso(t);
  const { items } = await call(listCampaigns, { query: { customer: 'Contoso', underWay: 'true' } });
  assert.deepEqual(
    items.map(({ name, customer, state }) => [name, customer, state]),
    [['2023-10 #1', 'Contoso', 'gathering']],
  );
  const shown = await call(showCampaign, { params });
  assert.deepEqual(
    shown.updates.map(({ updateId }) => updateId),
    [update.updateId],
  );
  assert.deepEqual(
    shown.waves.map(({ gate, state, taken, figures }) => [gate, state, taken, figures.servers]),
    [
      ['pilot', 'open', 1, 1],
      ['rest', 'waiting', 0, 1],
    ],
  );
  const servers = (await call(campaignServers, { params, query: {} })).items;
  assert.deepEqual(
    servers.map(({ dnsName, wave, state, held }) => [dnsName, wave, state, held?.code]),
    [
      ['pilot1', 'pilot', 'told', undefined],
      ['web1', 'rest', 'waiting', 'wave.not-open'],
    ],
  );
  const waiting = await call(campaignServers, { params, query: { state: 'waiting', wave: 'rest' } });
  assert.deepEqual(
    waiting.items.map(({ dnsName }) => dnsName),
    ['web1'],
  );
  await assert.rejects(call(showCampaign, { params: { campaign: '2023-11 #1' } }), { code: 'not-found' });
});

test('a stop lists who holds the offer and when it asks again; a resumption goes on', async (t) => {
  const { call, pool, pilot, update, clock } = await contoso(t);
  await pool.query(`insert into offer (server_id, update_id, revision_id, told_at) values ($1, $2, $3, $4)`, [
    pilot,
    update.updateId,
    update.revisionId,
    AT,
  ]);
  await pool.query('update server set last_sync = $2 where server_id = $1', [pilot, AT]);
  const stopped = await call(stopCampaign, { params, body: { why: 'it smells of smoke' } });
  assert.equal(stopped.state, 'stopped');
  assert.deepEqual(
    stopped.holders.items.map(({ dnsName, nextScan }) => [dnsName, nextScan?.from]),
    [['pilot1', clock.now().add({ minutes: 1056 }).toString()]],
  );
  const { items } = await call(campaignServers, { params, query: {} });
  assert.deepEqual(new Set(items.map(({ held }) => held?.code)), new Set(['wave.stopped']));
  await assert.rejects(call(stopCampaign, { params, body: { why: 'again' } }), { code: 'campaign.state' });
  assert.equal((await call(resumeCampaign, { params, body: { why: 'false alarm' } })).state, 'gathering');
  await call(closeCampaign, { params, body: { why: 'given up' } });
  await assert.rejects(call(resumeCampaign, { params, body: { why: 'too late' } }), { code: 'campaign.state' });
  const kinds = (await call(campaignHistory, { params, query: {} })).items.map(({ kind }) => kind);
  assert.deepEqual(kinds.filter((kind) => ['stop', 'resume', 'close'].includes(kind)).sort(), [
    'close',
    'resume',
    'stop',
  ]);
  const { rows } = await pool.query(
    `select what from record where what like 'campaign.%' and who = 'admin' order by number`,
  );
  assert.deepEqual(
    rows.map(({ what }) => what),
    ['campaign.stop', 'campaign.resume', 'campaign.close'],
  );
});

test('a gate waits for the word of an owner, a person’s go and the end of an incident', async (t) => {
  const { call, sweep, installs, pilot, update } = await contoso(t, { ownerTest: 'each-owner', go: true });
  const gate = async () => (await call(showCampaign, { params })).waves[0];
  const { incidentId } = await call(openIncident, {
    body: { customer: 'Contoso', title: 'Mail is slow', reference: 'T-17' },
  });
  await installs(pilot);
  await sweep();
  assert.match((await gate())?.line ?? '', /an incident is open.*0 of 1 owners.*go is missing/);
  const word = { owner: 'Web team', result: 'worked', note: 'all pages load' } as const;
  const test = await call(addTestResult, { params: { ...params, gate: 'pilot' }, body: word });
  assert.deepEqual(test.builds, [17763]);
  const history = await call(approvalHistory, { params: { update: update.updateId }, query: {} });
  assert.deepEqual(
    history.tests.map(({ customer, campaign, owner, result }) => [customer, campaign, owner, result]),
    [['Contoso', '2023-10 #1', 'Web team', 'worked']],
  );
  const listed = (await call(listApprovals, { query: { customer: 'Contoso' } })).items;
  const ours = listed.find(({ updateId }) => updateId === update.updateId);
  assert.deepEqual(ours?.tests, { worked: 1, didNot: 0, cannotTell: 0 });
  await call(giveGo, { params: { ...params, gate: 'pilot' }, body: { why: 'looks good' } });
  await sweep();
  assert.equal((await gate())?.line, '1 of 1 verified, an incident is open');
  await call(closeIncident, { params: { incident: incidentId }, body: { why: 'it was the network' } });
  assert.deepEqual((await call(listIncidents, { query: { open: 'true' } })).items, []);
  await sweep();
  assert.equal((await gate())?.state, 'passed');
  await assert.rejects(call(giveGo, { params: { ...params, gate: 'pilot' }, body: { why: 'twice' } }), {
    code: 'campaign.state',
  });
  await assert.rejects(call(giveGo, { params: { ...params, gate: 'none' }, body: { why: 'which' } }), {
    code: 'not-found',
  });
});

test('who wrote the plan cannot give the go where it asks for two persons', async (t) => {
  const { call } = await contoso(t, { go: true }, 'admin', true);
  const go = call(giveGo, { params: { ...params, gate: 'pilot' }, body: { why: 'I say so' } });
  await assert.rejects(go, { code: 'rollout.same-person' });
});

test('a server that is released gets another turn; one without a seat cannot be', async (t) => {
  const { call, sweep } = await contoso(t);
  const release = (server: string) =>
    call(releaseServer, { params: { ...params, server }, body: { why: 'it is stuck' } });
  assert.equal((await release('pilot1')).before, 'told');
  await assert.rejects(release('pilot1'), { code: 'campaign.state' });
  await sweep();
  const { items } = await call(campaignServers, { params, query: { state: 'told' } });
  assert.deepEqual(
    items.map(({ dnsName }) => dnsName),
    ['pilot1'],
  );
});

test('what does not go on by itself stands among what wants a person', async (t) => {
  const { call, pool, customerId, sweep, installs, pilot, clock } = await contoso(t, { ownerTest: 'each-owner' });
  const wanted = async () => {
    const { attention } = await call(now);
    return attention.filter(({ kind }) => /campaign|gate|second|connection/.test(kind));
  };
  assert.deepEqual(await wanted(), []);
  await installs(pilot);
  await sweep();
  const [asks, ...none] = await wanted();
  assert.deepEqual([asks?.kind, asks?.count, none], ['gate-asks', 1, []]);
  assert.match(asks?.examples[0]?.title ?? '', /^Contoso: 2023-10 #1, /);
  assert.match(asks?.examples[0]?.detail ?? '', /^Since .*: 1 of 1 verified.*0 of 1 owners/);

  await call(stopCampaign, { params, body: { why: 'it smells of smoke' } });
  const at = clock.now();
  const by = { who: 'ann', token: 'ann', why: 'slower', at, approvedBy: null, approvedAt: null };
  await putRolloutPlan(pool, { customerId, plan: twoWaves({}), ...by });
  await pool.query(
    `insert into directory_source (directory_id, customer_id, name, definition, changed_at, last_run) values ($1, $2, 'ad', '{}', $3, $4)`,
    [
      ...[randomUUID(), customerId, AT],
      { startedBy: 'clock', startedAt: AT, outcome: 'failed', code: 'x', message: 'it hung up' },
    ],
  );
  assert.deepEqual(
    (await wanted()).map(({ kind, examples }) => [kind, examples[0]?.title]),
    [
      ['campaign-stopped', 'Contoso: 2023-10 #1'],
      ['connection-failed', 'Contoso: directory ad'],
      ['second-person', 'Contoso: rollout plan, version 2'],
    ],
  );
  const details = (await wanted()).map(({ examples }) => examples[0]?.detail ?? '');
  assert.match(details[0] ?? '', /^By admin since .*: it smells of smoke$/);
  assert.match(details[1] ?? '', /^Since .*: it hung up$/);
  assert.match(details[2] ?? '', /^By ann since .*: slower$/);
});
