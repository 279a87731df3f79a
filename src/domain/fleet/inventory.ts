import type { Role } from '#domain/fleet/roles.ts';

/** Where a statement about a server comes from; of two sources the one that stands first here is believed. */
export const SOURCES = ['person', 'csv', 'directory', 'systeminfo', 'registration'] as const;
export type Source = (typeof SOURCES)[number];

export const TIERS = ['critical', 'high', 'medium', 'low'] as const;
export type Tier = (typeof TIERS)[number];
export const ENVIRONMENTS = ['production', 'staging', 'test', 'development'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** Who answers for a server. */
export interface Owner {
  readonly kind: 'person' | 'team';
  readonly name: string;
  /** Mail address. */
  readonly contact?: string;
}

/** Until when somebody still repairs it. */
export interface Support {
  readonly status: 'supported' | 'extended' | 'unsupported';
  /** Last day, e.g. `2029-01-09`. */
  readonly until?: string;
}

/** A recurring span of local time, in the server's zone: on these ISO weekdays from one minute of the day for so many minutes. */
export interface LocalSpan {
  readonly weekdays: readonly number[];
  /** Minutes after local midnight, 0–1439. */
  readonly from: number;
  /** 1–1440; it may reach into the next day. */
  readonly minutes: number;
}

/**
 * What is known of a server beside what its agent reports. Every member may be unknown. Names of other servers are DNS names, or their
 * first label, in lower case.
 */
export interface Inventory {
  readonly roles?: readonly Role[];
  readonly applications?: readonly string[];
  readonly owner?: Owner;
  readonly environment?: Environment;
  readonly tier?: Tier;
  readonly exposure?: 'internet' | 'internal';
  readonly support?: Support;
  /** Servers that do the same work: at most so many of them at a time. */
  readonly redundancyGroup?: string;
  /** Servers that this one cannot work without: they are patched, and verified, before it. */
  readonly needs?: readonly string[];
  /** Servers that must have restarted before this one does. */
  readonly restartAfter?: readonly string[];
  /** Name of its plan: when it may be patched. */
  readonly window?: string;
  readonly backup?: { readonly tool?: string; readonly slot?: LocalSpan };
  /** When it may be restarted at all, by its owner's word; absent: whenever its window is. */
  readonly hours?: readonly LocalSpan[];
  /** What shows that it works. */
  readonly healthChecks?: readonly string[];
  readonly operatingSystem?: string;
  readonly model?: string;
  /** Distinguished name of its directory entry. */
  readonly directoryEntry?: string;
  readonly notes?: string;
}

export type InventoryField = keyof Inventory;

/** One statement of one source: the latest of that source on that field. */
export interface Statement<Field extends InventoryField = InventoryField> {
  readonly field: Field;
  readonly source: Source;
  readonly value: NonNullable<Inventory[Field]>;
  readonly who: string;
  readonly at: Temporal.Instant;
}
