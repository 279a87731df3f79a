import { later } from '#domain/instants.ts';
import { applyChanges, planInstallation } from '../machine/install.ts';
import type { MachineChange } from '../machine/machine-change.ts';
import type { AgentContext } from './agent-context.ts';
import type { Candidate } from './candidates.ts';
import { missingFiles } from './download.ts';
import { WU_E_UH_INSTALLERFAILURE } from './hresults.ts';
import { eventUpdate, type InstallRun, type Life, NOTHING_PENDING, report, setTimer, writeLog } from './life.ts';
import { ownTime, whenShown } from './own-clock.ts';
import { nextScheduledInstall } from './policy.ts';
import { evaluateAll, reportStatus } from './status.ts';

/** Minutes that a failed installation is left alone, unless the scheduled hour comes. */
const REST_MINUTES = 300;

/** Sets the time of the next installation: the scheduled hour, or a deadline that comes before. */
export function planInstall(life: Life, at: Temporal.Instant): void {
  life.timers.delete('install');
  if (life.run !== undefined || life.pending.changes.length > 0) return;
  const ready = life.candidates.filter((candidate) => isReady(life.agent, candidate));
  if (ready.length === 0) return;
  const { policy, identity } = life.agent;
  if (policy.auOptions === 4) {
    const scheduled = nextScheduledInstall(policy, identity.zone, ownTime(life.agent, at));
    life.timers.set('install', whenShown(life.agent, scheduled));
    life.installTrigger = 'schedule';
  }
  for (const candidate of ready) {
    const due = deadlineStart(life, candidate, at);
    const planned = life.timers.get('install');
    if (due === undefined || (planned !== undefined && Temporal.Instant.compare(due, planned) >= 0)) continue;
    life.timers.set('install', due);
    life.installTrigger = 'deadline';
  }
}

function isReady(agent: AgentContext, candidate: Candidate): boolean {
  const known = candidate.parts.every(({ revisionId }) => agent.store.details.has(revisionId));
  return known && missingFiles(agent, candidate).length === 0;
}

/** When a candidate's deadline makes the agent act: at once if it has passed. */
function deadlineStart(life: Life, { update }: Candidate, at: Temporal.Instant): Temporal.Instant | undefined {
  const { deadline } = update.deployment;
  if (deadline === undefined) return undefined;
  const retryAt = life.failures.get(update.core.identity.updateId)?.retryAt ?? at;
  return later(whenShown(life.agent, deadline), later(retryAt, at));
}

/** Begins to install: at a deadline what it is for, otherwise everything that is ready. */
export function startInstalling(life: Life, at: Temporal.Instant, trigger = life.installTrigger): void {
  evaluateAll(life);
  const waiting = life.candidates
    .filter((candidate) => isReady(life.agent, candidate) && (trigger !== 'deadline' || isDue(life, candidate, at)))
    .sort((left, right) => compareCandidates(life.agent, left, right));
  if (waiting.length === 0) {
    planInstall(life, at);
    return;
  }
  life.run = { trigger, waiting, current: undefined };
  startNext(life, life.run, at);
}

function isDue(life: Life, candidate: Candidate, at: Temporal.Instant): boolean {
  const due = deadlineStart(life, candidate, at);
  return due !== undefined && Temporal.Instant.compare(due, at) <= 0;
}

/** Updates that need no restart come first, such as servicing stack updates; then in the order of their revision ids. */
function compareCandidates(agent: AgentContext, left: Candidate, right: Candidate): number {
  const order = Number(needsRestart(agent, left)) - Number(needsRestart(agent, right));
  return order !== 0 ? order : left.update.revisionId - right.update.revisionId;
}

function startNext(life: Life, run: InstallRun, at: Temporal.Instant): void {
  const candidate = run.waiting.shift();
  if (candidate === undefined) {
    endRun(life, at);
    return;
  }
  run.current = { candidate, startedAt: at };
  const kind = candidate.wanted === 'installed' ? 'install-started' : 'removal-started';
  report(life, at, { kind, update: eventUpdate(life, candidate) });
  const [least, most] = life.agent.habits.installMinutes;
  setTimer(life, 'installed', at, life.agent.random.between(least, most));
}

/** The installer has ended: its changes are made, or wait for a restart, or it failed. */
export function finishInstalling(life: Life, at: Temporal.Instant): void {
  const { run } = life;
  if (run?.current === undefined) return;
  const { candidate, startedAt } = run.current;
  const result = runInstaller(life, candidate);
  if (typeof result === 'number') installFailed(life, at, candidate, result);
  else installSucceeded(life, at, { candidate, startedAt, changes: result, trigger: run.trigger });
  startNext(life, run, at);
}

/** The changes that the installer makes, or the HRESULT with which it fails. */
function runInstaller(life: Life, { update, parts, wanted }: Candidate): readonly MachineChange[] | number {
  const { machine, habits } = life.agent;
  const { updateId } = update.core.identity;
  const attempts = life.failures.get(updateId)?.attempts ?? 0;
  const injected = habits.failures.find((failure) => failure.updateId === updateId);
  if (injected !== undefined && attempts < injected.times) return injected.hresult;
  const changes: MachineChange[] = [];
  for (const { core } of parts) {
    const { isInstalled, metadata } = core.rules;
    const planned = planInstallation({ updateId: core.identity.updateId, isInstalled, metadata }, machine, wanted);
    if (planned === undefined) return WU_E_UH_INSTALLERFAILURE;
    changes.push(...planned);
  }
  return changes;
}

function installFailed(life: Life, at: Temporal.Instant, candidate: Candidate, hresult: number): void {
  const { updateId, revisionNumber } = candidate.update.core.identity;
  const attempts = (life.failures.get(updateId)?.attempts ?? 0) + 1;
  life.failures.set(updateId, { attempts, retryAt: at.add({ minutes: REST_MINUTES }) });
  const kind = candidate.wanted === 'installed' ? 'install-failed' : 'removal-failed';
  report(life, at, { kind, update: eventUpdate(life, candidate), hresult });
  writeLog(life, at, {
    kind: 'install-failed',
    updateId,
    revisionNumber,
    hresult,
    message: `${candidate.wanted}: failed`,
  });
}

interface Installed {
  readonly candidate: Candidate;
  readonly startedAt: Temporal.Instant;
  readonly changes: readonly MachineChange[];
  readonly trigger: InstallRun['trigger'];
}

function installSucceeded(life: Life, at: Temporal.Instant, installed: Installed): void {
  const { candidate, startedAt, changes, trigger } = installed;
  const { updateId, revisionNumber } = candidate.update.core.identity;
  const restart = needsRestart(life.agent, candidate);
  if (restart) {
    life.pending = {
      changes: [...life.pending.changes, ...changes],
      updates: [...life.pending.updates, updateId],
    };
  } else {
    applyChanges(life.agent.machine, changes);
  }
  life.failures.delete(updateId);
  dropFiles(life.agent, candidate);
  const update = eventUpdate(life, candidate);
  if (candidate.wanted === 'installed') {
    report(life, at, { kind: restart ? 'install-needs-restart' : 'installed', update });
  } else {
    report(life, at, { kind: restart ? 'removal-needs-restart' : 'removed', update });
  }
  writeLog(life, at, { kind: candidate.wanted, updateId, revisionNumber, startedAt, trigger, needsRestart: restart });
}

/** An installer that may ask for a restart does: real ones replace files that are in use. */
function needsRestart({ store }: AgentContext, { update, parts }: Candidate): boolean {
  return [update, ...parts].some(({ revisionId }) => {
    const behavior = store.details.get(revisionId)?.extended.reboot ?? 'NeverReboots';
    return behavior !== 'NeverReboots';
  });
}

/** The download cache is cleaned after an installation. */
function dropFiles({ store }: AgentContext, { parts }: Candidate): void {
  for (const { revisionId } of parts) {
    for (const { sha1 } of store.details.get(revisionId)?.extended.files ?? []) store.files.delete(sha1);
  }
}

/** A person installs what is ready, unless installations are going on already or wait for their restart. */
export function installByHand(life: Life, at: Temporal.Instant): void {
  if (life.run === undefined && life.pending.changes.length === 0) startInstalling(life, at, 'person');
}

/** Minutes until a restart that no policy delays. */
const RESTART_MINUTES = 5;

/** Windows Server 2016 by itself puts a restart off for seven days, unless `AlwaysAutoRebootAtScheduledTime` is set. */
const RESTART_MINUTES_2016 = 7 * 24 * 60;
const BUILD_2016 = 14393;

function endRun(life: Life, at: Temporal.Instant): void {
  life.run = undefined;
  reportStatus(life, at, evaluateAll(life));
  if (life.pending.changes.length === 0) {
    rescanSoon(life, at);
    planInstall(life, at);
    return;
  }
  const minutes = restartDelay(life.agent);
  if (minutes !== undefined) setTimer(life, 'restart', at, minutes);
}

/** Minutes until the agent restarts the machine; undefined: not while somebody is logged on. */
function restartDelay({ policy, habits, machine }: AgentContext): number | undefined {
  const { alwaysAutoRebootMinutes, noAutoRebootWithLoggedOnUsers } = policy;
  if (alwaysAutoRebootMinutes > 0) return alwaysAutoRebootMinutes;
  if (noAutoRebootWithLoggedOnUsers && habits.userLoggedOn) return undefined;
  return machine.osBuild === BUILD_2016 ? RESTART_MINUTES_2016 : RESTART_MINUTES;
}

/** The machine goes down. */
export function beginRestart(life: Life, at: Temporal.Instant): void {
  const [least, most] = life.agent.habits.bootMinutes;
  setTimer(life, 'booted', at, life.agent.random.between(least, most));
  life.down = { from: at, to: life.timers.get('booted') ?? at };
}

/** The machine is up again after a restart or an off period: what waited takes effect, and the agent scans soon. */
export function endRestart(life: Life, at: Temporal.Instant, downFrom: Temporal.Instant): void {
  const { changes, updates } = life.pending;
  life.down = undefined;
  life.timers.delete('restart');
  life.timers.delete('booted');
  if (changes.length > 0) {
    const { machine, store } = life.agent;
    const build = machine.osBuild;
    applyChanges(machine, changes);
    // A feature upgrade makes it another computer for the service.
    if (machine.osBuild !== build) store.registered = false;
    life.pending = NOTHING_PENDING;
    writeLog(life, at, { kind: 'restarted', downFrom, updates });
    rescanSoon(life, at);
  }
  if (life.task !== undefined) {
    life.task.bootedAt = at;
    life.timers.set('task', at);
  }
  evaluateAll(life);
  planInstall(life, at);
  delayAfterStart(life, at);
}

/** The agent's service is there some minutes after the machine, also for a deadline that passed long ago. */
function delayAfterStart(life: Life, at: Temporal.Instant): void {
  const due = life.timers.get('install');
  if (due !== undefined && Temporal.Instant.compare(due, at) <= 0) {
    setTimer(life, 'install', at, life.agent.random.between(2, 10));
  }
}

function rescanSoon(life: Life, at: Temporal.Instant): void {
  setTimer(life, 'detect', at, life.agent.random.between(1, 10));
}
