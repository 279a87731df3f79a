import type { MachineState } from '../machine/machine-state.ts';
import type { AgentContext, ServerIdentity } from './agent-context.ts';
import { createDataStore } from './data-store.ts';
import { detect, download } from './detection.ts';
import { createFragmentCache, type FragmentCache } from './fragments.ts';
import { createHabits, type Habits, type Period, periodAt } from './habits.ts';
import { WU_E_PT_WINHTTP_NAME_NOT_RESOLVED } from './hresults.ts';
import type { HttpClient } from './http-client.ts';
import { beginRestart, endRestart, finishInstalling, installByHand, startInstalling } from './installation.ts';
import { createLife, type Life, setTimer, TIMERS, type Timer, writeLog } from './life.ts';
import type { LogEntry } from './log-entry.ts';
import type { AgentPolicy } from './policy.ts';
import { createRandom } from './random.ts';
import { type PolicyValues, readPolicy } from './registry.ts';
import { flushEvents } from './report-queue.ts';
import { createTask, quarterAfter, runTask, type TaskHabit } from './settings-task.ts';

/**
 * A Windows server with its Windows Update Agent, as a machine of discrete events: it says when something happens next, and makes it
 * happen. It speaks the client protocol to a real listener; its clock is the instants that it is given.
 */
export interface VirtualServer {
  readonly identity: ServerIdentity;
  readonly machine: MachineState;
  /** When it acts next. */
  nextEvent(): Temporal.Instant;
  /**
   * Lives up to an instant and tells what happened. Events run at their own times; give `at` = `nextEvent()` so that the server's
   * clock and the service's agree.
   */
  step(at: Temporal.Instant): Promise<readonly LogEntry[]>;
  /** Starts a scan at an instant, as a person does (`usoclient StartScan`). */
  scanAt(at: Temporal.Instant): void;
  /** Lets the settings task run at the next quarter of an hour, if there is one: something has changed for this server. */
  runTaskAfter(at: Temporal.Instant): void;
  /** The policy as it is in force now. */
  policy(): AgentPolicy;
}

export interface VirtualServerOptions {
  readonly identity: ServerIdentity;
  /** How its agent is set up: a policy, or the registry values that make one. */
  readonly policy: AgentPolicy | PolicyValues;
  /** With the settings task, which needs registry values to write over. */
  readonly task?: Partial<TaskHabit>;
  readonly machine: MachineState;
  readonly http: HttpClient;
  readonly habits?: Habits;
  /** Shared by the servers of a fleet. */
  readonly fragments?: FragmentCache;
  /** When its life begins. */
  readonly start: Temporal.Instant;
  /** The first scan comes at random within so many minutes; default ten. */
  readonly firstScanWithin?: number;
  /** What its random decisions follow from; default its client id. */
  readonly seed?: string;
}

/** Creates a server that has never talked to its update service. */
export function createVirtualServer(options: VirtualServerOptions): VirtualServer {
  const { identity, machine, start, habits = createHabits(), fragments = createFragmentCache() } = options;
  const values = 'wuServer' in options.policy ? undefined : options.policy;
  const policy = 'wuServer' in options.policy ? options.policy : readPolicy(options.policy);
  const random = createRandom(options.seed ?? identity.clientId);
  let now = start;
  const http = lossyHttp(options.http, habits.networkLost, () => now);
  const life = createLife({ identity, policy, habits, machine, store: createDataStore(), random, http, fragments });
  setTimer(life, 'detect', start, random.between(0, options.firstScanWithin ?? 10));
  setWake(life, start);
  setPerson(life, start);
  if (options.task !== undefined) {
    if (values === undefined) throw new Error('a settings task needs registry values to write over');
    life.task = createTask(values, start, options.task);
    life.timers.set('task', quarterAfter(start.add({ minutes: FIRST_TASK_MINUTES })));
  }

  function nextEvent(): Temporal.Instant {
    return nextTimer(life).at;
  }

  async function step(at: Temporal.Instant): Promise<readonly LogEntry[]> {
    for (let next = nextTimer(life); Temporal.Instant.compare(next.at, at) <= 0; next = nextTimer(life)) {
      now = next.at;
      life.timers.delete(next.timer);
      await fire(life, next);
    }
    return life.log.splice(0);
  }

  function scanAt(at: Temporal.Instant): void {
    life.timers.set('detect', at);
  }

  function runTaskAfter(at: Temporal.Instant): void {
    const next = quarterAfter(at);
    const planned = life.timers.get('task');
    if (planned !== undefined && Temporal.Instant.compare(next, planned) < 0) life.timers.set('task', next);
  }

  return { identity, machine, nextEvent, step, scanAt, runTaskAfter, policy: () => life.agent.policy };
}

/** Minutes until the settings task runs for the first time; the service must know the server by then. */
const FIRST_TASK_MINUTES = 15;

/** A timer and when it runs out, or when the machine is there again to notice. */
interface DueTimer {
  readonly timer: Timer;
  readonly at: Temporal.Instant;
}

function nextTimer(life: Life): DueTimer {
  let first: DueTimer | undefined;
  for (const timer of TIMERS) {
    const due = life.timers.get(timer);
    if (due === undefined) continue;
    const at = whenUp(life, due);
    if (first === undefined || Temporal.Instant.compare(at, first.at) < 0) first = { timer, at };
  }
  if (first === undefined) throw new Error('a virtual server always has a next detection');
  return first;
}

/** The instant itself, or the first one after it at which the machine runs. */
function whenUp({ agent, down }: Life, at: Temporal.Instant): Temporal.Instant {
  const periods: readonly Period[] = down === undefined ? agent.habits.off : [...agent.habits.off, down];
  let up = at;
  for (let period = periodAt(periods, up); period !== undefined; period = periodAt(periods, up)) up = period.to;
  return up;
}

async function fire(life: Life, { timer, at }: DueTimer): Promise<void> {
  switch (timer) {
    case 'wake':
      return wake(life, at);
    case 'booted':
      return endRestart(life, at, life.down?.from ?? at);
    case 'installed':
      return finishInstalling(life, at);
    case 'restart':
      return beginRestart(life, at);
    case 'task':
      return life.task && runTask(life, life.task, at);
    case 'person':
      setPerson(life, at);
      return installByHand(life, at);
    case 'install':
      return startInstalling(life, at);
    case 'detect':
      return detect(life, at);
    case 'download':
      return download(life, at);
    case 'report':
      return sendReports(life, at);
  }
}

/** Minutes between attempts to deliver events. */
const REPORT_RETRY_MINUTES = 30;

async function sendReports(life: Life, at: Temporal.Instant): Promise<void> {
  const events = life.queue.length;
  const failure = await flushEvents(life.agent, at, life.queue);
  if (failure === undefined) {
    writeLog(life, at, { kind: 'reported', events });
    return;
  }
  writeLog(life, at, { kind: 'report-failed', hresult: failure.hresult, message: failure.message });
  setTimer(life, 'report', at, REPORT_RETRY_MINUTES);
}

/** The machine is switched on again. */
function wake(life: Life, at: Temporal.Instant): void {
  const period = life.agent.habits.off.find(({ to }) => to.equals(at));
  const missed = life.installTrigger === 'schedule' ? life.timers.get('install') : undefined;
  setWake(life, at);
  endRestart(life, at, period?.from ?? at);
  if (missed === undefined || Temporal.Instant.compare(missed, at) >= 0) return;
  writeLog(life, at, { kind: 'schedule-missed', scheduled: missed });
  const wait = life.agent.policy.rescheduleWaitTime;
  if (wait === 0 || life.run !== undefined || life.pending.changes.length > 0) return;
  setTimer(life, 'install', at, wait);
  life.installTrigger = 'missed-schedule';
}

/** When a person comes next to install by hand. */
function setPerson(life: Life, after: Temporal.Instant): void {
  const next = life.agent.habits.installedByHand.find((at) => Temporal.Instant.compare(at, after) > 0);
  if (next !== undefined) life.timers.set('person', next);
}

function setWake(life: Life, after: Temporal.Instant): void {
  const ends = life.agent.habits.off.map(({ to }) => to).filter((to) => Temporal.Instant.compare(to, after) > 0);
  const first = ends.sort(Temporal.Instant.compare)[0];
  if (first !== undefined) life.timers.set('wake', first);
}

/** The network as this server has it: names cannot be resolved while it is lost. */
function lossyHttp(http: HttpClient, lost: readonly Period[], now: () => Temporal.Instant): AgentContext['http'] {
  return {
    send: async (url, request) =>
      periodAt(lost, now()) === undefined
        ? http.send(url, request)
        : { ok: false, hresult: WU_E_PT_WINHTTP_NAME_NOT_RESOLVED, message: 'the network is lost' },
    close: () => http.close(),
  };
}
