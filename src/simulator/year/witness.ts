import { isBefore } from '#domain/instants.ts';
import { headlineOf, type WhyAnswer, whyOf } from '../demo/ask-why.ts';
import type { DemoService } from '../demo/demo-service.ts';
import type { KnownUpdate } from '../demo/known-updates.ts';
import type { Ledger } from '../demo/ledger.ts';
import { isAllowed, type Occupied, type Placement, placementOf } from '../demo/placement.ts';
import type { SampleWorld } from '../demo/sample-world.ts';
import type { InstallRecord } from '../fleet/fleet.ts';
import { type Cause, causeOf, planAt } from './cause.ts';
import type { Telling, Tellings } from './tellings.ts';
import type { YearServer } from './year-fleet.ts';

/** One installation, judged. */
export interface Judged {
  readonly server: YearServer;
  readonly update: KnownUpdate | undefined;
  readonly record: InstallRecord;
  readonly placement: Placement | 'not-approved';
  /** Only of what lay outside. */
  readonly outside?: Outside;
}

/** An installation outside, with what the service itself knows of it. */
export interface Outside {
  readonly cause: Cause;
  /** When, by the service's own record, the server was told to install it; absent: never. */
  readonly told?: Telling;
  /** What `why` said of it within a day. */
  readonly headline: string;
  /** The code with which `why` explained that it lay outside; absent: the agent had not told of it, or `why` takes it for one inside. */
  readonly explanation?: string;
}

export interface WitnessOptions {
  /** By DNS name. */
  readonly servers: ReadonlyMap<string, YearServer>;
  readonly service: DemoService;
  readonly world: SampleWorld;
  readonly ledger: Ledger;
}

/** Minutes for which the former plan still counts: until the settings task has run, or the present run has ended. */
const PLAN_TAKES_EFFECT = 20;

/** Where an installation lies that had ended at `finishedAt`, restart included. */
export function placementOfRecord(
  { servers, world }: WitnessOptions,
  update: KnownUpdate | undefined,
  record: InstallRecord,
  finishedAt: Temporal.Instant,
): Judged['placement'] {
  if (update?.verdict !== 'approve') return 'not-approved';
  const server = serverOf(servers, record);
  const occupied = { ...record, finishedAt, published: world.published(record.updateId, record.revisionNumber) };
  const chosen = placementOf(planAt(server, record.startedAt), server.zone, update, occupied);
  if (isAllowed(chosen)) return chosen;
  const before = planAt(server, record.startedAt.subtract({ minutes: PLAN_TAKES_EFFECT }));
  const former = placementOf(before, server.zone, update, occupied);
  return isAllowed(former) ? former : chosen;
}

/** What the service says of an installation; to be asked while it is news. */
export function askAbout({ servers, service }: WitnessOptions, record: InstallRecord): Promise<WhyAnswer> {
  return whyOf(service, serverOf(servers, record).clientId, record.updateId);
}

/** Judges an installation; `answer`: what the service said of one that lay outside. */
export function judge(
  witness: WitnessOptions,
  tellings: Tellings,
  update: KnownUpdate | undefined,
  record: InstallRecord,
  finishedAt: Temporal.Instant,
  answer: WhyAnswer | undefined,
): Judged {
  const { servers, world } = witness;
  const server = serverOf(servers, record);
  const placement = placementOfRecord(witness, update, record, finishedAt);
  const judged = { server, update, record, placement };
  if (update === undefined || placement === 'not-approved' || isAllowed(placement)) return judged;
  // The service's clock is ahead of its clients by up to a slice: what it told a moment "later" was told before.
  const told = answer && tellings.before(answer.server.serverId, record.updateId, record.startedAt.add(SLACK));
  const published = world.published(record.updateId, record.revisionNumber);
  const cause = causeOf({
    server,
    placement,
    trigger: record.trigger,
    startedAt: record.startedAt,
    installedAt: record.installedAt,
    downFrom: record.downFrom ?? finishedAt,
    finishedAt,
    failedAt: lastFailure(witness, record),
    toldAt: told?.at,
    allows: (plan, at) => {
      const moved: Occupied = { startedAt: at, finishedAt: at, needsRestart: record.needsRestart, published };
      return isAllowed(placementOf(plan, server.zone, update, moved));
    },
  });
  const headline = answer === undefined ? '' : headlineOf(answer);
  const explanation = answer?.outside?.code;
  const outside = { cause, headline, ...(told ? { told } : {}), ...(explanation ? { explanation } : {}) };
  return { ...judged, outside };
}

/** Minutes of events for which the service's clock moves once; it is ahead of its clients by up to so much. */
export const SLICE_MINUTES = 120;
const SLACK = { minutes: SLICE_MINUTES };

function lastFailure({ ledger }: WitnessOptions, record: InstallRecord): Temporal.Instant | undefined {
  return ledger.failedInstallations.findLast(
    ({ server, updateId, at }) =>
      server === record.server && updateId === record.updateId && isBefore(at, record.startedAt),
  )?.at;
}

function serverOf(servers: WitnessOptions['servers'], { server: name }: InstallRecord): YearServer {
  const server = servers.get(name);
  if (server === undefined) throw new Error(`nobody knows ${name}`);
  return server;
}
