import { type TaskReport, TaskSettings } from '#contract/settings-task.ts';
import { earliest, isBefore, later } from '#domain/instants.ts';
import { backupRuns } from './habits.ts';
import { httpStatusResult, WU_E_PT_SOAPCLIENT_PARSE } from './hresults.ts';
import { planInstall } from './installation.ts';
import { type Life, setTimer, writeLog } from './life.ts';
import { ownTime, whenShown } from './own-clock.ts';
import { type PolicyValues, readPolicy, withWritten } from './registry.ts';

/** What the settings task of one server remembers. Mutable; its life owns it. */
export interface TaskState {
  /** The policy values that are in the registry. */
  values: PolicyValues;
  /** What it got last. */
  settings: TaskSettings | undefined;
  /** `ETag` of that answer. */
  etag: string | undefined;
  /** When it ran last, by the server's own clock. */
  lastRun: Temporal.Instant;
  /** When it reported last, and the boot of which it told then. */
  reported: { readonly at: Temporal.Instant; readonly bootedAt: Temporal.Instant } | undefined;
  bootedAt: Temporal.Instant;
  readonly habit: TaskHabit;
}

/** How much of what the real task does is lived through. */
export interface TaskHabit {
  /** Longest time between two runs, in minutes. */
  readonly every: number;
  /** Runs at each quarter of an hour around windows, as the real one does; without them a turn that is given there is not heard in time. */
  readonly hearsTurns: boolean;
}

/** The real task runs on each quarter of an hour; outside of windows most of its runs find nothing to do, and are left out here. */
const QUARTER_MINUTES = 15;
const DEFAULT_HABIT: TaskHabit = { every: 240, hearsTurns: true };
/** Minutes until another try where the service did not answer. */
const RETRY_MINUTES = 60;
const REPORT_EVERY = { hours: 24 };
const MAX_ANSWER = 256 * 1024;

/** A task that was installed together with the given policy values. */
export function createTask(values: PolicyValues, at: Temporal.Instant, habit: Partial<TaskHabit> = {}): TaskState {
  const known = { values, settings: undefined, etag: undefined, reported: undefined };
  return { ...known, lastRun: at, bootedAt: at, habit: { ...DEFAULT_HABIT, ...habit } };
}

/**
 * One run of the task: it pulls the server's settings, writes the registry, starts a scan when one of the given instants has come since
 * its last run or when its settings are others than before, and reports: once a day, after a boot, and when something happened. Without an
 * answer it goes by what it got before.
 */
export async function runTask(life: Life, task: TaskState, at: Temporal.Instant): Promise<void> {
  const own = ownTime(life.agent, at);
  const former = task.settings?.version;
  const failure = await pull(life, task);
  if (failure !== undefined) writeLog(life, at, { kind: 'task-failed', ...failure });
  const isChanged = task.settings !== undefined && write(life, task, task.settings, at);
  // What was offered under the former settings must not be installed under the new ones.
  const isOther = task.settings?.version !== former;
  const isScanDue = hasScanBetween(task, own);
  if (isOther || isScanDue) life.timers.set('detect', at);
  if (failure === undefined) await sendReport(life, task, at, isChanged || isScanDue);
  task.lastRun = own;
  setNextRun(life, task, at, failure === undefined ? task.habit.every : RETRY_MINUTES);
}

interface Failure {
  readonly hresult: number;
  readonly message: string;
}

/** Gets what is new into the task's state; undefined when that went well. */
async function pull({ agent }: Life, task: TaskState): Promise<Failure | undefined> {
  const answer = await agent.http.send(addressOf(agent, 'Settings'), {
    method: 'GET',
    headers: task.etag === undefined ? {} : { 'If-None-Match': task.etag },
    maxBytes: MAX_ANSWER,
  });
  if (!answer.ok) return { hresult: answer.hresult, message: answer.message };
  if (answer.status === 304) return undefined;
  if (answer.status !== 200) return { hresult: httpStatusResult(answer.status), message: `HTTP ${answer.status}` };
  const read = TaskSettings.safeParse(parsed(answer.body));
  if (!read.success) return { hresult: WU_E_PT_SOAPCLIENT_PARSE, message: read.error.issues[0]?.message ?? '' };
  task.settings = read.data;
  task.etag = answer.headers.etag;
  return undefined;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
}

/** The server's own address at the service: below the enrolment token that `WUServer` carries. */
function addressOf({ policy, identity }: Life['agent'], place: 'Settings' | 'Reports'): string {
  return `${policy.wuServer.replace(/\/+$/, '')}/${place}/${identity.clientId}`;
}

/** Writes the registry; true when a value changed. */
function write(life: Life, task: TaskState, { registry, version }: TaskSettings, at: Temporal.Instant): boolean {
  const before = task.values;
  task.values = withWritten(before, registry);
  const isChanged = [...task.values].some(([name, data]) => before.get(name) !== data);
  if (!isChanged) return false;
  life.agent.policy = readPolicy(task.values);
  writeLog(life, at, { kind: 'settings-written', version });
  planInstall(life, at);
  return true;
}

function hasScanBetween({ settings, lastRun }: TaskState, now: Temporal.Instant): boolean {
  return (settings?.scans ?? []).some((scan) => {
    const at = Temporal.Instant.from(scan);
    return Temporal.Instant.compare(lastRun, at) < 0 && Temporal.Instant.compare(at, now) <= 0;
  });
}

async function sendReport(life: Life, task: TaskState, at: Temporal.Instant, isNews: boolean): Promise<void> {
  const { reported, settings, bootedAt } = task;
  const isOld = reported === undefined || Temporal.Instant.compare(reported.at.add(REPORT_EVERY), at) <= 0;
  if (settings === undefined || !(isNews || isOld || !reported.bootedAt.equals(bootedAt))) return;
  const { backup, clusterRole, freeDisk } = life.agent.habits;
  const runs = backup ? backupRuns(backup, at) : [];
  const backupAt = runs.find(({ ok }) => ok)?.at;
  const report: TaskReport = {
    settingsVersion: settings.version,
    overwrittenByPolicy: false,
    bootedAt: ownTime(life.agent, bootedAt).toString(),
    pendingRestart: life.pending.changes.length > 0,
    systemDiskFreeMegabytes: Math.floor(freeDisk / (1024 * 1024)),
    stoppedServices: [],
    eventLogErrors: 0,
    ...(backupAt ? { backupAt: ownTime(life.agent, backupAt).toString() } : {}),
    ...(backup
      ? { backups: runs.map(({ at: end, ok }) => ({ at: ownTime(life.agent, end).toString(), ok, detail: '' })) }
      : {}),
    ...(clusterRole ? { clusterRole } : {}),
  };
  const answer = await life.agent.http.send(addressOf(life.agent, 'Reports'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(report),
    maxBytes: MAX_ANSWER,
  });
  if (answer.ok && answer.status < 300) task.reported = { at, bootedAt };
}

/**
 * Within so many minutes, at the quarter of an hour at or after the next scan that the task knows of and, where it is to hear of turns, at each
 * one around the window.
 */
function setNextRun(life: Life, task: TaskState, at: Temporal.Instant, within: number): void {
  setTimer(life, 'task', at, within);
  const { settings, lastRun, habit } = task;
  const next = settings?.scans
    .map((scan) => Temporal.Instant.from(scan))
    .find((scan) => Temporal.Instant.compare(scan, lastRun) > 0);
  const due = earliest([next, habit.hearsTurns ? nextAroundWindow(settings?.window, lastRun) : undefined]);
  const shown = due && whenShown(life.agent, quarterAfter(due));
  if (shown && isBefore(shown, at.add({ minutes: within }))) life.timers.set('task', shown);
}

/** From so long before a window on the service must know that the task runs. */
const BEFORE_WINDOW = { hours: 1 };

function nextAroundWindow(window: TaskSettings['window'], after: Temporal.Instant): Temporal.Instant | undefined {
  if (window === undefined || !isBefore(after, Temporal.Instant.from(window.end))) return undefined;
  const opens = Temporal.Instant.from(window.start).subtract(BEFORE_WINDOW);
  return later(opens, after.add({ nanoseconds: 1 }));
}

/** The first quarter of an hour that is not before an instant. */
export function quarterAfter(at: Temporal.Instant): Temporal.Instant {
  return at.round({ smallestUnit: 'minute', roundingIncrement: QUARTER_MINUTES, roundingMode: 'ceil' });
}
