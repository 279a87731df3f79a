import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiClient } from '#contract/client.ts';
import {
  approvePolicy,
  importDocuments,
  listPolicies,
  listUpdates,
  putPolicy,
  showPolicy,
  testPolicy,
} from '#contract/endpoints/catalogue.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { addToken, revokeToken } from '#contract/endpoints/tokens.ts';
import { tellOffers } from '#server/store/offers.ts';
import { touchFacts } from '#server/store/service.ts';
import { sampleCustomer } from '#server/testing/sample.ts';
import { sketchServer } from './testing/fleet.ts';
import { injected, sampleDocuments, type TestService, testService } from './testing/service.ts';

/** The API as somebody with another token calls it. */
function clientOf({ app }: TestService, token: string) {
  return apiClient<AbortSignal>({ baseUrl: 'http://service.test', token, fetch: injected(app) });
}

const NOTHING =
  'name: nothing\nrules:\n  - { name: never, when: { title: "*" }, verdict: not-approve, reason: Nothing is approved. }\n';

test('a policy is tested without effect, then put in force as a new version', async (t) => {
  const { call } = await testService(t, '2023-10-11T00:00:00Z');
  await call(importDocuments, { body: { source: 'sample', documents: sampleDocuments('2023-10', '2023-10') } });
  const { yaml } = await call(showPolicy);
  assert.deepEqual((await call(testPolicy, { body: { yaml } })).changes, []);
  const tested = await call(testPolicy, { body: { yaml: NOTHING } });
  const approved = (await call(listUpdates, { query: { verdict: 'approve' } })).items;
  assert.ok(approved.length > 0);
  for (const { updateId } of approved) {
    assert.ok(
      tested.changes.some(
        (change) => change.updateId === updateId && change.to === 'not-approve' && change.toRule === 'never',
      ),
    );
  }
  assert.match(tested.changes[0]?.target ?? '', /Windows Server/);
  assert.equal((await call(showPolicy)).version, 1);
  const put = await call(putPolicy, { body: { yaml: NOTHING, who: 'Ann', why: 'a freeze' } });
  assert.deepEqual([put.version, put.changes, put.waits], [2, tested.changed, false]);
  assert.deepEqual((await call(listUpdates, { query: { verdict: 'approve' } })).items, []);
  assert.equal((await call(showPolicy, { query: { version: 1 } })).yaml, yaml);
  await assert.rejects(call(showPolicy, { query: { version: 3 } }), { code: 'not-found' });
  const page = await call(listPolicies, { query: { limit: 1 } });
  const at = '2023-10-11T00:00:00Z';
  const second = { version: 2, state: 'in-force', who: 'Ann', why: 'a freeze', at, approvedBy: 'Ann', approvedAt: at };
  assert.deepEqual(page.items, [second]);
  const rest = await call(listPolicies, { query: { limit: 1, after: page.next ?? '' } });
  assert.deepEqual([rest.items[0]?.version, rest.next], [1, undefined]);
  const record = (await call(listRecords)).items.at(-1);
  assert.deepEqual([record?.what, record?.who, record?.subject], ['policy.changed', 'Ann', { version: 2 }]);
});

test('a policy that does not read changes nothing and names every problem with its place', async (t) => {
  const { call } = await testService(t, '2023-10-11T00:00:00Z');
  const yaml = 'name: broken\nrules:\n  - { name: a, when: { clas: driver }, verdict: maybe, reason: x }\n';
  const { problems } = await call(testPolicy, { body: { yaml } });
  assert.ok(problems.length >= 2 && problems.every(({ line }) => line === 3));
  await assert.rejects(call(putPolicy, { body: { yaml, why: 'a try' } }), (error: Error) => {
    const { code, details } = error as Error & { code: string; details: string[] };
    assert.equal(code, 'policy.invalid');
    assert.equal(details.length, problems.length);
    assert.match(details[0] ?? '', /^line 3, column \d+: /);
    return true;
  });
  assert.equal((await call(showPolicy)).version, 1);
});

test('a preview counts the servers that need an update, and those that hold its offer', async (t) => {
  const service = await testService(t, '2023-10-11T00:00:00Z');
  const { call, pool, clock } = service;
  await call(importDocuments, { body: { source: 'sample', documents: sampleDocuments('2023-10', '2023-10') } });
  const [update] = (await call(listUpdates, { query: { verdict: 'approve', search: 'Server 2019' } })).items;
  assert.ok(update);
  const { updateId } = update;
  const acme = await sampleCustomer(pool);
  await touchFacts(pool);
  await service.keeper.refresh();
  const sketched = { customerId: acme, plan: 'default', updates: { [updateId]: 'needed' } } as const;
  const first = await sketchServer(service, { dnsName: 'a.acme.test', ...sketched });
  await sketchServer(service, { dnsName: 'b.acme.test', ...sketched });
  await sketchServer(service, { dnsName: 'c.acme.test', ...sketched, customerId: null });
  await sketchServer(service, { dnsName: 'd.acme.test', ...sketched, updates: { [updateId]: 'installed' } });
  const revision = service.keeper.current().catalogue.latest(updateId);
  await tellOffers(pool, first, [{ updateId, revisionId: revision?.revisionId ?? 0 }], clock.now());
  const { effect } = await call(testPolicy, { body: { yaml: NOTHING } });
  assert.deepEqual(effect?.withdrawn, { updates: 1, servers: 2, holding: 1 });
  assert.deepEqual(effect.offered, { updates: 0, servers: 0 });
  const reach = { offered: 0, withdrawn: 2, holding: 1 };
  const customers = [{ customer: 'Customer 1', ...reach }];
  assert.deepEqual(effect.updates, [{ updateId, title: update.title, ...reach, customers, moreCustomers: 0 }]);
});

test('where the policy in force wants two persons, a version waits for another one', async (t) => {
  const service = await testService(t, '2023-10-11T00:00:00Z');
  const { call } = service;
  const strict = (await call(showPolicy)).yaml.replace(/^name:.*$/m, '$&\ntwoPersons: true');
  assert.equal((await call(putPolicy, { body: { yaml: strict, why: 'two see more' } })).waits, false);
  // The one in force decides: a version that no longer wants two persons cannot let itself in.
  assert.equal((await call(putPolicy, { body: { yaml: NOTHING, why: 'a freeze' } })).waits, true);
  assert.equal((await call(showPolicy)).version, 2);
  assert.equal((await call(showPolicy, { query: { version: 3 } })).state, 'waiting');
  const body = { why: 'agreed' };
  await assert.rejects(call(approvePolicy, { params: { version: 3 }, body }), { code: 'policy.same-person' });
  const { token } = await call(addToken, { body: { name: 'Bob' } });
  const bob = clientOf(service, token);
  await assert.rejects(bob.call(addToken, { body: { name: 'Carl' } }), { code: 'auth.not-allowed' });
  assert.equal((await bob.call(putPolicy, { body: { yaml: strict, why: 'as it is' } })).waits, true);
  await bob.call(approvePolicy, { params: { version: 3 }, body });
  assert.deepEqual((await call(showPolicy)).version, 3);
  await assert.rejects(bob.call(approvePolicy, { params: { version: 3 }, body }), { code: 'policy.not-waiting' });
  const { items } = await call(listPolicies);
  assert.deepEqual(
    items.map(({ version, state, approvedBy }) => [version, state, approvedBy]),
    [
      [4, 'waiting', undefined],
      [3, 'in-force', 'Bob'],
      [2, 'former', 'admin'],
      [1, 'former', 'test'],
    ],
  );
  assert.equal((await call(putPolicy, { body: { yaml: strict, why: 'back' } })).waits, false);
  assert.equal((await call(listPolicies)).items.find(({ version }) => version === 4)?.state, 'passed-over');
  await assert.rejects(call(approvePolicy, { params: { version: 4 }, body }), { code: 'policy.not-waiting' });
  const told = (await call(listRecords)).items.map(({ what }) => what);
  assert.deepEqual(told.filter((what) => what.startsWith('policy.')).length, 5);
  await call(revokeToken, { params: { name: 'Bob' } });
  await assert.rejects(bob.call(showPolicy), { code: 'auth.missing' });
});
