import type { Inventory } from '#domain/fleet/inventory.ts';
import type { Role } from '#domain/fleet/roles.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';

export interface CoveredServer {
  /** Name of its operating system, version included. */
  readonly os: string;
  readonly inventory: Inventory;
  /** Undefined: placed nowhere. */
  readonly wave: number | undefined;
}

/** A combination that stands in later waves and has no pilot. */
export interface CoverageRow {
  readonly os: string;
  /** Absent: servers whose role nobody told. */
  readonly role?: Role;
  /** The application stack, sorted. */
  readonly applications: readonly string[];
  /** How many servers of later waves are so. */
  readonly servers: number;
  /** Names of these waves, in order. */
  readonly waves: readonly string[];
}

/** Which combinations of operating system, role and application stack the first wave stands for. */
export interface Coverage {
  /** Combinations in later waves, and those of them that have a pilot. */
  readonly combinations: number;
  readonly covered: number;
  /** Those that have none, the most servers first; at most `MAX_ROWS` of them. */
  readonly holes: readonly CoverageRow[];
}

const MAX_ROWS = 200;

/**
 * Looks for what no pilot stands for: each combination of operating system, role and application stack of a server in a later wave of
 * which no server is in the first wave. A server with several roles counts once for each.
 */
export function coverage({ waves }: RolloutPlan, servers: Iterable<CoveredServer>): Coverage {
  const pilots = new Set<string>();
  const later = new Map<string, { row: Omit<CoverageRow, 'servers' | 'waves'>; servers: number; waves: Set<number> }>();
  for (const { os, inventory, wave } of servers) {
    if (wave === undefined) continue;
    for (const row of combinationsOf(os, inventory)) {
      const key = JSON.stringify([row.os, row.role, row.applications]);
      if (wave === 0) {
        pilots.add(key);
        continue;
      }
      const known = later.get(key);
      if (!known) later.set(key, { row, servers: 1, waves: new Set([wave]) });
      else {
        known.servers++;
        known.waves.add(wave);
      }
    }
  }
  const holes = [...later].filter(([key]) => !pilots.has(key)).map(([, hole]) => hole);
  return {
    combinations: later.size,
    covered: later.size - holes.length,
    holes: holes
      .toSorted((a, b) => b.servers - a.servers)
      .slice(0, MAX_ROWS)
      .map(({ row, servers: count, waves: places }) => ({
        ...row,
        servers: count,
        waves: [...places].toSorted((a, b) => a - b).map((place) => waves[place]?.name ?? ''),
      })),
  };
}

function combinationsOf(os: string, { roles, applications = [] }: Inventory): Omit<CoverageRow, 'servers' | 'waves'>[] {
  const stack = [...new Set(applications)].toSorted();
  if (!roles || roles.length === 0) return [{ os, applications: stack }];
  return roles.map((role) => ({ os, role, applications: stack }));
}
