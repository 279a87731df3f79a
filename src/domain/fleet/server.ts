import type { Plan } from '#domain/calendar/plan.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';

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
  /** Updates that the latest status report (event 156) called installed. */
  readonly installed: ReadonlySet<UpdateId>;
  /** Updates whose installation failed, as the agent last said. */
  readonly failed: ReadonlySet<UpdateId>;
}

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
