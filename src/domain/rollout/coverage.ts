import type { Inventory } from '#domain/fleet/inventory.ts';
import type { Role } from '#domain/fleet/roles.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';

export interface CoveredServer {
  /** Name of its operating system, version included. */
  readonly os: string;
  readonly inventory: Inventory;
  /** Undefined: placed nowhere. */
  readonly wave: number | undefined;
  /** It is managed and has a plan. */
  readonly takesPart: boolean;
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

interface Combination {
  readonly row: Omit<CoverageRow, 'servers' | 'waves'>;
  servers: number;
  /** One of them does. */
  takesPart: boolean;
  readonly waves: Set<number>;
}

/**
 * Looks for what no pilot stands for: each combination of operating system, role and application stack of a server in a later wave of
 * which no server is in the first wave. A pilot that takes no part itself shows nothing to those that do. A server with several roles
 * counts once for each; applications are the same in upper and lower case.
 */
export function coverage({ waves }: RolloutPlan, servers: Iterable<CoveredServer>): Coverage {
  const pilots = new Map<string, boolean>();
  const later = new Map<string, Combination>();
  for (const { os, inventory, wave, takesPart } of servers) {
    if (wave === undefined) continue;
    for (const row of combinationsOf(os, inventory)) {
      const key = JSON.stringify([row.os, row.role, row.applications.map((one) => one.toLowerCase())]);
      if (wave === 0) {
        pilots.set(key, takesPart || pilots.get(key) === true);
        continue;
      }
      const known = later.get(key);
      if (!known) later.set(key, { row, servers: 1, takesPart, waves: new Set([wave]) });
      else {
        known.servers++;
        known.takesPart ||= takesPart;
        known.waves.add(wave);
      }
    }
  }
  const holes = [...later]
    .filter(([key, { takesPart }]) => !(takesPart ? pilots.get(key) : pilots.has(key)))
    .map(([, hole]) => hole);
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
  const byName = new Map(applications.map((one) => [one.toLowerCase(), one]));
  const stack = [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  if (!roles || roles.length === 0) return [{ os, applications: stack }];
  return roles.map((role) => ({ os, role, applications: stack }));
}
