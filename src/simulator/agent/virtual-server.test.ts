import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { createMachine } from '../machine/machine-state.ts';
import { createHabits } from './habits.ts';
import { createPolicy } from './policy.ts';
import {
  createServer,
  eventIds,
  factsOf,
  IDENTITY,
  lastStatus,
  liveFor,
  liveUntil,
  renewService,
  reported,
  requestsTo,
  START,
  scanOf,
  service,
  stopService,
} from './testing/live.ts';
import { bundle, guidOf, software } from './testing/scripted-updates.ts';

beforeEach(renewService);
after(stopService);

test('installation comes at the scheduled local hour, also after a change of daylight saving', async () => {
  service.updates.push(software({ id: 1 }));
  // In Berlin the clocks go back on 2023-10-29; Sunday 02:00 exists twice and means the first.
  const server = createServer({
    identity: { ...IDENTITY, zone: 'Europe/Berlin' },
    policy: createPolicy(service.url, { scheduledInstallDay: 1, scheduledInstallTime: 2 }),
    start: Temporal.Instant.from('2023-10-27T12:00:00Z'),
  });
  const entries = await liveUntil(server, (fact) => fact.kind === 'installed');
  const [installed] = factsOf(entries, 'installed');
  assert.equal(installed?.startedAt.toString(), '2023-10-29T00:00:00Z');
  assert.equal(installed?.trigger, 'schedule');
  assert.equal(server.machine.registry.get('hklm\\software\\sample\\u1'), 1);
});

test('a deadline that has passed makes the agent act at once; one to come waits, even when nobody can be reached', async () => {
  const deadline = START.add({ hours: 5 });
  service.updates.push(software({ id: 1, deadline: START.subtract({ hours: 1 }) }), software({ id: 2, deadline }));
  const lost = { from: START.add({ hours: 1 }), to: START.add({ hours: 100 }) };
  const server = createServer({
    policy: createPolicy(service.url, { scheduledInstallTime: 23 }),
    habits: createHabits({ networkLost: [lost] }),
  });
  const entries = await liveUntil(server, (fact) => fact.kind === 'installed' && fact.updateId === guidOf(2));
  const [first, second] = factsOf(entries, 'installed');
  assert.equal(first?.trigger, 'deadline');
  assert.ok(first !== undefined && Temporal.Instant.compare(first.startedAt, lost.from) < 0);
  assert.equal(second?.startedAt.toString(), deadline.toString());
});

test('an offer that became a mere check is not installed; it is reported as needed', async () => {
  service.updates.push(software({ id: 1 }));
  const server = createServer({ policy: createPolicy(service.url, { scheduledInstallTime: 23 }) });
  await liveUntil(server, (fact) => fact.kind === 'scanned');
  for (const update of service.updates) update.action = 'PreDeploymentCheck';
  server.scanAt(START.add({ hours: 2 }));
  await liveUntil(server, (fact) => fact.kind === 'scanned');
  const entries = await liveFor(server, 72);
  assert.deepEqual(factsOf(entries, 'installed'), []);
  assert.deepEqual(lastStatus(), { U: guidOf(1) });
});

test('an update that needs a restart is pending, then installed after it; the events tell so', async () => {
  service.updates.push(software({ id: 1, reboot: 'CanRequestReboot', file: new Uint8Array(10) }));
  const server = createServer();
  const entries = await liveUntil(server, (fact) => fact.kind === 'restarted');
  const [installed] = factsOf(entries, 'installed');
  const [restarted] = factsOf(entries, 'restarted');
  assert.equal(installed?.needsRestart, true);
  assert.deepEqual(restarted?.updates, [guidOf(1)]);
  await liveFor(server, 2);
  assert.deepEqual(eventIds(), [147, 156, 167, 162, 181, 201, 156, 147, 156]);
  const pending = reported().find(({ basicData }) => basicData.eventId === 201);
  assert.equal(pending?.basicData.win32HResult, 0x00240005);
  assert.deepEqual(pending?.extendedData?.replacementStrings, ['Update 1 & more']);
  assert.deepEqual(lastStatus(), { V: guidOf(1) });
});

test('an injected failure is reported and tried again at the next schedule', async () => {
  service.updates.push(software({ id: 1 }));
  const habits = createHabits({ failures: [{ updateId: guidOf(1), times: 1, hresult: 0x80070643 }] });
  const server = createServer({ habits });
  const failed = await liveUntil(server, (fact) => fact.kind === 'install-failed');
  assert.equal(factsOf(failed, 'install-failed')[0]?.hresult, 0x80070643);
  await liveFor(server, 1);
  assert.deepEqual(lastStatus(), { U: guidOf(1), g: guidOf(1), h: guidOf(1) });
  const entries = await liveUntil(server, (fact) => fact.kind === 'installed');
  assert.equal(factsOf(entries, 'installed')[0]?.startedAt.toString(), '2023-10-12T03:00:00Z');
});

test('a server that was off at its hour misses the schedule and waits for the next one', async () => {
  service.updates.push(software({ id: 1 }));
  const off = {
    from: Temporal.Instant.from('2023-10-11T02:30:00Z'),
    to: Temporal.Instant.from('2023-10-11T06:00:00Z'),
  };
  const server = createServer({ habits: createHabits({ off: [off] }) });
  const entries = await liveUntil(server, (fact) => fact.kind === 'installed');
  assert.equal(factsOf(entries, 'schedule-missed')[0]?.scheduled.toString(), '2023-10-11T03:00:00Z');
  assert.equal(factsOf(entries, 'installed')[0]?.startedAt.toString(), '2023-10-12T03:00:00Z');
  const within = entries.filter(
    ({ at }) => Temporal.Instant.compare(at, off.from) > 0 && Temporal.Instant.compare(at, off.to) < 0,
  );
  assert.deepEqual(within, []);
});

test('a bundle is needed when each clause has a needed or installed part; only needed parts are installed', async () => {
  const part = (id: number, installable?: string) => ({
    ...software({ id, ...(installable === undefined ? {} : { installable }) }),
    action: 'Bundle' as const,
  });
  service.updates.push(
    part(1, '<False />'),
    part(2),
    part(3, '<False />'),
    bundle(10, [[1, 2]]),
    bundle(11, [[2], [3]]),
  );
  const server = createServer();
  const entries = await liveUntil(server, (fact) => fact.kind === 'installed');
  assert.deepEqual(scanOf(entries)?.offered, [guidOf(10)]);
  await liveFor(server, 1);
  assert.equal(server.machine.registry.get('hklm\\software\\sample\\u2'), 1);
  assert.equal(server.machine.registry.get('hklm\\software\\sample\\u1'), undefined);
  assert.ok(lastStatus().V?.includes(guidOf(10)));
});

test('the replaced update is skipped while its successor is offered, and installed while the successor is held', async () => {
  service.updates.push(software({ id: 1 }), software({ id: 2, supersedes: [1], action: 'PreDeploymentCheck' }));
  const held = await liveUntil(createServer(), (fact) => fact.kind === 'scanned');
  assert.deepEqual(scanOf(held)?.offered, [guidOf(1)]);
  for (const update of service.updates) update.action = 'Install';
  const offered = await liveUntil(createServer(), (fact) => fact.kind === 'scanned');
  assert.deepEqual(scanOf(offered)?.offered, [guidOf(2)]);
});

test('a deployment for removal takes an installed update away', async () => {
  service.updates.push({ ...software({ id: 1 }), action: 'Uninstall' });
  const machine = createMachine({ registry: new Map([['hklm\\software\\sample\\u1', 1]]) });
  const server = createServer({ machine });
  await liveUntil(server, (fact) => fact.kind === 'removed');
  assert.equal(machine.registry.get('hklm\\software\\sample\\u1'), undefined);
});

test('the same seed lives the same life', async () => {
  service.updates.push(software({ id: 1, reboot: 'AlwaysRequiresReboot' }));
  const [first, second] = [await liveFor(createServer(), 100), await liveFor(createServer(), 100)];
  assert.deepEqual(
    second.map(({ at, fact }) => [at.toString(), fact.kind]),
    first.map(({ at, fact }) => [at.toString(), fact.kind]),
  );
});

test('while somebody is logged on a restart may be held; the next cold start ends the wait', async () => {
  service.updates.push(software({ id: 1, reboot: 'AlwaysRequiresReboot' }));
  const off = { from: START.add({ hours: 50 }), to: START.add({ hours: 51 }) };
  const server = createServer({
    policy: createPolicy(service.url, { noAutoRebootWithLoggedOnUsers: true, alwaysAutoRebootMinutes: 0 }),
    habits: createHabits({ userLoggedOn: true, off: [off] }),
  });
  const entries = await liveUntil(server, (fact) => fact.kind === 'restarted');
  assert.equal(entries.at(-1)?.at.toString(), off.to.toString());
  const waiting = factsOf(entries, 'installed');
  assert.equal(waiting.length, 1, 'nothing is installed twice while it waits');
  assert.deepEqual(lastStatus(), { W: guidOf(1) });
});

test('a feature upgrade brings another build after its restart, and the computer registers anew', async () => {
  const upgrade = software({ id: 1, reboot: 'AlwaysRequiresReboot' });
  const rule =
    '<b.WindowsVersion Comparison="GreaterThanOrEqualTo" MajorVersion="10" MinorVersion="0" BuildNumber="20348" />';
  service.updates.push({ ...upgrade, core: upgrade.core.replace(/<b\.RegDword[^>]*>/, rule) });
  const server = createServer();
  await liveUntil(server, (fact) => fact.kind === 'restarted');
  assert.equal(server.machine.osBuild, 20348);
  await liveFor(server, 1);
  const builds = requestsTo('RegisterComputer').map(({ computerInfo }) => computerInfo.osBuildNumber);
  assert.deepEqual(builds, [17763, 20348]);
});
