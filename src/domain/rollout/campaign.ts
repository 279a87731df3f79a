import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';

/**
 * One approved set on its way through a customer's waves. It gathers what is approved in its cycle until the first gate passes; from then
 * on the set is sealed, and the same set is promoted from wave to wave. What is approved later goes into another campaign.
 */
export interface Campaign {
  readonly campaignId: string;
  readonly customerId: string;
  /** e.g. `2025-10`. */
  readonly cycle: string;
  /** 1 for the first of the cycle. */
  readonly number: number;
  readonly plan: RolloutPlan;
  readonly planVersion: number;
  readonly state: CampaignState;
  readonly openedAt: Temporal.Instant;
  readonly sealedAt?: Temporal.Instant;
  /** The set: update → revision number. */
  readonly updates: ReadonlyMap<UpdateId, number>;
  /** One for each wave of the plan, in order. */
  readonly waves: readonly WaveStanding[];
  /** The gates before the release weeks 2, 3 and 4, where the plan has one: what must be passed before servers of that week go. */
  readonly weeks: ReadonlyMap<number, WaveStanding>;
  /** Who stopped it and why; present while `state` is `stopped`. */
  readonly stopped?: { readonly who: string; readonly why: string; readonly at: Temporal.Instant };
}

/** `stopped`: nothing of it is served, by a failed gate or a person; only a person resumes. `closed`: given up, what is open goes elsewhere. */
export type CampaignState = 'gathering' | 'promoting' | 'stopped' | 'finished' | 'closed';

export interface WaveStanding {
  readonly state: 'waiting' | 'open' | 'passed';
  readonly openedAt?: Temporal.Instant;
  readonly passedAt?: Temporal.Instant;
  /** Since when count and share hold. */
  readonly metSince?: Temporal.Instant;
  readonly verdict?: GateVerdict;
}

/** What a gate says, with the figures that it goes by and one line for people. */
export interface GateVerdict {
  /** `inconclusive` waits and asks. */
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  /** One line: why it waits, failed or passed. */
  readonly line: string;
  readonly figures: GateFigures;
}

/** The evidence of a wave, counted. */
export interface GateFigures {
  /** Servers placed in the wave. */
  readonly servers: number;
  /** All but those whose agents need nothing of the set; one that has not reported yet counts. */
  readonly needing: number;
  readonly told: number;
  readonly verified: number;
  readonly failed: number;
  readonly incidents: number;
  /** The latest test result of each owner, and how many owners have servers in the wave. */
  readonly worked: number;
  readonly didNot: number;
  readonly cannotTell: number;
  readonly owners: number;
  /** Owners whose latest word is that it worked. */
  readonly ownersWorked: number;
}

/**
 * A server in a campaign. `waiting`: it has not been told to start; `told`: it holds a seat; `failed`: it keeps the seat; `verified`: done,
 * seat free; `not-needed`: its agent needs nothing of the set.
 */
export type MemberState = 'waiting' | 'told' | 'verified' | 'failed' | 'not-needed';

/** What the decision knows of a server's place in one campaign. */
export interface Turn {
  readonly campaignId: string;
  /** For people, e.g. `2025-10 #1`. */
  readonly campaign: string;
  readonly updates: ReadonlyMap<UpdateId, number>;
  readonly state: MemberState;
  /** The beginning of the window for which it was told to start; of `told` and `failed`. */
  readonly windowStart?: Temporal.Instant;
  /** Why it has no turn; of the others. */
  readonly held?: Held;
}

/** Why a server waits, as a coded reason of the question `wave`. */
export interface Held {
  readonly code: HeldCode;
  readonly text: string;
  readonly subject?: string;
}

export type HeldCode =
  | 'wave.not-open'
  | 'wave.week-not-open'
  | 'wave.stopped'
  | 'wave.unplaced'
  | 'wave.seats'
  | 'wave.not-its-turn'
  | 'wave.hook'
  | 'order.group'
  | 'order.dependency'
  | 'order.own-night';

/** What waves mean for one server: which kinds they hold, and its place in each campaign that is under way. */
export interface ServerRollout {
  readonly kinds: ReadonlySet<string>;
  readonly turns: readonly Turn[];
}
