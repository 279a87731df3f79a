import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { importDocuments } from '#contract/endpoints/catalogue.ts';
import { addCustomer, changeServer, listServers } from '#contract/endpoints/fleet.ts';
import { now } from '#contract/endpoints/now.ts';
import { status } from '#contract/endpoints/service.ts';
import type { Compliance } from '#domain/decide/compliance.ts';
import { verdictsOf } from '#domain/decide/overview.ts';
import type { PauseScope } from '#domain/exception/hold.ts';
import { setBrake } from '#server/store/brakes.ts';
import { addPause } from '#server/store/pauses.ts';
import { touchFacts } from '#server/store/service.ts';
import { applyAgentEvents } from '#server/store/status.ts';
import { sketchServer } from './testing/fleet.ts';
import { sampleDocuments, type TestService, testService } from './testing/service.ts';

/** In the early week of October 2023: its updates are due on the early plan, not yet on the default one. */
const AT = '2023-10-13T02:00:00Z';

const THE_EMPTY_CYCLE = [
  ['early', '2023-10-11T00:00:00Z', '2023-10-18T00:00:00Z'],
  ['default', '2023-10-18T00:00:00Z', '2023-10-25T00:00:00Z'],
  ['delayed', '2023-10-25T00:00:00Z', '2023-11-01T00:00:00Z'],
  ['fourth', '2023-11-01T00:00:00Z', '2023-11-08T00:00:00Z'],
];

/** The sample of October, and a customer with the early plan. */
async function contoso(t: Parameters<typeof testService>[0]): Promise<TestService & { readonly customerId: string }> {
  const service = await testService(t, AT);
  await service.call(importDocuments, { body: { source: 'sample', documents: sampleDocuments('2023-10', '2023-10') } });
  const body = { name: 'Contoso', zone: 'Europe/London', plan: 'early' } as const;
  const { customer } = await service.call(addCustomer, { body });
  return { ...service, customerId: customer.customerId };
}

/** The cumulative updates of Patch Tuesday for Server 2019 and 2022: approved, and due in the early week. */
const APPROVED = ['5031361', '5031364'];

function approvedOf({ keeper }: TestService): string[] {
  const { deployable } = keeper.current().catalogue;
  return APPROVED.map((kb) => deployable.find((update) => update.kb === kb)?.updateId ?? assert.fail(kb));
}

function waitingOf({ keeper, clock }: TestService): string[] {
  const all = verdictsOf(keeper.current(), clock.now()).filter(({ verdict }) => verdict === 'review');
  return all.map(({ update }) => update.updateId);
}

test('an empty service tells the cycle, its weeks, and that the catalogue is empty', async (t) => {
  const { call } = await testService(t, AT);
  const { cycle, fleet, attention, windows, warnings } = await call(now);
  assert.deepEqual(
    [cycle.name, cycle.patchTuesday, cycle.nextPatchTuesday],
    ['2023-10', '2023-10-10T17:00:00Z', '2023-11-14T18:00:00Z'],
  );
  assert.deepEqual(
    cycle.weeks.map(({ name, start, end }) => [name, start, end]),
    THE_EMPTY_CYCLE,
  );
  assert.equal(fleet.total, 0);
  assert.deepEqual(
    attention.map(({ kind, text }) => [kind, text]),
    [['catalogue-stale', 'The catalogue is empty: nothing can be offered to any server.']],
  );
  assert.deepEqual(windows, []);
  assert.ok(warnings.some((warning) => warning.includes('simulated')));
});

test('the windows of managed servers open in order, with how many servers each has', async (t) => {
  const service = await contoso(t);
  const { call, clock, customerId } = service;
  const observed = await call(addCustomer, {
    body: { name: 'Fabrikam', zone: 'Asia/Tokyo', plan: 'early', mode: 'observe' },
  });
  const own = await sketchServer(service, { dnsName: 'own.example', customerId });
  for (const dnsName of ['a.example', 'b.example']) await sketchServer(service, { dnsName, customerId });
  await sketchServer(service, { dnsName: 'c.example', customerId, plan: 'managed-operations' });
  await sketchServer(service, { dnsName: 'd.example', customerId: observed.customer.customerId });
  await call(changeServer, { params: { server: own }, body: { zone: 'America/Chicago' } });
  clock.moveTo(Temporal.Instant.from('2023-10-14T04:00:00Z'));
  const { windows } = await call(now);
  assert.deepEqual(
    windows.map(({ plan, zone, local, primary, servers }) => [plan, zone, local, primary, servers]),
    [
      ['managed-operations', 'Europe/London', 'Sunday 2023-10-15 01:00', false, 1],
      ['early', 'Europe/London', 'Sunday 2023-10-15 02:00', true, 2],
      ['early', 'America/Chicago', 'Sunday 2023-10-15 02:00', true, 1],
      ['managed-operations', 'Europe/London', 'Monday 2023-10-16 01:00', false, 1],
    ],
  );
  assert.deepEqual([windows[1]?.start, windows[1]?.end], ['2023-10-15T01:00:00Z', '2023-10-15T05:00:00Z']);
});

/** What wants a person, by kind, in the order of the answer. */
async function attentionOf({ call }: TestService) {
  return new Map((await call(now)).attention.map((one) => [one.kind, one]));
}

test('what wants a person comes with a count and names, the most urgent first', async (t) => {
  const service = await contoso(t);
  const { call, pool, customerId } = service;
  const [approved = ''] = approvedOf(service);
  const waiting = waitingOf(service);
  const { customer: fabrikam } = await call(addCustomer, { body: { name: 'Fabrikam', zone: 'Asia/Tokyo' } });
  await sketchServer(service, { dnsName: 'fails', customerId, updates: { [approved]: 'failed' } });
  await sketchServer(service, { dnsName: 'restarts', customerId, updates: { [approved]: 'pending-restart' } });
  await sketchServer(service, { dnsName: 'quiet', customerId, lastSeen: '2023-10-10T01:59:59Z' });
  await sketchServer(service, { dnsName: 'heard', customerId, lastSeen: '2023-10-10T02:00:00Z' });
  await sketchServer(service, { dnsName: 'nobodys', updates: { [waiting[0] ?? '']: 'needed' } });
  await sketchServer(service, { dnsName: 'planless', customerId: fabrikam.customerId });
  const clone = await sketchServer(service, { dnsName: 'clone', customerId });
  const renamed = await sketchServer(service, { dnsName: 'renamed', customerId });
  await pool.query(
    `insert into server_name (server_id, machine, first_seen, last_seen) values
       ($1, 'a', '2023-01-01', '2023-10-12'), ($1, 'b', '2023-10-01', '2023-10-11'), ($2, 'a', '2023-01-01', '2023-10-01'),
       ($2, 'b', '2023-10-02', '2023-10-12'), ($2, 'b | Dell', '2023-10-02', '2023-10-12')`,
    [clone, renamed],
  );
  const told = await attentionOf(service);
  assert.deepEqual(
    [...told.values()].map(({ kind, count, examples }) => [kind, count, examples[0]?.title.split(':')[0]]),
    [
      ['failed', 1, 'fails'],
      ['pending-restart', 1, 'restarts'],
      ['silent', 1, 'quiet'],
      ['clones', 1, 'clone'],
      ['review', waiting.length, service.keeper.current().catalogue.latest(waiting[0] ?? '')?.title],
      ['no-plan', 1, 'planless'],
      ['unassigned', 1, 'nobodys'],
    ],
  );
  assert.equal(told.get('clones')?.examples[0]?.detail, 'Comes as a and as b');
  assert.match(told.get('review')?.examples[0]?.detail ?? '', /^1 server needs it\. /);
});

test('failures are put together by update and result, and explained', async (t) => {
  const service = await contoso(t);
  const { pool, clock, customerId } = service;
  const [first = '', second = ''] = approvedOf(service);
  const failedAt = clock.now().add({ minutes: 1 });
  for (const [dnsName, updateId] of [
    ['a', first],
    ['b', first],
    ['c', second],
  ] as const) {
    const serverId = await sketchServer(service, { dnsName, customerId });
    const said = { eventId: 182, updateId, hresult: 0x80070070 | 0, miscData: [], details: {} };
    const event = { ...said, eventInstanceId: randomUUID(), serverId, timeAtTarget: failedAt, receivedAt: failedAt };
    await applyAgentEvents(pool, [event]);
  }
  const { count, text, examples } = (await attentionOf(service)).get('failed') ?? assert.fail('nothing failed');
  assert.deepEqual([count, text], [3, 'Updates failed on 3 servers; their agents try again by themselves.']);
  assert.deepEqual(
    examples.map(({ title, update }) => [title.split(':')[0], update]),
    [
      ['2 servers', first],
      ['c', second],
    ],
  );
  assert.match(
    examples[0]?.detail ?? '',
    /^Last on [ab], since 2023-10-13 02:01Z\. 0x80070070: .*ERROR_DISK_FULL.*Make/,
  );
});

test('pauses in force and brakes are told with who, why and until when', async (t) => {
  const service = await contoso(t);
  const { pool, clock, keeper, customerId } = service;
  const [braked = ''] = approvedOf(service);
  const serverId = await sketchServer(service, { dnsName: 'db1', customerId });
  await setBrake(pool, randomUUID(), { updateId: braked, who: 'jo', why: 'breaks printing', at: clock.now() });
  const pause = (scope: PauseScope, from: number, hours: number) => {
    const starts = clock.now().add({ hours: from });
    const spoken = { starts, ends: starts.add({ hours }), who: 'sam', why: 'quarter end' };
    const owner = scope.kind === 'server' ? customerId : undefined;
    return addPause(pool, { ...spoken, pauseId: randomUUID(), scope }, owner);
  };
  await pause({ kind: 'server', serverId }, -1, 2);
  await pause({ kind: 'group', customerId, group: 'SQL' }, 0, 1);
  await pause({ kind: 'all' }, 1, 1);
  await touchFacts(pool);
  await keeper.refresh();
  const told = await attentionOf(service);
  assert.equal(told.get('braked')?.examples[0]?.detail, 'By jo since 2023-10-13 02:00Z: breaks printing');
  assert.deepEqual(
    told.get('paused')?.examples.map(({ title, detail, server }) => [title, detail, server]),
    [
      ['Group SQL of Contoso', 'Until 2023-10-13 03:00Z, by sam: quarter end', undefined],
      ['db1', 'Until 2023-10-13 03:00Z, by sam: quarter end', serverId],
    ],
  );
});

test('settings that are not those of the plan are told, once a settings task would have brought them', async (t) => {
  const service = await contoso(t);
  const { pool, clock, customerId } = service;
  const reported = async (dnsName: string, version: string | null, hoursAgo: number) => {
    const serverId = await sketchServer(service, { dnsName, customerId });
    const at = clock.now().subtract({ hours: hoursAgo }).toString();
    await pool.query('update server set settings_version = $2, settings_at = $3 where server_id = $1', [
      serverId,
      version,
      at,
    ]);
    return serverId;
  };
  const policed = await reported('policed', 'another', 1);
  const says = { overwrittenByPolicy: true };
  await pool.query('insert into server_report (server_id, at, report) values ($1, $2, $3)', [policed, AT, says]);
  await reported('changed', 'another', 3);
  await reported('changed-too', 'another', 3);
  await reported('at-work', 'another', 1);
  await reported('silent', null, 3);
  const { count, examples } = (await attentionOf(service)).get('settings-outdated') ?? assert.fail('none');
  assert.equal(count, 3);
  assert.deepEqual(examples[0]?.title, 'policed');
  assert.match(examples[1]?.title ?? '', /^changed(-too)? and 1 more like it$/);
});

test('a day after Patch Tuesday its updates should be here', async (t) => {
  const service = await contoso(t);
  const stale = async (at: string) => {
    service.clock.moveTo(Temporal.Instant.from(at));
    return (await attentionOf(service)).has('catalogue-stale');
  };
  assert.equal(await stale('2023-11-14T17:59:59Z'), false);
  assert.equal(await stale('2023-11-15T17:59:59Z'), false);
  assert.equal(await stale('2023-11-15T18:00:00Z'), true);
});

test('the counts are those of the list, however servers stand, and follow each report at once', async (t) => {
  const service = await contoso(t);
  const { call, pool, keeper, clock, customerId } = service;
  const [approved = ''] = approvedOf(service);
  const [waiting = ''] = waitingOf(service);
  const { customer: fabrikam } = await call(addCustomer, {
    body: { name: 'Fabrikam', zone: 'Asia/Tokyo', plan: 'default' },
  });
  for (const owner of [customerId, fabrikam.customerId]) {
    await sketchServer(service, { dnsName: 'new.example', customerId: owner, hasStatus: false });
    await sketchServer(service, {
      dnsName: 'needs.example',
      customerId: owner,
      updates: { [approved]: 'needed', [waiting]: 'needed' },
    });
    await sketchServer(service, {
      dnsName: 'loaded.example',
      customerId: owner,
      updates: { [approved]: 'downloaded' },
    });
    await sketchServer(service, { dnsName: 'waits.example', customerId: owner, updates: { [waiting]: 'needed' } });
    await sketchServer(service, {
      dnsName: 'fails.example',
      customerId: owner,
      updates: { [approved]: 'failed', [waiting]: 'pending-restart' },
    });
    await sketchServer(service, {
      dnsName: 'restarts.example',
      customerId: owner,
      updates: { [approved]: 'pending-restart' },
    });
    await sketchServer(service, {
      dnsName: 'progress.example',
      customerId: owner,
      updates: { [approved]: 'installed' },
    });
  }
  const named = await sketchServer(service, {
    dnsName: 'named.example',
    customerId,
    updates: { [approved]: 'needed' },
  });
  await pool.query(
    `insert into person_decision (customer_id, server_id, update_id, decision, who, why, at)
     values ($1, $2, $3, 'decline', 'jo', 'not here', $4)`,
    [customerId, named, approved, clock.now().toString()],
  );
  await touchFacts(pool);
  await keeper.refresh();
  const listed = async (compliance: Compliance) => (await call(listServers, { query: { compliance } })).items.length;
  const { fleet } = await call(now);
  assert.deepEqual(
    [fleet.compliant, fleet.notCompliant, fleet.pendingRestart, fleet.failed, fleet.unknown, fleet.total],
    [7, 2, 2, 2, 2, 15],
  );
  for (const [state, count] of [
    ['compliant', fleet.compliant],
    ['not-compliant', fleet.notCompliant],
    ['pending-restart', fleet.pendingRestart],
    ['failed', fleet.failed],
    ['unknown', fleet.unknown],
  ] as const)
    assert.equal(await listed(state), count, state);
  await sketchServer(service, { dnsName: 'late.example', customerId });
  assert.equal((await call(now)).fleet.compliant, fleet.compliant + 1);
  assert.equal((await call(status)).servers.total, fleet.total + 1);
});
