import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { addCustomer, changeServer, checkPlan, listPlans, putPlan } from '#contract/endpoints/fleet.ts';
import { OVERLAP_RULE } from '#domain/calendar/overlaps.ts';
import { enrol } from '#server/store/servers.ts';
import { testService } from './testing/service.ts';

const START = '2023-10-12T08:00:00Z';

test('a plan is told in words, windows and numbers before it is kept, and again when it is', async (t) => {
  const { call, pool, keeper, clock } = await testService(t, START);
  const { customer } = await call(addCustomer, { body: { name: 'Acme', zone: 'Europe/London', plan: 'default' } });
  for (const dnsName of ['a1', 'a2', 'a3'])
    await enrol(pool, { clientId: randomUUID(), dnsName, customerId: customer.customerId, at: clock.now() });
  await call(changeServer, { params: { server: 'a3' }, body: { plan: 'early' } });
  const draft = {
    weekday: 6,
    hour: 22,
    windowMinutes: 240,
    latestStartMinutes: 60,
    leadHours: 12,
    missed: { kind: 'catch-up', hours: 12 },
    definitions: 'daily',
    extraWindows: [{ weekday: 7, hour: 2, windowMinutes: 120 }],
  } as const;
  const query = { zone: 'Europe/London' };
  const checked = await call(checkPlan, { params: { plan: 'default' }, query, body: draft });
  assert.match(checked.words, /Saturday 22:00/);
  assert.equal(checked.windows.length, 8);
  assert.deepEqual(
    checked.windows
      .slice(0, 2)
      .map(({ local, start, lastOffer, end, primary }) => [local, start, lastOffer, end, primary]),
    [
      ['Saturday 2023-10-14 22:00', '2023-10-14T21:00:00Z', '2023-10-14T22:00:00Z', '2023-10-15T03:00:00Z', false],
      ['Saturday 2023-10-21 22:00', '2023-10-21T21:00:00Z', '2023-10-21T22:00:00Z', '2023-10-22T03:00:00Z', true],
    ],
    'the extra window touches the own one, so that they are one',
  );
  assert.deepEqual(checked.servers, { using: 2, changed: 2 });
  assert.equal(checked.overlaps.rule, OVERLAP_RULE);
  assert.equal(checked.overlaps.notes.length, 1);
  assert.match(checked.warnings.join(' '), /lead of 12 hours .* up to 12 hours after it/);
  assert.equal(keeper.directory().plan('default', undefined)?.weekday, 7, 'nothing was kept');
  const put = await call(putPlan, { params: { plan: 'default' }, query, body: draft });
  assert.deepEqual(put, checked);
  const [kept] = (await call(listPlans)).items.filter(({ name }) => name === 'default');
  assert.deepEqual(
    [kept?.latestStartMinutes, kept?.missed, kept?.definitions, kept?.extraWindows],
    [60, { kind: 'catch-up', hours: 12 }, 'daily', [{ weekday: 7, hour: 2, windowMinutes: 120 }]],
  );
  const again = await call(checkPlan, { params: { plan: 'default' }, query, body: draft });
  assert.deepEqual(again.servers, { using: 2, changed: 0 });
});

test('what contradicts itself is refused by checking and keeping alike', async (t) => {
  const { call } = await testService(t, START);
  const body = { missed: { kind: 'skip' }, followUp: true } as const;
  for (const endpoint of [checkPlan, putPlan]) {
    const wrong = call(endpoint, { params: { plan: 'odd' }, body });
    await assert.rejects(wrong, { code: 'plan.invalid', message: /skip is only for plans without follow-up/ });
  }
  const zone = call(checkPlan, { params: { plan: 'odd' }, query: { zone: 'Mars' }, body: {} });
  await assert.rejects(zone, { code: 'usage.wrong' });
});

test('a plan of an earlier version, without the later fields, still reads', async (t) => {
  const { call, pool, keeper } = await testService(t, START);
  await call(putPlan, { params: { plan: 'old' }, body: { hour: 4 } });
  await pool.query(`update plan set definition = definition - '{missed,definitions,extraWindows}'::text[];
                    update service set facts_version = facts_version + 1`);
  await keeper.refresh();
  const plan = keeper.directory().plan('old', undefined);
  assert.deepEqual(
    [plan?.hour, plan?.missed, plan?.definitions, plan?.extraWindows],
    [4, { kind: 'next' }, 'each-scan', []],
  );
});
