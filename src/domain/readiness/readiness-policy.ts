import type { InventoryField, Tier } from '#domain/fleet/inventory.ts';

/** Everything that is looked at before a server's turn. */
export const CHECKS = [
  'inventory',
  'support',
  'backup',
  'restore-point',
  'restore-test',
  'pending-restart',
  'disk',
  'contact',
  'failures',
  'clock',
  'tls',
] as const;
export type Check = (typeof CHECKS)[number];

/** What a tier demands; what is absent is not asked. */
export interface Demands {
  /** Age of the last successful backup, at most. */
  readonly backupHours?: number;
  /** Age of the last restore point, at most. */
  readonly restorePointHours?: number;
  /** Age of the last restore test that worked, at most. */
  readonly restoreTestDays?: number;
  /** No restart may be pending for longer than this. */
  readonly pendingRestartHours?: number;
  readonly diskFreeMegabytes?: number;
  /** Age of the last scan, at most. */
  readonly contactHours?: number;
  /** Failures of one update after which it is not offered again without a person. */
  readonly failures?: number;
  /** By so much may its clock be wrong. */
  readonly clockMinutes?: number;
  /** It must have come over TLS with a certificate that it trusts. */
  readonly tls?: boolean;
  /** Not offered when the support of its operating system is over. */
  readonly supported?: boolean;
  /** What must be known of it before it is offered anything. */
  readonly known?: readonly InventoryField[];
}

/** What must be so before a server is patched, by tier; versioned data of a customer, or the shipped one. */
export interface ReadinessPolicy {
  readonly name: string;
  /** `unknown`: a server whose tier nobody told. */
  readonly tiers: Readonly<Record<Tier | 'unknown', Demands>>;
}

/** What is on record of a server for these checks; what is absent is unknown. */
export interface Condition {
  readonly backupAt?: Temporal.Instant;
  readonly restorePointAt?: Temporal.Instant;
  readonly restoreTestAt?: Temporal.Instant;
  readonly pendingRestartSince?: Temporal.Instant;
  readonly diskFreeMegabytes?: number;
  readonly lastContact?: Temporal.Instant;
  /** Seconds by which its clock is ahead of ours; negative: behind. */
  readonly clockSkewSeconds?: number;
  /** Whether its last visit came over TLS. */
  readonly tls?: boolean;
}

/** A person's word that a server goes although some checks fail, until an instant. */
export interface Override {
  readonly overrideId: string;
  readonly checks: readonly Check[];
  readonly who: string;
  readonly why: string;
  readonly expires: Temporal.Instant;
}
