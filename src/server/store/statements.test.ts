import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Plan } from '#domain/calendar/plan.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { AT, sampleCustomer, sampleId, sampleServer, sha256 } from '#server/testing/sample.ts';
import { addCookieKey, listCookieKeys, retireCookieKeysBefore } from './cookie-keys.ts';
import {
  changeCustomer,
  findCustomer,
  findCustomerByName,
  findCustomerByToken,
  listCustomers,
  replaceCustomerToken,
} from './customers.ts';
import { findDeploymentSet, pruneDeploymentSets, saveDeploymentSet } from './deployment-sets.ts';
import { acceptEula, listAcceptedEulas } from './eulas.ts';
import { endPersonDecision, listPersonDecisions, listWordsOn, savePersonDecision } from './person-decisions.ts';
import { listPlans, removePlan, savePlan } from './plans.ts';
import { addPolicy, findPolicy, listPolicies } from './policies.ts';
import { changeServer } from './servers.ts';
import { ensureService, findSimulatedInstant, setSimulatedInstant, touchConfig } from './service.ts';
import { addApiToken, findApiToken, listApiTokens, revokeApiToken } from './tokens.ts';

const LATER = AT.add({ hours: 1 });

it('writes the row of the service once and keeps its identity', async (t) => {
  const pool = await freshDatabase(t);
  const first = { serverGuid: sampleId('d', 1), clock: 'simulated', at: AT } as const;
  const starts = await Promise.all(
    [1, 2, 3].map((n) => ensureService(pool, { ...first, serverGuid: sampleId('d', n) })),
  );
  assert.equal(new Set(starts.map((row) => row.serverGuid)).size, 1);
  assert.equal(String(starts[0]?.simulatedAt), String(AT));
  assert.equal(String(starts[0]?.configChanged), String(AT));
});

it('refuses the other kind of clock', async (t) => {
  const pool = await freshDatabase(t);
  await ensureService(pool, { serverGuid: sampleId('d', 1), clock: 'simulated', at: AT });
  const other = ensureService(pool, { serverGuid: sampleId('d', 2), clock: 'real', at: AT });
  await assert.rejects(other, { code: 'store.clock-mismatch' });
});

it('moves a simulated clock forward only, and a real one never', async (t) => {
  const pool = await freshDatabase(t);
  await ensureService(pool, { serverGuid: sampleId('d', 1), clock: 'simulated', at: AT });
  assert.equal(await setSimulatedInstant(pool, LATER), true);
  assert.equal(await setSimulatedInstant(pool, AT), false);
  assert.equal(String(await findSimulatedInstant(pool)), String(LATER));
  const real = await freshDatabase(t);
  await ensureService(real, { serverGuid: sampleId('d', 1), clock: 'real', at: AT });
  assert.equal(await setSimulatedInstant(real, LATER), false);
  assert.equal(await findSimulatedInstant(real), undefined);
});

it('gives each change of the configuration another instant, even on a standing clock', async (t) => {
  const pool = await freshDatabase(t);
  await ensureService(pool, { serverGuid: sampleId('d', 1), clock: 'simulated', at: AT });
  const changes = [await touchConfig(pool, AT), await touchConfig(pool, AT)].map(String);
  assert.deepEqual(changes, [String(AT.add({ microseconds: 1 })), String(AT.add({ microseconds: 2 }))]);
});

it('numbers cookie keys, and adds the first only once', async (t) => {
  const pool = await freshDatabase(t);
  await Promise.all([1, 2, 3].map((n) => addCookieKey(pool, Buffer.alloc(32, n), AT, true)));
  assert.equal((await listCookieKeys(pool)).length, 1);
  await addCookieKey(pool, Buffer.alloc(32, 9), LATER);
  await retireCookieKeysBefore(pool, 2, LATER);
  const keys = await listCookieKeys(pool);
  assert.deepEqual(
    keys.map(({ keyId, retired }) => [keyId, retired]),
    [
      [1, true],
      [2, false],
    ],
  );
  assert.deepEqual(keys[1]?.secret, Buffer.alloc(32, 9));
});

it('knows API tokens by their digest until they are revoked', async (t) => {
  const pool = await freshDatabase(t);
  assert.equal(await addApiToken(pool, 'first', sha256('secret'), AT), true);
  assert.equal(await addApiToken(pool, 'first', sha256('other'), AT), false);
  assert.equal(await findApiToken(pool, sha256('secret')), 'first');
  assert.equal(await revokeApiToken(pool, 'first', LATER), true);
  assert.equal(await revokeApiToken(pool, 'first', LATER), false);
  assert.equal(await findApiToken(pool, sha256('secret')), undefined);
  assert.deepEqual(
    (await listApiTokens(pool)).map((token) => String(token.revokedAt)),
    [String(LATER)],
  );
});

it('finds customers by id, name and token, and changes only what is given', async (t) => {
  const pool = await freshDatabase(t);
  const id = await sampleCustomer(pool);
  assert.equal((await findCustomerByName(pool, 'Customer 1'))?.customerId, id);
  assert.equal((await findCustomerByToken(pool, sha256('token 1')))?.customerId, id);
  assert.equal(await changeCustomer(pool, id, { plan: 'early', region: 'eu' }), true);
  assert.equal(await changeCustomer(pool, id, { region: null, mode: 'observe' }), true);
  const changed = await findCustomer(pool, id);
  assert.deepEqual(
    [changed?.plan, changed?.region, changed?.mode, changed?.zone],
    ['early', null, 'observe', 'Europe/Zurich'],
  );
  assert.equal(await replaceCustomerToken(pool, id, sha256('new'), LATER), true);
  assert.equal(await findCustomerByToken(pool, sha256('token 1')), undefined);
  assert.deepEqual(
    (await listCustomers(pool)).map((row) => row.tokenSha256),
    [sha256('new')],
  );
});

const PLAN: Plan = {
  name: 'early',
  kind: 'weekly',
  releaseWeek: 1,
  weekday: 6,
  hour: 22,
  windowMinutes: 240,
  leadHours: 48,
  runMinutes: 60,
  soakDays: 1,
  followUp: true,
  missed: { kind: 'next' },
  definitions: 'each-scan',
  extraWindows: [],
};

it("keeps a customer's plan beside the one for all, and none that is in use is removed", async (t) => {
  const pool = await freshDatabase(t);
  const id = await sampleCustomer(pool);
  await savePlan(pool, null, PLAN, AT);
  await savePlan(pool, null, { ...PLAN, hour: 3 }, LATER);
  await savePlan(pool, id, PLAN, AT);
  assert.deepEqual(
    (await listPlans(pool)).map(({ customerId, plan }) => [customerId, plan.hour]),
    [
      [null, 3],
      [id, 22],
    ],
  );
  const server = await sampleServer(pool, 1, id);
  await changeServer(pool, server, { plan: 'early' });
  assert.equal(await removePlan(pool, id, 'early'), false);
  await changeServer(pool, server, { plan: null });
  assert.equal(await removePlan(pool, id, 'early'), true);
  assert.equal((await listPlans(pool)).length, 1);
});

it('keeps every version of the policy; the last is in force', async (t) => {
  const pool = await freshDatabase(t);
  assert.equal(await findPolicy(pool), undefined);
  for (const yaml of ['a: 1', 'a: 2', 'a: 3']) await addPolicy(pool, { yaml, who: 'jo', why: 'test', at: AT });
  assert.equal((await findPolicy(pool))?.yaml, 'a: 3');
  assert.deepEqual(
    (await listPolicies(pool, 3, 10)).map((row) => row.version),
    [2, 1],
  );
});

it("keeps a person's latest word at each level", async (t) => {
  const pool = await freshDatabase(t);
  const customerId = await sampleCustomer(pool);
  const update = sampleId('a', 1);
  const said = { decision: 'decline', who: 'jo', why: 'breaks printing', at: AT, atCustomersRisk: false } as const;
  await savePersonDecision(pool, update, said);
  await savePersonDecision(pool, update, { ...said, decision: 'approve', at: LATER });
  await savePersonDecision(pool, update, { ...said, customerId, atCustomersRisk: true });
  const all = await listPersonDecisions(pool);
  assert.deepEqual(
    all.map(({ said: one }) => [one.decision, one.customerId, String(one.at)]),
    [
      ['approve', undefined, String(LATER)],
      ['decline', customerId, String(AT)],
    ],
  );
  const ended = { at: LATER, who: 'sam', why: 'tested since' };
  assert.equal(await endPersonDecision(pool, update, { customerId }, ended), true);
  assert.equal(await endPersonDecision(pool, update, { customerId }, ended), false);
  assert.equal((await listPersonDecisions(pool)).length, 1);
  const [latest, ...others] = await listWordsOn(pool, update, 10);
  assert.deepEqual([latest?.decision, latest?.ended], ['approve', undefined]);
  assert.deepEqual(others.map((one) => one.ended?.who).sort(), ['jo', 'sam']);
});

it('notes the first acceptance of a licence', async (t) => {
  const pool = await freshDatabase(t);
  assert.equal(await acceptEula(pool, sampleId('e', 1), 'jo', AT), true);
  assert.equal(await acceptEula(pool, sampleId('e', 1), 'sam', LATER), false);
  assert.deepEqual(
    (await listAcceptedEulas(pool)).map(({ who }) => who),
    ['jo'],
  );
});

it('keeps deployment sets while they are in use', async (t) => {
  const pool = await freshDatabase(t);
  await saveDeploymentSet(pool, 'v1', Buffer.from('one'), AT);
  await saveDeploymentSet(pool, 'v2', Buffer.from('two'), AT);
  await saveDeploymentSet(pool, 'v1', Buffer.from('one'), LATER);
  assert.equal(await pruneDeploymentSets(pool, LATER, 10), 1);
  assert.equal(String(await findDeploymentSet(pool, 'v1')), 'one');
  assert.equal(await findDeploymentSet(pool, 'v2'), undefined);
});
