/** What the written policy answers for one update and one kind of target. */
export interface Verdict {
  readonly verdict: 'approve' | 'not-approve' | 'review';
  /** Name of the rule that decided, e.g. `dotnet-security`; `(default)` when no rule spoke, `(unknown build)` when none could be trusted. */
  readonly rule: string;
  /** For people: why, in one sentence. */
  readonly reason: string;
  /** When the verdict changes by time alone; absent: never. */
  readonly until?: Temporal.Instant;
}

/** A person's word on one update; overrides the policy. The nearest level wins: for one server, for its customer, for all. */
export interface PersonDecision {
  readonly decision: 'approve' | 'decline';
  readonly who: string;
  readonly why: string;
  readonly at: Temporal.Instant;
  /** Absent: for all customers. */
  readonly customerId?: string;
  /** Absent: for all servers of the customer; only together with the customer. */
  readonly serverId?: string;
  /** A customer asked for it beyond the policy and accepts to be responsible. */
  readonly atCustomersRisk: boolean;
}
