import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { createMachine } from '../machine/machine-state.ts';
import { createHabits } from './habits.ts';
import { createPolicy } from './policy.ts';
import { handMadeProfile, seedProfile } from './profiles.ts';
import {
  createServer,
  factsOf,
  liveFor,
  liveUntil,
  renewService,
  reported,
  requestsTo,
  START,
  service,
  stopService,
} from './testing/live.ts';
import { guidOf, software } from './testing/scripted-updates.ts';

beforeEach(renewService);
after(stopService);

test('a clock that runs ahead brings schedule, deadlines and the times of events forward', async () => {
  const deadline = START.add({ hours: 20 });
  service.updates.push(software({ id: 1 }), software({ id: 2, deadline }));
  const policy = createPolicy(service.url, { scheduledInstallTime: 23 });
  const server = createServer({ policy, habits: createHabits({ clockSkew: 120 }) });
  const entries = await liveUntil(server, (fact) => fact.kind === 'installed' && fact.updateId === guidOf(1));
  const started = factsOf(entries, 'installed').map(({ updateId, startedAt }) => [updateId, startedAt.toString()]);
  assert.deepEqual(started, [
    [guidOf(2), '2023-10-11T18:00:00Z'],
    [guidOf(1), '2023-10-11T21:00:00Z'],
  ]);
  const told = entries.find(({ fact }) => fact.kind === 'scanned')?.at;
  const event = reported().find(({ basicData }) => basicData.eventId === 147);
  assert.equal(event?.basicData.timeAtTarget.toString(), told?.add({ hours: 2 }).toString());
  const [cookie] = requestsTo('GetCookie');
  assert.equal(cookie?.currentTime.toString(), told?.add({ hours: 2 }).toString());
});

test('without a schedule only a person installs, when she comes', async () => {
  const installedByHand = [START.add({ hours: 30 })];
  service.updates.push(software({ id: 1 }));
  const policy = createPolicy(service.url, { auOptions: 3 });
  const server = createServer({ policy, habits: createHabits({ installedByHand }) });
  const [installed] = factsOf(await liveFor(server, 48), 'installed');
  assert.equal(installed?.trigger, 'person');
  assert.equal(installed?.startedAt.toString(), installedByHand[0]?.toString());
});

test('a missed schedule is made up for a minute after the start, unless the policy says otherwise', async () => {
  service.updates.push(software({ id: 1 }));
  const off = { from: START.add({ hours: 1 }), to: START.add({ hours: 9 }) };
  const server = createServer({ policy: seedProfile(service.url), habits: createHabits({ off: [off] }) });
  const [installed] = factsOf(await liveFor(server, 20), 'installed');
  assert.equal(installed?.trigger, 'missed-schedule');
  assert.equal(installed?.startedAt.toString(), off.to.add({ minutes: 1 }).toString());
});

test('Windows Server 2016 puts a restart off for seven days, unless it is told not to', async () => {
  service.updates.push(software({ id: 1, reboot: 'AlwaysRequiresReboot' }));
  const days = async (policy: ReturnType<typeof createPolicy>) => {
    const server = createServer({ policy, machine: createMachine({ osBuild: 14393 }) });
    const entries = await liveUntil(server, (fact) => fact.kind === 'restarted');
    const [installed] = entries.filter(({ fact }) => fact.kind === 'installed');
    const [restarted] = factsOf(entries, 'restarted');
    assert.ok(installed !== undefined && restarted !== undefined);
    return installed.at.until(restarted.downFrom).total('days');
  };
  assert.equal(await days(createPolicy(service.url, { alwaysAutoRebootMinutes: 0 })), 7);
  assert.ok((await days(createPolicy(service.url))) < 0.1);
});

test('profiles say when their servers install', async () => {
  service.updates.push(software({ id: 1 }));
  const startOf = async (policy: ReturnType<typeof seedProfile>) => {
    const entries = await liveUntil(createServer({ policy }), (fact) => fact.kind === 'installed');
    return factsOf(entries, 'installed')[0]?.startedAt.toString();
  };
  assert.equal(await startOf(seedProfile(service.url)), '2023-10-11T02:00:00Z');
  // 2023-10-13 is a Friday.
  assert.equal(await startOf(handMadeProfile(service.url, 6, 22)), '2023-10-13T22:00:00Z');
});
