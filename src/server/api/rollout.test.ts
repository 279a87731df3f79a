import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { apiClient } from '#contract/client.ts';
import {
  approveRolloutPlan,
  checkRolloutPlan,
  diffRolloutPlans,
  listRolloutPlans,
  placeServer,
  putRolloutPlan,
  rolloutCoverage,
  shippedRolloutPlan,
  showRolloutPlan,
} from '#contract/endpoints/rollout.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { addToken } from '#contract/endpoints/tokens.ts';
import type { Inventory } from '#domain/fleet/inventory.ts';
import type { Said } from '#domain/fleet/inventory-change.ts';
import { FOUR_WAVES } from '#domain/rollout/shipped-plans.ts';
import { addMachines, applyStatements } from '#server/store/machines.ts';
import { linkMachines } from '#server/store/machines-link.ts';
import { inTransaction } from '#server/store/pool.ts';
import { listRolloutPlansInForce } from '#server/store/rollout-plans.ts';
import { touchFacts } from '#server/store/service.ts';
import { sampleCustomer } from '#server/testing/sample.ts';
import { sketchServer } from './testing/fleet.ts';
import { injected, type TestService, testService } from './testing/service.ts';

const NOW = '2025-10-14T18:00:00Z';
const params = { customer: 'Customer 1' };
const TWO_PERSONS = `
name: two
waves: [{ name: pilot }, { name: rest, gate: { go: true } }]
placement: [{ wave: pilot, when: { group: Pilot } }, { wave: rest, when: { tier: [critical, high, medium] } }]
twoPersons: true
`;

/** A customer with servers of these inventories, by name. */
async function fleet(t: TestContext, inventories: Readonly<Record<string, Inventory>>) {
  const service = await testService(t, NOW);
  const { pool, keeper, clock } = service;
  const customerId = await sampleCustomer(pool);
  for (const [dnsName, inventory] of Object.entries(inventories)) {
    await sketchServer(service, { dnsName, customerId, plan: 'default' });
    await inTransaction(pool, async (client) => {
      const [machine] = await addMachines(client, customerId, [dnsName], clock.now());
      assert.ok(machine);
      const said = Object.entries(inventory).map(([field, value]) => ({ field, value }) as Said);
      await applyStatements(client, machine, said, 'jo', 'person', clock.now());
    });
  }
  await linkMachines(pool, clock.now());
  await touchFacts(pool);
  await keeper.refresh();
  return { ...service, customerId };
}

const FLEET: Readonly<Record<string, Inventory>> = {
  'dc1.acme.test': { roles: ['domain-controller'], environment: 'production' },
  'pilot1.acme.test': { roles: ['iis'], environment: 'test', applications: ['Shop'] },
  'sql1.acme.test': { roles: ['sql-server'], tier: 'critical', notes: 'x'.repeat(100) },
  'web1.acme.test': { roles: ['iis'], environment: 'production', applications: ['Shop'] },
};

/** The API as somebody with another token calls it. */
async function another({ app, call }: TestService, name: string) {
  const { token } = await call(addToken, { body: { name } });
  return apiClient<AbortSignal>({ baseUrl: 'http://service.test', token, fetch: injected(app) });
}

test('before a plan is kept, it is told what it comes to; then it is in force', async (t) => {
  const { call, pool, keeper, customerId } = await fleet(t, FLEET);
  await assert.rejects(call(showRolloutPlan, { params }), { code: 'not-found' });
  const { text } = await call(shippedRolloutPlan);
  const { effect, problems, waits } = await call(checkRolloutPlan, { params, body: { text } });
  assert.deepEqual([problems, waits], [[], false]);
  assert.deepEqual(
    effect?.waves.map(({ wave, servers }) => [wave, servers]),
    [
      ['pilot', 1],
      ['low-risk', 1],
      ['critical-infrastructure', 1],
      ['high-impact', 1],
    ],
  );
  assert.deepEqual([effect.unplaced, effect.notManaged, effect.moved], [{ servers: 0, names: [] }, 0, 0]);
  assert.deepEqual([effect.coverage.combinations, effect.coverage.covered], [3, 1]);
  assert.match(effect.warnings.join(), /The gate of "high-impact" asks each owner, and a server there has no owner/);
  assert.deepEqual(
    effect.coverage.holes.map(({ role, waves }) => [role, ...waves]),
    [
      ['domain-controller', 'critical-infrastructure'],
      ['sql-server', 'high-impact'],
    ],
  );
  await assert.rejects(call(showRolloutPlan, { params }), { code: 'not-found' }, 'a check keeps nothing');
  const put = await call(putRolloutPlan, { params, body: { text, who: 'Ann', why: 'four waves' } });
  assert.deepEqual([put.version, put.waits, put.effect], [1, false, effect]);
  assert.deepEqual(await listRolloutPlansInForce(pool), [{ customerId, version: 1, plan: FOUR_WAVES }]);
  assert.deepEqual(keeper.directory().rolloutPlan(customerId), FOUR_WAVES);
  const shown = await call(showRolloutPlan, { params });
  assert.deepEqual([shown.text, shown.state, shown.approvedBy], [text, 'in-force', 'Ann']);
  assert.deepEqual(shown.plan, FOUR_WAVES);
  const record = (await call(listRecords, { query: { customer: params.customer } })).items.at(-1);
  assert.deepEqual([record?.what, record?.who], ['rollout-plan.changed', 'Ann']);
  assert.deepEqual(record?.subject, { customer: params.customer, version: 1 });
});

test('a changed plan tells who changes its wave, who is placed nowhere, and what differs', async (t) => {
  const { call } = await fleet(t, FLEET);
  await call(putRolloutPlan, { params, body: { text: (await call(shippedRolloutPlan)).text, why: 'first' } });
  const { effect, waits } = await call(checkRolloutPlan, { params, body: { text: TWO_PERSONS } });
  assert.equal(waits, true);
  assert.deepEqual(
    effect?.waves.map(({ wave, servers, before }) => [wave, servers, before]),
    [
      ['pilot', 0, 1],
      ['rest', 1, 0],
    ],
  );
  assert.deepEqual(effect.unplaced, { servers: 3, names: ['dc1.acme.test', 'pilot1.acme.test', 'web1.acme.test'] });
  assert.equal(effect.moved, 4);
  assert.match(effect.warnings.join(), /No rule takes every server/);
  assert.ok(effect.changes.some(({ path, to }) => path === 'twoPersons' && to === 'true'));
});

test('a plan that does not read changes nothing and names every problem with its line', async (t) => {
  const { call } = await fleet(t, {});
  const text = 'name: x\nwaves: [{ name: a }]\nplacement:\n  - { wave: b }\n  - { wave: a, when: { tir: low } }\n';
  const { problems, effect } = await call(checkRolloutPlan, { params, body: { text } });
  assert.deepEqual(
    [problems.map(({ line, path }) => [line, path]), effect],
    [
      [
        [4, 'placement[0].wave'],
        [5, 'placement[1].when.tir'],
      ],
      undefined,
    ],
  );
  await assert.rejects(call(putRolloutPlan, { params, body: { text, why: 'a try' } }), (error: Error) => {
    const { code, details } = error as Error & { code: string; details: string[] };
    assert.deepEqual([code, details.length], ['rollout.invalid', 2]);
    assert.match(details[0] ?? '', /^line 4, column 13: placement\[0\]\.wave: /);
    return true;
  });
  assert.deepEqual((await call(listRolloutPlans, { params })).items, []);
});

test('where a plan wants two persons, a version waits for another token, and only the latest can be approved', async (t) => {
  const service = await fleet(t, FLEET);
  const { call, keeper, customerId } = service;
  const bob = await another(service, 'Bob');
  const put = (text: string) => call(putRolloutPlan, { params, body: { text, why: 'a change' } });
  assert.equal((await put(TWO_PERSONS)).waits, true);
  assert.equal(keeper.directory().rolloutPlan(customerId), undefined, 'nothing is in force yet');
  const body = { why: 'agreed' };
  const approve = (version: number) => ({ params: { ...params, version }, body });
  await assert.rejects(call(approveRolloutPlan, approve(1)), { code: 'rollout.same-person' });
  await bob.call(approveRolloutPlan, approve(1));
  assert.equal(keeper.directory().rolloutPlan(customerId)?.name, 'two');
  const { text } = await call(shippedRolloutPlan);
  assert.equal((await put(text)).waits, true, 'the plan in force decides too');
  assert.equal((await put(TWO_PERSONS)).waits, true);
  await bob.call(approveRolloutPlan, approve(3));
  await assert.rejects(bob.call(approveRolloutPlan, approve(2)), { code: 'rollout.not-waiting' });
  await assert.rejects(bob.call(approveRolloutPlan, approve(3)), { code: 'rollout.not-waiting' });
  await assert.rejects(bob.call(approveRolloutPlan, approve(9)), { code: 'not-found' });
  const first = await call(listRolloutPlans, { params, query: { limit: 2 } });
  const rest = await call(listRolloutPlans, { params, query: { limit: 2, after: first.next ?? '' } });
  assert.deepEqual(
    [...first.items, ...rest.items].map(({ version, state, approvedBy }) => [version, state, approvedBy]),
    [
      [3, 'in-force', 'Bob'],
      [2, 'passed-over', undefined],
      [1, 'former', 'Bob'],
    ],
  );
  assert.equal(rest.next, undefined);
  const same = await call(diffRolloutPlans, { params, query: { from: 1 } });
  assert.deepEqual([same.to, same.changes], [3, []]);
  const { changes } = await call(diffRolloutPlans, { params, query: { from: 3, to: 2 } });
  assert.deepEqual(
    changes.find(({ path }) => path === 'name'),
    { path: 'name', from: 'two', to: 'four-waves' },
  );
});

test('where a server is placed, and by which rule; what no pilot stands for', async (t) => {
  const service = await fleet(t, FLEET);
  const { call, pool } = service;
  const server = { params: { server: 'sql1.acme.test' } };
  await assert.rejects(call(placeServer, server), { code: 'not-found' });
  await call(putRolloutPlan, { params, body: { text: (await call(shippedRolloutPlan)).text, why: 'first' } });
  const { wave, rule, version } = await call(placeServer, server);
  assert.deepEqual([wave?.place, wave?.name, version], [4, 'high-impact', 1]);
  assert.deepEqual(rule, { place: 4, words: 'tier critical or high' });
  await pool.query("update server set target_group = 'Pilot' where dns_name = 'sql1.acme.test'");
  assert.equal((await call(placeServer, server)).wave?.name, 'pilot');
  const { combinations, covered, servers, unplaced } = await call(rolloutCoverage, { params });
  assert.deepEqual([combinations, covered, servers, unplaced], [2, 1, 4, 0]);
});
