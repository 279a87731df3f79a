import type { ReportingEvent } from '#protocol/wusp/types.ts';
import type { MachineChange } from '../machine/machine-change.ts';
import type { AgentContext } from './agent-context.ts';
import type { Candidate } from './candidates.ts';
import { type AgentEvent, type EventUpdate, reportingEvent } from './events.ts';
import type { Period } from './habits.ts';
import type { InstallTrigger, LogEntry, LogFact } from './log-entry.ts';
import type { TaskState } from './settings-task.ts';

/** What a server waits for; where several are due at once, they happen in this order. */
export const TIMERS = [
  'wake',
  'booted',
  'installed',
  'restart',
  'task',
  'person',
  'install',
  'detect',
  'download',
  'report',
] as const;
export type Timer = (typeof TIMERS)[number];

/** The present state of one virtual server's agent; mutable, owned by its virtual server. */
export interface Life {
  readonly agent: AgentContext;
  readonly timers: Map<Timer, Temporal.Instant>;
  /** Events that no server has acknowledged. */
  readonly queue: ReportingEvent[];
  /** What the last evaluation found to be done. */
  candidates: readonly Candidate[];
  /** Why the `install` timer is set. */
  installTrigger: InstallTrigger;
  run: InstallRun | undefined;
  /** Installed, but only in effect after a restart. */
  pending: PendingRestart;
  /** Update id → its last failure. */
  readonly failures: Map<string, UpdateFailure>;
  /** The restart that is going on. */
  down: Period | undefined;
  /** The settings task; absent where nobody installed it. */
  task: TaskState | undefined;
  readonly log: LogEntry[];
}

/** One pass of installations: one update after the other. */
export interface InstallRun {
  readonly trigger: InstallTrigger;
  readonly waiting: Candidate[];
  current: { readonly candidate: Candidate; readonly startedAt: Temporal.Instant } | undefined;
}

export interface PendingRestart {
  readonly changes: readonly MachineChange[];
  /** Update ids, as offered. */
  readonly updates: readonly string[];
}

interface UpdateFailure {
  readonly attempts: number;
  /** A passed deadline does not make the agent try again before. */
  readonly retryAt: Temporal.Instant;
}

export const NOTHING_PENDING: PendingRestart = { changes: [], updates: [] };

/** An agent that has just been installed and waits for nothing. */
export function createLife(agent: AgentContext): Life {
  return {
    agent,
    timers: new Map(),
    queue: [],
    candidates: [],
    installTrigger: 'schedule',
    run: undefined,
    pending: NOTHING_PENDING,
    failures: new Map(),
    down: undefined,
    task: undefined,
    log: [],
  };
}

/** Sets a timer this many minutes ahead. */
export function setTimer(life: Life, timer: Timer, at: Temporal.Instant, minutes: number): void {
  life.timers.set(timer, at.add({ minutes }));
}

/** Writes down what happened. */
export function writeLog(life: Life, at: Temporal.Instant, fact: LogFact): void {
  life.log.push({ server: life.agent.identity.dnsName, at, fact });
}

/** Queues an event; the queue is sent one to ten minutes after its first event came. */
export function report(life: Life, at: Temporal.Instant, event: AgentEvent): void {
  life.queue.push(reportingEvent(life.agent, at, event));
  if (!life.timers.has('report')) setTimer(life, 'report', at, life.agent.random.between(1, 10));
}

/** An update as events name it. */
export function eventUpdate({ agent }: Life, { update }: Candidate): EventUpdate {
  return {
    identity: update.core.identity,
    title: agent.store.details.get(update.revisionId)?.title ?? '',
    isBundle: update.core.bundles.length > 0,
  };
}
