import type { UpdateId } from '#domain/catalogue/revision.ts';
import { decide } from '#domain/decide/decide.ts';
import type { Decision } from '#domain/decide/decision.ts';
import { turnKey } from '#domain/decide/wave.ts';
import { NOTHING_REPORTED, type ServerFacts } from '#domain/fleet/server.ts';
import { VISIT_GAP } from '#domain/fleet/visit.ts';
import { isReady } from '#domain/readiness/readiness.ts';
import type { ServerRollout } from '#domain/rollout/campaign.ts';
import { hasOpened, lastBackup } from '#domain/rollout/testing/model-calendar.ts';
import type { ModelFleet, ModelServer } from '#domain/rollout/testing/model-fleet.ts';
import { HOUR, instantOf, type Minute, minuteOf } from '#domain/rollout/testing/model-time.ts';
import { factsWith, publishedAt, UPDATES } from '#domain/rollout/testing/model-updates.ts';

/** What an agent was told of an update: its offer, as far as agents and laws look at it. */
export interface Offer {
  readonly toldAt: Minute;
  readonly deadline?: Minute;
  /** The window that it aims at. */
  readonly from: Minute;
  readonly to: Minute;
  /** When it ends by time alone. */
  readonly until: Minute;
}

/** What a report carries: events, and with them the status of the scan that it follows. */
export interface Said extends Partial<Status> {
  readonly events: readonly SaidEvent[];
}

type SaidEvent =
  | { readonly kind: 'failed' | 'restart-asked'; readonly update: UpdateId; readonly at: Minute }
  | { readonly kind: 'booted'; readonly at: Minute };

export interface Status {
  readonly scannedAt: Minute;
  readonly needed: ReadonlySet<UpdateId>;
  readonly installed: ReadonlySet<UpdateId>;
  readonly pending: ReadonlySet<UpdateId>;
  readonly failed: ReadonlySet<UpdateId>;
}

/** What the service has on record of one server. Mutable. */
export interface ServerRecord {
  readonly server: ModelServer;
  status: Status | undefined;
  /** Its last scan, and the end of the visit before that one. */
  visits: { readonly lastSync?: Minute; readonly before?: Minute };
  /** Offers that were told and not taken back. */
  readonly told: Map<UpdateId, Offer>;
  readonly failures: Map<UpdateId, number>;
  readonly failedAt: Map<UpdateId, Minute>;
  readonly restartAskedAt: Map<UpdateId, Minute>;
  restartedAt: Minute | undefined;
  /** Update → when it is released for the server's plan. */
  readonly releases: Map<UpdateId, Minute>;
  /** Its places in the campaigns under way, as the last sweep left them. */
  rollout: ServerRollout;
  /** Whether it was told anything when it reported last. */
  isTold: boolean;
  /** Grows with all that it says and did not say before. */
  version: number;
  /** Grows with what of it the decision looks at: what is installed, and what failed. */
  decisive: number;
  /** Decisions of before: they hold until their time while nothing else changed. */
  readonly decided: Map<UpdateId, { readonly key: string; readonly decision: Decision }>;
}

export interface Service {
  readonly records: readonly ServerRecord[];
  /** One scan: who needs what is told what of it. */
  scan(record: ServerRecord, needs: readonly UpdateId[], at: Minute): ReadonlyMap<UpdateId, Offer>;
  /** Takes in what an agent said; answers whether any of it is new. */
  report(record: ServerRecord, said: Said): boolean;
  /** The decision, asked anew. */
  decisionFor(record: ServerRecord, update: UpdateId, at: Minute): Decision;
  factsOf(record: ServerRecord, at: Minute): ServerFacts;
}

const BY_ID = new Map(UPDATES.map((update) => [update.updateId, update]));

export function createService(fleet: ModelFleet): Service {
  const records = fleet.servers.map(createRecord);
  const factsOf = (record: ServerRecord, at: Minute) => serverFacts(record, fleet, at);
  const decisionFor = (record: ServerRecord, id: UpdateId, at: Minute): Decision => {
    const update = BY_ID.get(id);
    if (!update) throw new Error(`no update ${id}`);
    return decide(factsOf(record, at), update, factsWith(publishedAt(at)), instantOf(at));
  };
  // A decision to hold is kept while its time is not over and no fact changed: the reasons in it grow old, its answer does not.
  const keptDecision = (record: ServerRecord, id: UpdateId, key: string, at: Minute): Decision => {
    const known = record.decided.get(id);
    if (known?.key === key && isGood(known.decision, instantOf(at))) return known.decision;
    const decision = decisionFor(record, id, at);
    record.decided.set(id, { key, decision });
    return decision;
  };
  const keyOf = (record: ServerRecord, at: Minute): string => {
    const facts = factsOf(record, at);
    const { server } = record;
    const from = visitBefore(record, at);
    // Whether it may catch up goes by when it was here: not kept.
    const mayCatchUp =
      server.plan.missed.kind === 'catch-up' && from !== undefined && hasOpened(server, { from, to: at });
    return JSON.stringify([
      publishedAt(at),
      record.decisive,
      turnKey(facts),
      isReady(facts, instantOf(at)),
      mayCatchUp && at,
    ]);
  };
  return {
    records,
    factsOf,
    decisionFor,
    scan(record, needs, at) {
      const offers = new Map<UpdateId, Offer>();
      const key = needs.length === 0 ? '' : keyOf(record, at);
      for (const id of needs) {
        const offer = offerOf(keptDecision(record, id, key, at), at);
        if (offer) offers.set(id, offer);
      }
      record.told.clear();
      for (const [id, offer] of offers) record.told.set(id, offer);
      const before = visitBefore(record, at);
      record.visits = { lastSync: at, ...(before === undefined ? {} : { before }) };
      return offers;
    },
    report(record, { events, ...said }) {
      const { version } = record;
      if (events.length > 0) record.version += 1;
      for (const event of events) take(record, event);
      if (isStatus(said)) {
        const { status } = record;
        if (!status || !same(status, said, ['needed', 'installed', 'pending', 'failed']) || record.isTold)
          record.version += 1;
        if (!status || !same(status, said, ['installed', 'failed'])) record.decisive += 1;
        record.isTold = record.told.size > 0;
        record.status = said;
        for (const id of said.installed) record.failures.delete(id);
      }
      return record.version > version;
    },
  };
}

function take(record: ServerRecord, event: SaidEvent): void {
  if (event.kind === 'booted') record.restartedAt = event.at;
  else if (event.kind === 'restart-asked') record.restartAskedAt.set(event.update, event.at);
  else {
    record.decisive += 1;
    record.failures.set(event.update, (record.failures.get(event.update) ?? 0) + 1);
    record.failedAt.set(event.update, event.at);
  }
}

function isStatus(said: Partial<Status>): said is Status {
  return said.scannedAt !== undefined;
}

function same(a: Status, b: Status, sets: readonly ('needed' | 'installed' | 'pending' | 'failed')[]): boolean {
  return sets.every((set) => a[set].size === b[set].size && a[set].isSubsetOf(b[set]));
}

/** A decision to hold stands until its time; an offer is asked for anew each time, since its deadline comes with the window. */
function isGood(decision: Decision, at: Temporal.Instant): boolean {
  if (decision.offered) return false;
  return !decision.until || Temporal.Instant.compare(at, decision.until) < 0;
}

function createRecord(server: ModelServer): ServerRecord {
  return {
    server,
    status: undefined,
    visits: {},
    told: new Map(),
    failures: new Map(),
    failedAt: new Map(),
    restartAskedAt: new Map(),
    restartedAt: undefined,
    releases: new Map(),
    rollout: { kinds: new Set(), turns: [] },
    isTold: false,
    version: 0,
    decisive: 0,
    decided: new Map(),
  };
}

/** The end of the visit before that of a minute. */
function visitBefore({ visits: { lastSync, before } }: ServerRecord, at: Minute): Minute | undefined {
  return lastSync !== undefined && at - lastSync < VISIT_GAP.hours * HOUR ? before : lastSync;
}

function serverFacts(record: ServerRecord, fleet: ModelFleet, at: Minute): ServerFacts {
  const { server, status, visits, failures, rollout } = record;
  const { lastSync } = visits;
  const before = visitBefore(record, at);
  return {
    serverId: server.serverId,
    customerId: 'customer',
    zone: server.zone,
    plan: server.plan,
    mode: 'managed',
    target: { osBuild: 17763, productType: 3 },
    ...NOTHING_REPORTED,
    ...(status ? { installed: status.installed, failed: status.failed } : {}),
    ...(before === undefined ? {} : { visitBefore: instantOf(before) }),
    inventory: server.inventory,
    rollout,
    readiness: {
      policy: fleet.readiness,
      condition: {
        backupAt: instantOf(lastBackup(server, at)),
        ...(lastSync === undefined ? {} : { lastContact: instantOf(lastSync) }),
      },
      overrides: [],
      failures,
    },
  };
}

function offerOf(decision: Decision, at: Minute): Offer | undefined {
  if (!decision.offered || !decision.window || !decision.until) return undefined;
  const { deadline, window, until } = decision;
  return {
    toldAt: at,
    from: minuteOf(window.start),
    to: minuteOf(window.end),
    until: minuteOf(until),
    ...(deadline ? { deadline: minuteOf(deadline) } : {}),
  };
}
