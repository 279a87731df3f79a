import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import {
  bootstrap,
  closestRegion,
  listClones,
  listRegions,
  putRegion,
  removeRegion,
  showServerReport,
} from '#contract/endpoints/enrolment.ts';
import { addCustomer, changeCustomer, changeServer, listServers, showServer } from '#contract/endpoints/fleet.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { noteServerName } from '#server/store/enrolment.ts';
import { saveServerReport } from '#server/store/server-reports.ts';
import { enrol } from '#server/store/servers.ts';
import { testService } from './testing/service.ts';

const AT = '2023-10-12T00:00:00Z';

test('a shipped region is an example until it has an endpoint; removed, the example holds again', async (t) => {
  const { call, keeper } = await testService(t, AT);
  const before = await call(listRegions);
  assert.ok(before.items.every(({ isSetUp, isShipped }) => !isSetUp && isShipped));
  const params = { region: 'lon' };
  const london = await call(putRegion, { params, body: { endpoint: 'https://WU.example.net', aliases: ['lon3'] } });
  assert.deepEqual(
    [london.name, london.endpoint, london.isSetUp, london.title],
    ['LON', 'https://wu.example.net', true, 'London'],
  );
  assert.equal(keeper.directory().region('Lon3')?.name, 'LON');
  assert.equal((await call(closestRegion, { query: { zone: 'Europe/Paris' } })).region.endpoint, london.endpoint);
  assert.equal((await call(removeRegion, { params })).region?.isSetUp, false);
  await assert.rejects(call(removeRegion, { params }), { code: 'not-found' });
  const { items } = await call(listRecords, { query: {} });
  assert.deepEqual(
    items.map(({ what }) => what),
    ['region.changed', 'region.removed'],
  );
});

test('a region of one’s own takes its place from its zone, and stays as long as somebody has chosen it', async (t) => {
  const { call } = await testService(t, AT);
  const params = { region: 'FRA' };
  const body = { endpoint: 'https://wu.fra.example.net', zone: 'Europe/Berlin' };
  const region = await call(putRegion, { params, body });
  assert.deepEqual([Math.round(region.latitude), Math.round(region.longitude), region.isShipped], [53, 13, false]);
  await call(addCustomer, { body: { name: 'Acme', zone: 'Europe/Berlin', region: 'fra' } });
  await assert.rejects(call(removeRegion, { params }), { code: 'region.in-use' });
  const freed = await call(changeCustomer, { params: { customer: 'Acme' }, body: { region: null, strict: true } });
  assert.deepEqual([freed.region, freed.strict], [undefined, true]);
  assert.deepEqual(await call(removeRegion, { params }), {});
});

test('regions that would mislead are refused', async (t) => {
  const { call } = await testService(t, AT);
  const refused = (region: string, body: object, code: string) =>
    assert.rejects(call(putRegion, { params: { region }, body }), { code }, JSON.stringify(body));
  await refused('LON', { endpoint: 'https://host/path' }, 'usage.wrong');
  await refused('LON', { endpoint: "https://ho'st" }, 'usage.wrong');
  await refused('LON', { zone: 'Mars/Olympus' }, 'usage.wrong');
  await refused('LON', { aliases: ['dfw'] }, 'conflict.exists');
  await refused('LON1', { endpoint: 'https://x.example', zone: 'Europe/London' }, 'conflict.exists');
  await refused('NEW', { endpoint: 'https://x.example' }, 'usage.wrong');
  await refused('NEW', { endpoint: 'https://x.example', zone: 'Etc/UTC' }, 'usage.wrong');
  await refused('NEW', { latitude: 91 }, 'usage.wrong');
  await assert.rejects(call(closestRegion, { query: { zone: 'Etc/UTC' } }), { code: 'not-found' });
  await assert.rejects(call(addCustomer, { body: { name: 'A', zone: 'Etc/UTC', region: 'NOWHERE' } }), {
    code: 'not-found',
  });
});

test('files are made from the token that is given, and a new one only when it is asked for', async (t) => {
  const { call, keeper } = await testService(t, AT);
  const { token, customer } = await call(addCustomer, {
    body: { name: 'Acme', zone: 'Europe/London', plan: 'default', strict: true },
  });
  const params = { customer: 'Acme' };
  const made = await call(bootstrap, { params, body: { token } });
  assert.equal(made.wuServer, `https://updates.example:8531/${token}`);
  assert.deepEqual([made.region, made.token], ['LON', undefined]);
  assert.match(made.warnings[0] ?? '', /LON has no endpoint/);
  assert.deepEqual(
    made.files.map(({ name, encoding }) => `${name} ${encoding}`),
    [
      'policy.reg utf-16le',
      'enrol.ps1 ascii',
      'opt-out.ps1 ascii',
      'policy-lgpo.txt ascii',
      'gpo-registry.xml ascii',
      'settings-task.ps1 ascii',
      'install-task.ps1 ascii',
    ],
  );
  const registry = made.files[0]?.text ?? '';
  assert.match(registry, /"ScheduledInstallDay"=dword:00000001\r\n"ScheduledInstallTime"=dword:00000002/);
  assert.match(registry, /"DoNotConnectToWindowsUpdateInternetLocations"=dword:00000001/);

  await call(putRegion, { params: { region: 'SYD' }, body: { endpoint: 'https://wu.syd.example.net' } });
  const renewed = await call(bootstrap, {
    params,
    body: { newToken: true, region: 'syd1', weekday: 5, hour: 22, task: false, profile: 'plan' },
  });
  assert.equal(renewed.wuServer, `https://wu.syd.example.net/${renewed.token}`);
  assert.equal(keeper.directory().customerOfToken(renewed.token ?? ''), customer.customerId);
  assert.equal(keeper.directory().customerOfFormerToken(token), customer.customerId);
  assert.equal(renewed.schedule, 'plan default, Friday at 22:00, zone Europe/London');
  await assert.rejects(call(bootstrap, { params, body: { token } }), { code: 'bootstrap.invalid' });
});

test('nothing is made, and no token ends, where something is missing or contradicts itself', async (t) => {
  const { call, keeper } = await testService(t, AT);
  const { token, customer } = await call(addCustomer, { body: { name: 'Acme', zone: 'Europe/London' } });
  const refused = (body: object, code: string) =>
    assert.rejects(call(bootstrap, { params: { customer: 'Acme' }, body }), { code }, JSON.stringify(body));
  await refused({}, 'bootstrap.invalid');
  await refused({ token }, 'bootstrap.invalid');
  await refused({ newToken: true, plan: 'none' }, 'not-found');
  await refused({ newToken: true, plan: 'default', region: 'X' }, 'not-found');
  await refused({ newToken: true, profile: 'seed', task: true }, 'bootstrap.invalid');
  await refused({ newToken: true, profile: 'seed', group: 'SQL' }, 'bootstrap.invalid');
  await refused({ token: "'; calc #", plan: 'default' }, 'bootstrap.invalid');
  assert.equal(keeper.directory().customerOfToken(token), customer.customerId);
  const seed = await call(bootstrap, { params: { customer: 'Acme' }, body: { token, profile: 'seed' } });
  assert.equal(seed.files.length, 5);
  assert.equal(seed.schedule, 'every day at 02:00, zone Europe/London');
});

test('two machines that come in turns under one id are shown, with the cure', async (t) => {
  const { call, pool, clock } = await testService(t, AT);
  const clientId = randomUUID();
  const serverId = (await enrol(pool, { clientId, dnsName: 'a.example.com', at: clock.now() })) ?? assert.fail();
  for (const [name, hours] of [
    ['a.example.com', 0],
    ['b.example.com', 1],
    ['a.example.com', 24],
    ['b.example.com', 25],
  ] as const)
    await noteServerName(pool, serverId, name, clock.now().subtract({ hours: 48 - hours }));
  const { items, cure } = await call(listClones);
  assert.deepEqual(
    items.map(({ clientId: id, differ, machines }) => [id, differ, machines.map(({ machine }) => machine)]),
    [[clientId, 'name', ['a.example.com', 'b.example.com']]],
  );
  assert.match(cure.join('\n'), /SusClientId, SusClientIdValidation/);
});

test('a server has a region, a group and an owner of its own, and shows whether its settings are those of its plan', async (t) => {
  const { call, pool, clock } = await testService(t, AT);
  const { customer } = await call(addCustomer, {
    body: { name: 'Acme', zone: 'Europe/London', plan: 'default', ownerMail: 'it@acme.example' },
  });
  assert.equal(customer.ownerMail, 'it@acme.example');
  const clientId = randomUUID();
  const { customerId } = customer;
  const serverId = (await enrol(pool, { clientId, dnsName: 'a', customerId, at: clock.now() })) ?? assert.fail();
  const params = { server: serverId };
  const first = await call(showServer, { params });
  assert.deepEqual([first.region, first.group, first.settings], ['LON', undefined, 'unknown']);
  const report = { ...REPORT, settingsVersion: 'before the change' };
  assert.deepEqual(await call(showServerReport, { params }), { server: 'a' });
  await saveServerReport(pool, serverId, customerId, report, clock.now());
  assert.deepEqual(await call(showServerReport, { params }), { server: 'a', at: String(clock.now()), report });
  const body = { region: 'syd1', group: 'SQL', ownerMail: 'dba@acme.example' };
  const changed = await call(changeServer, { params, body });
  assert.deepEqual([changed.region, changed.group, changed.settings], ['SYD', 'SQL', 'outdated']);
  const { items } = await call(listServers, { query: { customer: 'Acme' } });
  assert.deepEqual([items[0]?.region, items[0]?.settings], ['SYD', 'outdated']);
  const back = await call(changeServer, { params, body: { region: null, group: null } });
  assert.deepEqual([back.region, back.group], ['LON', undefined]);
  await assert.rejects(call(changeServer, { params, body: { region: 'X' } }), { code: 'not-found' });
  await assert.rejects(call(changeServer, { params, body: { ownerMail: 'nobody' } }), { code: 'usage.wrong' });
});

const REPORT = {
  overwrittenByPolicy: false,
  bootedAt: AT,
  pendingRestart: false,
  systemDiskFreeMegabytes: 1000,
  stoppedServices: [],
  eventLogErrors: 0,
};
