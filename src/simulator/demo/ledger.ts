import type { Period } from '../agent/habits.ts';
import type { LogEntry } from '../agent/log-entry.ts';
import type { VirtualServer } from '../agent/virtual-server.ts';
import type { SampleWorld } from './sample-world.ts';

/** A failure that a server's agent told of. */
export interface AgentFailure {
  readonly kind: 'download-failed' | 'install-failed';
  /** Unsigned. */
  readonly hresult: number;
  readonly at: Temporal.Instant;
}

export interface FailedInstallation {
  readonly server: string;
  readonly updateId: string;
  readonly at: Temporal.Instant;
}

/** What happened to each update on each server, seen from the machines and not from the service. */
export interface Ledger {
  /** Takes a fact down; entries of one server come in the order of time. */
  note(entry: LogEntry): void;
  /** When the machine had an update, by itself or by a successor; undefined while it has not, or had it from the beginning. */
  installedAt(server: string, updateId: string): Temporal.Instant | undefined;
  /** The last failure of an update. */
  failure(server: string, updateId: string): AgentFailure | undefined;
  /** When a server was down for restarts that installations asked for. */
  restarts(server: string): readonly Period[];
  /** Installations that were tried and failed. */
  readonly failedInstallations: readonly FailedInstallation[];
  /** How many scans and installations there were. */
  readonly counts: { readonly scans: number; readonly installations: number; readonly restarts: number };
}

/** An empty ledger of servers as they are now. `updateIds`: what is looked after. */
export function createLedger(
  servers: ReadonlyMap<string, VirtualServer>,
  world: SampleWorld,
  updateIds: readonly string[],
): Ledger {
  const open = new Map<string, Set<string>>();
  const installed = new Map<string, Temporal.Instant>();
  const failures = new Map<string, AgentFailure>();
  const restarts = new Map<string, Period[]>();
  const failedInstallations: FailedInstallation[] = [];
  const counts = { scans: 0, installations: 0, restarts: 0 };
  for (const [name, { machine }] of servers) {
    const standings = world.standings(updateIds, machine);
    open.set(name, new Set(updateIds.filter((updateId) => standings.get(updateId) !== 'installed')));
  }

  function look(name: string, at: Temporal.Instant): void {
    const waiting = open.get(name);
    const machine = servers.get(name)?.machine;
    if (waiting === undefined || machine === undefined) return;
    for (const [updateId, standing] of world.standings(waiting, machine)) {
      if (standing !== 'installed') continue;
      waiting.delete(updateId);
      installed.set(keyOf(name, updateId), at);
    }
  }

  function note({ server, at, fact }: LogEntry): void {
    switch (fact.kind) {
      case 'scanned':
        counts.scans++;
        return;
      case 'installed':
        counts.installations++;
        if (!fact.needsRestart) look(server, at);
        return;
      case 'restarted':
        counts.restarts++;
        restarts.set(server, [...(restarts.get(server) ?? []), { from: fact.downFrom, to: at }]);
        look(server, at);
        return;
      case 'install-failed':
        failedInstallations.push({ server, updateId: fact.updateId, at });
        failures.set(keyOf(server, fact.updateId), { kind: fact.kind, hresult: fact.hresult >>> 0, at });
        return;
      case 'download-failed':
        failures.set(keyOf(server, fact.updateId), { kind: fact.kind, hresult: fact.hresult >>> 0, at });
    }
  }

  return {
    note,
    counts,
    failedInstallations,
    restarts: (server) => restarts.get(server) ?? [],
    installedAt: (server, updateId) => installed.get(keyOf(server, updateId)),
    failure: (server, updateId) => failures.get(keyOf(server, updateId)),
  };
}

function keyOf(server: string, updateId: string): string {
  return `${server} ${updateId}`;
}
