import type { Kind } from '#domain/approval/kinds.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Inventory } from '#domain/fleet/inventory.ts';
import type { Condition, Override, ReadinessPolicy } from '#domain/readiness/readiness-policy.ts';
import type { ServerRollout } from '#domain/rollout/campaign.ts';

/** What the decision knows of one server: registration, assignment and what its agent last reported. */
export interface ServerFacts {
  readonly serverId: string;
  /** Absent: unassigned. */
  readonly customerId?: string;
  /** IANA zone; all local reasoning for this server happens in it. */
  readonly zone: string;
  /** Absent: no plan was chosen; the server is evaluated and listed, never patched. */
  readonly plan?: Plan;
  readonly mode: Mode;
  readonly target: Target;
  /** Target group within the customer, e.g. `SQL`. */
  readonly group?: string;
  /**
   * When the visit before the present one ended: the end of its last scan. Scans less than two hours apart are one visit. Absent: it was
   * never here before.
   */
  readonly visitBefore?: Temporal.Instant;
  /** Updates that the latest status report (event 156) called installed. */
  readonly installed: ReadonlySet<UpdateId>;
  /** Updates whose installation failed, as the agent last said. */
  readonly failed: ReadonlySet<UpdateId>;
  /** Updates whose installation was reported as done three times within seven days: they come back each time. */
  readonly looping: ReadonlySet<UpdateId>;
  /** Plans of kinds of patching that do not go by the server's own plan. */
  readonly kindPlans?: ReadonlyMap<Kind, Plan>;
  /** Absent: nothing is known. */
  readonly inventory?: Inventory;
  /** Waves and order; absent: none apply. */
  readonly rollout?: ServerRollout;
  /** What must be so before it is patched, and what is; absent: nothing is asked. */
  readonly readiness?: ServerReadiness;
}

/** What readiness goes by. */
export interface ServerReadiness {
  readonly policy: ReadinessPolicy;
  readonly condition: Condition;
  readonly overrides: readonly Override[];
  /** How often the installation of an update failed since it last went well. */
  readonly failures: ReadonlyMap<UpdateId, number>;
}

/** What of a server's facts its agent told, and when it was here. */
export type Reported = Pick<ServerFacts, 'installed' | 'failed' | 'looping' | 'visitBefore'>;

/** What is known of a server whose agent has told nothing. */
export const NOTHING_REPORTED: Reported = { installed: new Set(), failed: new Set(), looping: new Set() };

/** `unassigned`: enrolled by nobody's token. `observe`: evaluate and forecast, offer nothing. `managed`: the plan applies. */
export type Mode = 'unassigned' | 'observe' | 'managed';

/** What kind of machine asks; approval rules may match on it. */
export interface Target {
  /** Windows build number, e.g. 17763 (Server 2019); undefined until the computer registered. */
  readonly osBuild?: number;
  /** `OldProductType`: one of `PRODUCT_TYPES`. */
  readonly productType?: number;
}

/** The numbers of `OldProductType` ([MS-WUSP] 2.2.2.2.3). */
export const PRODUCT_TYPES = { workstation: 1, 'domain-controller': 2, server: 3 } as const;
