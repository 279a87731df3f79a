import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { ACCEPTANCE } from '#contract/acceptance.ts';
import {
  approvalHistory,
  decidePerson,
  listApprovals,
  requestApproval,
  withdrawPerson,
} from '#contract/endpoints/approvals.ts';
import { importDocuments, putPolicy, showPolicy } from '#contract/endpoints/catalogue.ts';
import { setBrake } from '#contract/endpoints/control.ts';
import { why } from '#contract/endpoints/decision.ts';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { keepFacts } from '#server/facts/keeper.ts';
import { approvalsRecorder } from '#server/jobs/approvals.ts';
import { enrol } from '#server/store/servers.ts';
import { sampleDocuments, type TestService, testService } from './testing/service.ts';

const KB = 'KB5031361'; // the cumulative update of October 2023 for Server 2019
const START = '2023-10-12T08:00:00Z';

/** Contoso with two servers, and the updates of October 2023. */
async function contoso(t: Parameters<typeof testService>[0]): Promise<TestService> {
  const service = await testService(t, START);
  const { call, pool, clock } = service;
  await call(importDocuments, { body: { source: 'sample', documents: sampleDocuments('2023-10', '2023-10') } });
  const { customer } = await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/London', plan: 'default' } });
  await call(addCustomer, { body: { name: 'Fabrikam', zone: 'Europe/London' } });
  for (const dnsName of ['db1.contoso', 'db2.contoso']) {
    const id = await enrol(pool, { clientId: randomUUID(), dnsName, customerId: customer.customerId, at: clock.now() });
    await pool.query('update server set os_build = 17763, product_type = 3 where server_id = $1', [id]);
  }
  return service;
}

function to({ clock }: TestService, at: string): void {
  clock.moveTo(Temporal.Instant.from(at));
}

const isKb = ({ kb }: { readonly kb?: string | undefined }) => kb === '5031361';

test('what was approved on any day can be asked, with who, why and the version of the policy', async (t) => {
  const service = await contoso(t);
  const { call } = service;
  const kb = async (asOf: string, customer?: string) =>
    (await call(listApprovals, { query: { asOf, ...(customer ? { customer } : {}) } })).items
      .filter(isKb)
      .map(({ verdict, level, who, policyVersion, customer: whose }) => [verdict, level, who, policyVersion, whose]);
  const first = await call(listApprovals, { query: { verdict: 'approve' } });
  assert.ok(
    first.items.some(isKb) && first.items.every(({ verdict, level }) => verdict === 'approve' && level === 'policy'),
  );
  to(service, '2023-10-14T08:00:00Z');
  await call(decidePerson, { body: { update: KB, decision: 'decline', why: 'it breaks printing', who: 'Ann' } });
  to(service, '2023-10-16T08:00:00Z');
  await call(decidePerson, {
    body: { update: KB, decision: 'approve', customer: 'Contoso', why: 'no printers', who: 'Bob' },
  });
  to(service, '2023-10-18T08:00:00Z');
  const { yaml } = await call(showPolicy);
  await call(putPolicy, { body: { yaml: `${yaml}\n`, why: 'an empty line' } });
  await call(withdrawPerson, { params: { update: KB }, query: { why: 'repaired', who: 'Eve' } });
  to(service, '2023-10-20T08:00:00Z');
  const rule = first.items.find(isKb)?.who;
  assert.deepEqual(await kb('2023-10-11'), []);
  assert.deepEqual(await kb('2023-10-12'), [['approve', 'policy', rule, 1, undefined]]);
  assert.deepEqual(await kb('2023-10-14T07:59:59Z'), [['approve', 'policy', rule, 1, undefined]]);
  assert.deepEqual(await kb('2023-10-14'), [['not-approve', 'all-customers', 'Ann', 1, undefined]]);
  assert.deepEqual(await kb('2023-10-16', 'Contoso'), [['approve', 'customer', 'Bob', 1, 'Contoso']]);
  assert.deepEqual(await kb('2023-10-16', 'Fabrikam'), [['not-approve', 'all-customers', 'Ann', 1, undefined]]);
  assert.deepEqual((await kb('2023-10-16')).length, 2);
  assert.deepEqual(await kb('2023-10-20', 'Fabrikam'), [['approve', 'policy', rule, 2, undefined]]);
  await assert.rejects(call(listApprovals, { query: { asOf: '2023-10-21' } }), {
    code: 'usage.wrong',
    message: /future/,
  });
  const history = await call(approvalHistory, { params: { update: KB } });
  assert.deepEqual(
    history.items.map(({ at, fact, verdict, who, customer }) => [at.slice(8, 10), fact, verdict, who, customer]),
    [
      ['18', 'verdict', 'approve', rule, undefined],
      ['18', 'ended', 'not-approve', 'Eve', undefined],
      ['16', 'word', 'approve', 'Bob', 'Contoso'],
      ['14', 'word', 'not-approve', 'Ann', undefined],
      ['14', 'verdict', 'not-approve', 'Ann', undefined],
      ['12', 'verdict', 'approve', rule, undefined],
    ],
  );
  assert.equal((await call(showPolicy, { query: { asOf: '2023-10-17' } })).version, 1);
  assert.equal((await call(showPolicy, { query: { asOf: '2023-10-18' } })).version, 2);
  await assert.rejects(call(showPolicy, { query: { asOf: '2023-10-01' } }), { code: 'not-found' });
});

test('pages of a list show one instant, and every fact once', async (t) => {
  const service = await contoso(t);
  const { call } = service;
  await call(decidePerson, { body: { update: KB, decision: 'approve', customer: 'Contoso', why: 'a test' } });
  const all = await call(listApprovals);
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await call(listApprovals, { query: { limit: 7, ...(after ? { after } : {}) } });
    assert.equal(page.asOf, Temporal.Instant.from(START).toString());
    seen.push(...page.items.map(({ updateId, level }) => `${updateId} ${level}`));
    after = page.next;
    to(service, '2023-11-20T08:00:00Z');
  } while (after);
  assert.deepEqual(
    seen,
    all.items.map(({ updateId, level }) => `${updateId} ${level}`),
  );
  assert.equal(new Set(seen).size, seen.length);
  assert.ok(seen.length > 14);
  const history = await call(approvalHistory, { params: { update: KB }, query: { limit: 1 } });
  const rest = await call(approvalHistory, { params: { update: KB }, query: { limit: 10, after: history.next } });
  assert.deepEqual([history.items.length, rest.items.length, rest.next], [1, 1, undefined]);
});

test('verdicts are put on record once, however many processes look, and only when they change', async (t) => {
  const { pool, keeper, clock } = await contoso(t);
  const other = await keepFacts({ pool, contentFromMicrosoft: true, log: { warn: () => {} } });
  const recorders = [keeper, other].map((one) => approvalsRecorder({ pool, keeper: one, clock }));
  const rows = async () =>
    (
      await pool.query<{ rows: number; updates: number }>(
        'select count(*) as rows, count(distinct update_id) as updates from approval',
      )
    ).rows[0];
  await Promise.all(recorders.flatMap((one) => [one.catchUp(clock.now()), one.catchUp(clock.now())]));
  const first = await rows();
  await pool.query("update customer set zone = 'Europe/Paris'; update service set facts_version = facts_version + 1");
  await keeper.refresh();
  await Promise.all(recorders.map((one) => one.catchUp(clock.now())));
  const second = await rows();
  await other.close(); // before the pool, which waits for its connection
  const updates = keeper.current().catalogue.deployable.length;
  assert.deepEqual(
    [first, second],
    [
      { rows: updates, updates },
      { rows: updates, updates },
    ],
  );
});

test('a request beyond the policy needs the acceptance, and says who asked and who is responsible', async (t) => {
  const service = await contoso(t);
  const { call, clock } = service;
  await call(decidePerson, { body: { update: KB, decision: 'decline', why: 'it breaks printing' } });
  const asked = {
    update: KB,
    customer: 'Contoso',
    server: 'db1.contoso',
    requestedBy: 'Carl of Contoso',
    requestedAt: '2023-10-11',
    acceptedBy: 'Dora of Contoso',
    acceptance: ACCEPTANCE,
    why: 'their auditor wants it',
  } as const;
  const { acceptance: _words, ...without } = asked;
  await assert.rejects(call(requestApproval, { body: without as typeof asked }), { code: 'usage.wrong' });
  await assert.rejects(call(requestApproval, { body: { ...asked, acceptance: 'yes' as typeof ACCEPTANCE } }), {
    code: 'usage.wrong',
    message: /words of the acceptance/,
  });
  await assert.rejects(call(requestApproval, { body: { ...asked, requestedAt: '2023-10-13' } }), { message: /future/ });
  await assert.rejects(call(requestApproval, { body: { ...asked, customer: 'Fabrikam' } }), { message: /not one of/ });
  const held = async (server: string) =>
    (await call(why, { params: { server, update: KB } })).answers.find(({ question }) => question === 'catalogue')
      ?.held;
  assert.deepEqual([await held('db1.contoso'), await held('db2.contoso')], [true, true]);
  const approved = await call(requestApproval, { body: asked });
  assert.deepEqual([approved.level, approved.customer, approved.server], ['server', 'Contoso', 'db1.contoso']);
  assert.equal(approved.request.acceptance, ACCEPTANCE);
  assert.match(approved.effect, /db1\.contoso, which is not offered it yet: /);
  assert.deepEqual([await held('db1.contoso'), await held('db2.contoso')], [false, true]);
  const explained = await call(why, { params: { server: 'db1.contoso', update: KB } });
  const approval = explained.answers.find(({ question }) => question === 'approval');
  assert.match(approval?.text ?? '', /Asked for by Carl of Contoso on 2023-10-11; Dora of Contoso accepted/);
  const { items } = await call(listApprovals, { query: { customer: 'Contoso', verdict: 'approve' } });
  const [listed] = items.filter(({ level }) => level === 'server');
  assert.deepEqual([listed?.server, listed?.why, listed?.policyVersion], ['db1.contoso', 'their auditor wants it', 1]);
  assert.deepEqual(listed?.request, {
    requestedBy: 'Carl of Contoso',
    requestedAt: '2023-10-11T00:00:00Z',
    acceptedBy: 'Dora of Contoso',
    acceptance: ACCEPTANCE,
  });
  clock.moveTo(clock.now().add({ hours: 1 }));
  const { server: _one, ...forAll } = asked;
  const wide = await call(requestApproval, { body: forAll });
  assert.match(wide.effect, /approved for Contoso \(servers: 2\); each server takes it/);
  assert.equal(await held('db2.contoso'), false);
  await call(withdrawPerson, { params: { update: KB }, query: { server: 'db1.contoso', why: 'one word is enough' } });
  assert.equal(await held('db1.contoso'), false, "the customer's word holds");
  await call(setBrake, { body: { update: KB, why: 'it breaks printing' } });
  assert.match((await call(requestApproval, { body: forAll })).effect, /the brake is on it/);
  const { items: records } = await call(listRecords, { query: { customer: 'Contoso' } });
  assert.deepEqual(
    records.map(({ what }) => what).filter((what) => what.startsWith('approval')),
    ['approval.requested', 'approval.requested', 'approval.withdrawn', 'approval.requested'],
  );
});
