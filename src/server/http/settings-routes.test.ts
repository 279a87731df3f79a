import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TaskSettings } from '#contract/settings-task.ts';
import { SHIPPED_REGIONS } from '#domain/fleet/regions-shipped.ts';
import { settingsState } from '#domain/fleet/settings-state.ts';
import { replaceCustomerToken } from '#server/store/customers.ts';
import { saveRegion } from '#server/store/regions.ts';
import { findServerReport } from '#server/store/server-reports.ts';
import { changeServer, findServerByClientId } from '#server/store/servers.ts';
import { type ClientService, clientService } from '#server/testing/client-service.ts';
import { sampleId, sha256 } from '#server/testing/sample.ts';
import { enrol, identity, send, type WireRequest } from '#server/testing/wire-client.ts';

/** The customer of the tests: default week, Sunday 02:00 in Zurich. */
const AT = Temporal.Instant.from('2023-10-20T12:00:00Z');
const { clientId } = identity(1);

async function enrolled(service: ClientService) {
  const customer = await service.addCustomer(1);
  await enrol(`${service.url}/${customer.token}`, identity(1), AT);
  const server = (await findServerByClientId(service.pool, clientId)) ?? assert.fail();
  return { ...customer, serverId: server.serverId };
}

function settingsOf(service: ClientService, token: string, asked: WireRequest = {}, id = clientId) {
  return send(service.url, `/${token}/Settings/${id}`, asked);
}

async function read(service: ClientService, token: string): Promise<TaskSettings> {
  const { status, body } = await settingsOf(service, token);
  assert.equal(status, 200);
  return TaskSettings.parse(JSON.parse(body.toString()));
}

function value({ registry }: TaskSettings, name: string): unknown {
  return registry.find((one) => one.name === name)?.value;
}

test('a server gets the settings of the window that comes next, and scans around it', async (t) => {
  const service = await clientService(t, { at: AT });
  const { token, serverId } = await enrolled(service);
  const settings = await read(service, token);
  assert.deepEqual(settings.window, { start: '2023-10-22T00:00:00Z', end: '2023-10-22T04:00:00Z' });
  assert.deepEqual(settings.scans.slice(0, 3), [
    '2023-10-21T00:00:00Z',
    '2023-10-22T00:00:00Z',
    '2023-10-22T04:00:00Z',
  ]);
  assert.deepEqual([value(settings, 'ScheduledInstallDay'), value(settings, 'ScheduledInstallTime')], [1, 2]);
  assert.equal(value(settings, 'WUServer'), undefined, 'no region is set up: the server stays where it is');
  await changeServer(service.pool, serverId, { plan: 'managed-operations' });
  const nightly = await read(service, token);
  assert.equal(value(nightly, 'ScheduledInstallDay'), 0);
  assert.notEqual(nightly.version, settings.version);
});

test('a region that is set up becomes WUServer, with the token that the server has; the version says nothing of it', async (t) => {
  const service = await clientService(t, { at: AT });
  const { token, customerId } = await enrolled(service);
  const london = SHIPPED_REGIONS.find(({ name }) => name === 'LON') ?? assert.fail();
  await saveRegion(service.pool, { ...london, endpoint: 'https://wu.example.net:8531' }, AT);
  await service.factsChanged();
  const settings = await read(service, token);
  assert.equal(value(settings, 'WUServer'), `https://wu.example.net:8531/${token}`);
  await replaceCustomerToken(service.pool, customerId, sha256('next'), AT);
  await service.factsChanged();
  const [former, next] = [await read(service, token), await read(service, 'next')];
  assert.equal(value(former, 'WUServer'), `https://wu.example.net:8531/${token}`);
  assert.equal(value(next, 'WUServer'), 'https://wu.example.net:8531/next');
  assert.equal(former.version, next.version);
});

test('a turn is told by a scan at the instant at which it was given, and so is the stop of its campaign', async (t) => {
  const service = await clientService(t, { at: AT });
  const { token, customerId, serverId } = await enrolled(service);
  const campaignId = sampleId('e', 7);
  await service.pool.query(
    `insert into campaign (campaign_id, customer_id, cycle, number, definition, state, opened_at)
     values ($1, $2, '2023-10', 1, '{}', 'gathering', $3)`,
    [campaignId, customerId, String(AT)],
  );
  await service.pool.query(
    `insert into campaign_server (campaign_id, server_id, wave, release_week, state, told_at) values ($1, $2, 0, 2, 'told', $3)`,
    [campaignId, serverId, '2023-10-20T11:40:00Z'],
  );
  assert.equal((await read(service, token)).scans[0], '2023-10-20T11:40:00Z');
  await service.pool.query(`update campaign set state = 'stopped', stopped_at = $2 where campaign_id = $1`, [
    campaignId,
    '2023-10-20T11:55:00Z',
  ]);
  assert.deepEqual((await read(service, token)).scans.slice(0, 2), ['2023-10-20T11:40:00Z', '2023-10-20T11:55:00Z']);
});

test('nothing new is 304; a brake is news at once', async (t) => {
  const service = await clientService(t, { at: AT });
  const { token } = await enrolled(service);
  const { headers } = await settingsOf(service, token);
  const known = { headers: { 'if-none-match': headers.etag ?? '' } };
  service.moveTo(AT.add({ minutes: 15 }));
  const again = await settingsOf(service, token, known);
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  await service.pool.query(
    `insert into brake (brake_id, update_id, who, why, at) values (gen_random_uuid(), gen_random_uuid(), 'jo', 'breaks', $1)`,
    [String(service.now())],
  );
  await service.factsChanged();
  const news = await settingsOf(service, token, known);
  assert.equal(news.status, 200);
  assert.ok(TaskSettings.parse(JSON.parse(news.body.toString())).scans.includes(String(service.now())));
});

test('a pause that reaches the server is a scan at its start and its end', async (t) => {
  const service = await clientService(t, { at: AT });
  const { token, customerId } = await enrolled(service);
  const stranger = await service.addCustomer(2);
  for (const [hours, customer] of [
    [1, customerId],
    [3, stranger.customerId],
  ] as const)
    await service.pool.query(
      `insert into pause (pause_id, scope, customer_id, starts, ends, who, why)
       values (gen_random_uuid(), 'customer', $1, $2, $3, 'jo', 'moving')`,
      [customer, String(AT.add({ hours })), String(AT.add({ hours: hours + 10 }))],
    );
  await service.factsChanged();
  const { scans } = await read(service, token);
  for (const hours of [1, 11]) assert.ok(scans.includes(String(AT.add({ hours }))));
  for (const hours of [3, 13]) assert.ok(!scans.includes(String(AT.add({ hours }))));
});

test('no answer tells a token that is not the customer’s from a server that is not known', async (t) => {
  const service = await clientService(t, { at: AT });
  const { token } = await enrolled(service);
  const stranger = await service.addCustomer(2);
  await enrol(service.url, identity(3), AT);
  const answers = await Promise.all([
    settingsOf(service, stranger.token),
    settingsOf(service, 'st-unknown'),
    settingsOf(service, token, {}, identity(2).clientId),
    settingsOf(service, token, {}, identity(3).clientId),
    settingsOf(service, token, {}, "'%20or%201=1"),
    settingsOf(service, token, {}, 'x'.repeat(199)),
    settingsOf(service, '%00', {}, '%00'),
    send(service.url, `/${stranger.token}/Reports/${clientId}`, { method: 'POST', body: '{}' }),
  ]);
  for (const { status, body, headers } of answers)
    assert.deepEqual([status, body.toString(), headers.etag], [404, '', undefined]);
  const unprotected = await send(service.url, `/Settings/${clientId}`);
  assert.equal(unprotected.status, 404);
});

const REPORT = {
  overwrittenByPolicy: true,
  bootedAt: '2023-10-19T00:00:00Z',
  pendingRestart: true,
  systemDiskFreeMegabytes: 51_200,
  stoppedServices: ['W32Time'],
  eventLogErrors: 2,
};

test('a report is kept, and shows whether the settings are those that the plan asks for', async (t) => {
  const service = await clientService(t, { at: AT });
  const { token, serverId } = await enrolled(service);
  const post = (body: string | Buffer) => send(service.url, `/${token}/Reports/${clientId}`, { method: 'POST', body });
  const { version } = await read(service, token);
  assert.equal((await post(JSON.stringify({ settingsVersion: version, ...REPORT }))).status, 204);
  assert.deepEqual((await findServerReport(service.pool, serverId))?.report, { settingsVersion: version, ...REPORT });
  const server = await findServerByClientId(service.pool, clientId);
  assert.equal(server?.settingsVersion, version);
  assert.equal(String(server?.settingsAt), String(AT));
  assert.equal(settingsState(version, server?.settingsVersion ?? null), 'current');
  await changeServer(service.pool, serverId, { plan: 'managed-operations' });
  assert.equal(settingsState((await read(service, token)).version, server?.settingsVersion ?? null), 'outdated');
});

test('hostile reports are refused and keep nothing', async (t) => {
  const service = await clientService(t, { at: AT });
  const { token, serverId } = await enrolled(service);
  const good = { settingsVersion: 'v', ...REPORT };
  const bodies: (string | Buffer)[] = [
    '',
    'null',
    '[]',
    '{"settingsVersion"',
    Buffer.from([0xff, 0xfe]),
    JSON.stringify({ ...good, command: 'calc.exe' }),
    JSON.stringify({ ...good, stoppedServices: Array.from({ length: 101 }, () => 'x') }),
    JSON.stringify({ ...good, settingsVersion: 'x'.repeat(65) }),
    JSON.stringify({ ...good, bootedAt: 'yesterday' }),
    JSON.stringify({ ...good, systemDiskFreeMegabytes: -1 }),
    '['.repeat(30_000),
  ];
  for (const body of bodies) {
    const { status } = await send(service.url, `/${token}/Reports/${clientId}`, { method: 'POST', body });
    assert.equal(status, 400, String(body).slice(0, 60));
  }
  const large = await send(service.url, `/${token}/Reports/${clientId}`, { method: 'POST', body: ' '.repeat(70_000) });
  assert.equal(large.status, 413);
  assert.equal(await findServerReport(service.pool, serverId), undefined);
  const odd = { ...good, stoppedServices: ['\u0000\ud800<b>'] };
  const answer = await send(service.url, `/${token}/Reports/${clientId}`, {
    method: 'POST',
    body: JSON.stringify(odd),
  });
  assert.equal(answer.status, 204);
});

test('a report leaves evidence of backups with the machine; since when a restart is pending is kept until the next boot', async (t) => {
  const service = await clientService(t, { at: AT });
  const { token, serverId, customerId } = await enrolled(service);
  await service.pool.query(
    `insert into machine (machine_id, customer_id, name, server_id, added_at, changed_at) values ($1, $2, 'one', $3, $4, $4)`,
    [sampleId('d', 1), customerId, serverId, AT.toString()],
  );
  const told = {
    ...{ settingsVersion: 'v', overwrittenByPolicy: false, bootedAt: '2023-10-19T12:00:00Z', pendingRestart: true },
    ...{ systemDiskFreeMegabytes: 20_000, stoppedServices: [], eventLogErrors: 0, clusterRole: 'passive' },
    backups: [
      { at: '2023-10-20T02:00:00Z', ok: false, detail: 'Event 517' },
      { at: '2023-10-19T02:00:00Z', ok: true, detail: 'Event 4' },
      { at: '2023-10-21T02:00:00Z', ok: true, detail: 'Event 4' }, // of tomorrow
    ],
  };
  const report = async (more: object) => {
    const sent = { method: 'POST', body: JSON.stringify({ ...told, ...more }) } as const;
    assert.equal((await send(service.url, `/${token}/Reports/${clientId}`, sent)).status, 204);
    const { rows } = await service.pool.query<{ since: Temporal.Instant | null }>(
      'select pending_since as since from server_report where server_id = $1',
      [serverId],
    );
    return rows[0]?.since && String(rows[0].since);
  };
  assert.equal(await report({}), '2023-10-20T12:00:00Z');
  const { rows } = await service.pool.query<{ kind: string; ok: boolean; at: Temporal.Instant }>(
    'select kind, ok, at from evidence order by at, kind',
  );
  assert.deepEqual(
    rows.map(({ kind, ok, at }) => `${kind} ${ok} ${at}`),
    [
      'backup true 2023-10-19T02:00:00Z',
      'restore-point true 2023-10-19T02:00:00Z',
      'backup false 2023-10-20T02:00:00Z',
      'restore-point false 2023-10-20T02:00:00Z',
    ],
  );
  service.moveTo(AT.add({ hours: 2 }));
  assert.equal(await report({}), '2023-10-20T12:00:00Z', 'still since then');
  assert.equal((await service.pool.query('select from evidence')).rowCount, 4, 'what is known is not added again');
  assert.equal(
    await report({ bootedAt: '2023-10-20T13:00:00Z' }),
    '2023-10-20T14:00:00Z',
    'another restart is pending',
  );
  assert.equal(await report({ bootedAt: '2023-10-20T13:00:00Z', pendingRestart: false }), null);
});
