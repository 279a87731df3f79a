import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { TaskSettings } from '#contract/settings-task.ts';
import { backupRuns, createHabits } from './habits.ts';
import { bareProfile } from './profiles.ts';
import {
  createServer,
  factsOf,
  IDENTITY,
  liveFor,
  liveUntil,
  renewService,
  START,
  service,
  stopService,
} from './testing/live.ts';
import { software } from './testing/scripted-updates.ts';

beforeEach(renewService);
after(stopService);

const POLICY = 'SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate';

function settings(version: string, hour: number, scans: readonly string[] = []): TaskSettings {
  return {
    version,
    at: START.toString(),
    registry: [
      { key: `${POLICY}\\AU`, name: 'AUOptions', type: 'DWord', value: 4 },
      { key: `${POLICY}\\AU`, name: 'ScheduledInstallTime', type: 'DWord', value: hour },
    ],
    scans: [...scans],
  };
}

function serverWithTask({ habits = createHabits(), every = 60 } = {}) {
  return createServer({ policy: bareProfile(`${service.url}/token`), task: { every }, habits });
}

function scanTimes(entries: Awaited<ReturnType<typeof liveFor>>): readonly string[] {
  return entries.filter(({ fact }) => fact.kind === 'scanned').map(({ at }) => at.toString());
}

test('the task pulls, writes the registry, starts scans at the given instants and reports', async () => {
  service.settings = settings('v1', 13, ['2023-10-11T06:00:00Z', '2023-10-11T07:05:00Z']);
  service.updates.push(software({ id: 1 }));
  const server = serverWithTask();
  assert.equal(server.policy().auOptions, 3);
  const entries = await liveFor(server, 8);
  assert.equal(server.policy().scheduledInstallTime, 13);
  assert.deepEqual(factsOf(entries, 'settings-written'), [{ kind: 'settings-written', version: 'v1' }]);
  // The second instant lies between two quarters of an hour, at which the task runs.
  const scans = scanTimes(entries);
  assert.ok(scans.includes('2023-10-11T06:00:00Z'));
  assert.ok(scans.includes('2023-10-11T07:15:00Z'));
  const path = `/token/Settings/${IDENTITY.clientId}`;
  assert.equal(service.taskPaths[0], `GET ${path}`);
  assert.ok(service.taskPaths.filter((one) => one === `GET ${path}`).length >= 8);
  assert.equal(service.reports.length, 3, 'it reports what is new, after each scan that was due, and else once a day');
  assert.equal(service.reports[0]?.settingsVersion, 'v1');
  const installed = await liveUntil(server, (fact) => fact.kind === 'installed');
  assert.equal(factsOf(installed, 'installed')[0]?.startedAt.toString(), '2023-10-11T13:00:00Z');
});

test('a changed plan reaches the server at the next run, moves its schedule and makes it scan', async () => {
  service.settings = settings('v1', 13);
  service.updates.push(software({ id: 1 }));
  const server = serverWithTask({ every: 600 });
  await liveFor(server, 4);
  service.settings = settings('v2', 20);
  server.runTaskAfter(Temporal.Instant.from('2023-10-11T05:01:00Z'));
  const entries = await liveUntil(server, (fact) => fact.kind === 'installed');
  assert.equal(factsOf(entries, 'installed')[0]?.startedAt.toString(), '2023-10-11T20:00:00Z');
  assert.ok(scanTimes(entries).includes('2023-10-11T05:15:00Z'));
});

test('a server that nobody knows yet is asked about again within the hour; other keys are never written', async () => {
  const server = serverWithTask();
  const entries = await liveFor(server, 3);
  assert.ok(factsOf(entries, 'task-failed').length >= 2);
  const foreign = { key: 'SOFTWARE\\Other', name: 'WUServer', type: 'String', value: 'https://elsewhere' } as const;
  service.settings = { ...settings('v1', 13), registry: [foreign] };
  await liveFor(server, 3);
  assert.equal(server.policy().wuServer, `${service.url}/token`);
  assert.equal(service.reports.length, 1);
});

test('after its start a server makes up for the scans that it missed, before a passed deadline makes it install', async () => {
  const off = { from: START.add({ hours: 5 }), to: START.add({ hours: 9 }) };
  service.settings = settings('v1', 23, ['2023-10-11T08:00:00Z']);
  service.updates.push(software({ id: 1, deadline: START.add({ hours: 7 }) }));
  const server = serverWithTask({ habits: createHabits({ off: [off] }) });
  await liveFor(server, 4);
  for (const update of service.updates) update.action = 'PreDeploymentCheck';
  const entries = await liveFor(server, 12);
  assert.deepEqual(scanTimes(entries), [off.to.toString()]);
  assert.deepEqual(factsOf(entries, 'installed'), []);
});

test('inside of a window it asks at each quarter of an hour, so that a turn is heard soon', async () => {
  const window = { start: '2023-10-11T13:00:00Z', end: '2023-10-11T16:00:00Z' };
  service.settings = { ...settings('v1', 13, [window.start, window.end]), window };
  service.updates.push(software({ id: 1, action: 'PreDeploymentCheck' }));
  const server = serverWithTask({ every: 600 });
  await liveFor(server, 13);
  const told = '2023-10-11T13:20:00Z';
  service.settings = { ...settings('v1', 13, [window.start, told, window.end]), window };
  for (const update of service.updates)
    Object.assign(update, { action: 'Install', deadline: Temporal.Instant.from(told) });
  const asked = service.taskPaths.length;
  const entries = await liveFor(server, 1);
  assert.ok(scanTimes(entries).includes('2023-10-11T13:30:00Z'));
  assert.equal(factsOf(entries, 'installed').length, 1);
  assert.ok(service.taskPaths.length - asked >= 4);
});

test('it reports its boot soon after, and the last backup that went well', async () => {
  service.settings = settings('v1', 13);
  const off = { from: START.add({ hours: 5 }), to: START.add({ hours: 6 }) };
  const backup = { hour: 4, stopsAt: START.add({ hours: 5 }) };
  const server = serverWithTask({ habits: createHabits({ off: [off], backup, clusterRole: 'passive' }) });
  await liveFor(server, 8);
  const [first, second, ...rest] = service.reports;
  assert.deepEqual(rest, []);
  assert.equal(first?.bootedAt, START.toString());
  assert.equal(second?.bootedAt, off.to.toString());
  assert.equal(second?.backupAt, START.add({ hours: 4 }).toString());
  assert.equal(second?.clusterRole, 'passive');
  const day = START.add({ hours: 32 });
  assert.deepEqual(backupRuns(backup, day).slice(0, 2), [
    { at: START.add({ hours: 28 }), ok: false },
    { at: START.add({ hours: 4 }), ok: true },
  ]);
});
