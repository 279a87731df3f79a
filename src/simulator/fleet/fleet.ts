import { earlier } from '#domain/instants.ts';
import type { InstallFact, LogEntry } from '../agent/log-entry.ts';
import type { VirtualServer } from '../agent/virtual-server.ts';
import { createSchedule } from './schedule.ts';

/** One installation or removal on one server, with the restart that completed it. */
export interface InstallRecord {
  /** DNS name. */
  readonly server: string;
  readonly kind: InstallFact['kind'];
  readonly updateId: string;
  readonly revisionNumber: number;
  readonly trigger: InstallFact['trigger'];
  readonly startedAt: Temporal.Instant;
  /** When its installer had ended. */
  readonly installedAt: Temporal.Instant;
  readonly needsRestart: boolean;
  /** When the machine went down for the restart that it needed; absent until then. */
  readonly downFrom?: Temporal.Instant;
  /** When the machine was up again; absent until then. */
  readonly restartedAt?: Temporal.Instant;
}

export interface FleetOptions {
  /**
   * Told before anything happens in a slice, with its end: moves the service's clock there and waits until it has settled. To the end, so
   * that an agent's report is never from the service's future.
   */
  readonly moveClock?: (to: Temporal.Instant) => Promise<void>;
  /** Told everything that happens, in the order of time within one server. */
  readonly onEntry?: (entry: LogEntry) => void;
  /** Minutes of events from an instant on that may run at the same clock; default 1. A larger one moves the clock less often. */
  readonly sliceAt?: (at: Temporal.Instant) => number;
  /** Servers that act at the same time; default 32. */
  readonly concurrency?: number;
}

/** Virtual servers that live in common time. */
export interface Fleet {
  /** Lives up to and including an instant; may be called again to go on from there. */
  runUntil(end: Temporal.Instant): Promise<void>;
  /** Every installation so far, in the order of their ends. */
  installs(): readonly InstallRecord[];
}

/** Gathers servers that have not lived yet, or have lived apart. From now on only the fleet steps them. */
export function createFleet(servers: readonly VirtualServer[], options: FleetOptions = {}): Fleet {
  const { moveClock, onEntry, sliceAt = () => 1, concurrency = 32 } = options;
  const schedule = createSchedule<VirtualServer>();
  for (const server of servers) schedule.add(server.nextEvent(), server);
  const records: InstallRecord[] = [];
  const unfinished = new Map<string, number[]>();

  async function runUntil(end: Temporal.Instant): Promise<void> {
    for (let at = schedule.nextAt(); at !== undefined; at = schedule.nextAt()) {
      if (Temporal.Instant.compare(at, end) > 0) return;
      const sliceEnd = at.add({ minutes: sliceAt(at) });
      await moveClock?.(earlier(sliceEnd, end));
      const limit = earlier(sliceEnd, end.add({ nanoseconds: 1 }));
      await stepAll(schedule.takeBefore(limit), limit.subtract({ nanoseconds: 1 }));
    }
  }

  async function stepAll(due: readonly VirtualServer[], until: Temporal.Instant): Promise<void> {
    const waiting = due.values();
    const worker = async () => {
      for (const server of waiting) {
        for (const entry of await server.step(until)) {
          recordInstall(records, unfinished, entry);
          onEntry?.(entry);
        }
        schedule.add(server.nextEvent(), server);
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, due.length) }, worker));
  }

  return { runUntil, installs: () => records };
}

/** `unfinished`: server → places of its records that wait for a restart. */
function recordInstall(
  records: InstallRecord[],
  unfinished: Map<string, number[]>,
  { server, at, fact }: LogEntry,
): void {
  if (fact.kind === 'installed' || fact.kind === 'removed') {
    const place = records.push({ server, installedAt: at, ...fact }) - 1;
    if (fact.needsRestart) unfinished.set(server, [...(unfinished.get(server) ?? []), place]);
  } else if (fact.kind === 'restarted') {
    for (const place of unfinished.get(server) ?? []) {
      const record = records[place];
      if (record !== undefined) records[place] = { ...record, downFrom: fact.downFrom, restartedAt: at };
    }
    unfinished.delete(server);
  }
}
