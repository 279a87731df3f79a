import type { Kind } from '#domain/approval/kinds.ts';
import type { Environment, Tier } from '#domain/fleet/inventory.ts';
import type { Role } from '#domain/fleet/roles.ts';

/**
 * How a customer's servers take an approved set: wave after wave, each behind the gate of the one before. Versioned data; a version is
 * never changed.
 */
export interface RolloutPlan {
  readonly name: string;
  /** Which kinds of patching go in waves; the others are not held by it. */
  readonly kinds: readonly Kind[];
  /** In the order in which they open; 1–12. */
  readonly waves: readonly Wave[];
  /** The first rule that holds places a server; one that none places is offered nothing, and listed. */
  readonly placement: readonly Placement[];
  /** What the servers of the earlier release weeks must have shown before a later week goes. */
  readonly weekGate?: Gate;
  /** Who gives a gate's go must be another person than who wrote the plan. */
  readonly twoPersons: boolean;
}

export interface Wave {
  /** Unique in the plan, e.g. `pilot`. */
  readonly name: string;
  readonly title: string;
  /** How many of its servers may be told to start and not yet verified. */
  readonly atOnce: AtOnce;
  /** What must have been shown here before the next wave opens. */
  readonly gate: Gate;
}

/** A number of servers, a share of the wave in percent (at least one server), a share that goes by its size, or no limit. */
export type AtOnce =
  | { readonly kind: 'servers'; readonly servers: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'by-size' }
  | { readonly kind: 'all' };

/** The conditions of a gate; all of them must hold. */
export interface Gate {
  /** Servers of the wave that are installed and verified, at least; a smaller wave needs all of its servers. */
  readonly minVerified: number;
  /** The same as a share of those that need anything of the set, 0–100 %. */
  readonly minPercent: number;
  /** More failures than this fail the gate. */
  readonly maxFailures: number;
  /** So long after the condition of count and share came to hold. */
  readonly soakHours: number;
  /** No open incident of the customer since the wave opened. */
  readonly noIncident: boolean;
  /** The owners' word that it works: nobody's, one's, or that of each owner with a server in the wave. */
  readonly ownerTest: 'none' | 'one' | 'each-owner';
  /** A person's go. */
  readonly go: boolean;
  /** After so long without a pass, those in `tell` are asked; absent: never. */
  readonly timeoutHours?: number;
  /** Mail addresses: who is asked at the time-out. */
  readonly tell: readonly string[];
  /** So long after the time-out, those here are asked too. */
  readonly escalation?: { readonly afterHours: number; readonly to: readonly string[] };
}

/** Puts servers for which all given conditions hold into a wave; within one condition any of its values. Empty: every server. */
export interface Placement {
  readonly wave: string;
  readonly when: {
    readonly roles?: readonly Role[];
    readonly applications?: readonly string[];
    readonly environment?: readonly Environment[];
    readonly tier?: readonly Tier[];
    readonly exposure?: readonly ('internet' | 'internal')[];
    /** Target groups. */
    readonly group?: readonly string[];
    /** DNS names with `*`. */
    readonly name?: readonly string[];
    readonly releaseWeek?: readonly number[];
  };
}
