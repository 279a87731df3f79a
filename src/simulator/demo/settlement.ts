import { targetWindow } from '#domain/calendar/offer-times.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { releaseAt } from '#domain/calendar/release-week.ts';
import { later } from '#domain/instants.ts';
import { hresultText } from '#domain/status/hresult.ts';
import type { VirtualServer } from '../agent/virtual-server.ts';
import type { InstallRecord } from '../fleet/fleet.ts';
import { acquiredBy } from './acquired.ts';
import { type BrokenRule, brokenRule, isInsideWindow } from './installation-rules.ts';
import { isDefinition, type KnownUpdate } from './known-updates.ts';
import type { Ledger } from './ledger.ts';
import { type BrokenOrder, orderViolations } from './rollout-rules.ts';
import type { SampleWorld } from './sample-world.ts';
import { type DemoServer, planOf } from './scenario.ts';

/** A person's decline of one update for one customer. */
export interface Decline {
  readonly customer: string;
  readonly updateId: string;
  readonly at: Temporal.Instant;
}

/** What the story left behind, to be judged. */
export interface Evidence {
  readonly servers: readonly DemoServer[];
  readonly machines: ReadonlyMap<string, VirtualServer>;
  readonly updates: ReadonlyMap<string, KnownUpdate>;
  readonly installs: readonly InstallRecord[];
  readonly ledger: Ledger;
  readonly world: SampleWorld;
  readonly from: Temporal.Instant;
  readonly declines: readonly Decline[];
  readonly to: Temporal.Instant;
}

/** Something that must not be. */
export interface Violation {
  readonly server: string;
  readonly update: KnownUpdate | undefined;
  readonly rule: BrokenRule | BrokenOrder | 'due-not-installed';
  /** When, in the server's own time; or what the service said. */
  readonly detail: string;
}

/** An approved update that a server needs and has not, with the coded reason for it. */
export interface Excuse {
  readonly server: string;
  readonly update: KnownUpdate;
  readonly code: string;
  readonly text: string;
}

/** Asks the service why a server has not got an update: a coded reason, or undefined when it knows none that excuses. */
export type AskWhy = (
  server: string,
  update: KnownUpdate,
) => Promise<{ readonly excuse?: { readonly code: string; readonly text: string }; readonly headline: string }>;

export interface Settlement {
  readonly violations: readonly Violation[];
  /** Pairs of server and update whose first window has passed. */
  readonly due: number;
  readonly installed: number;
  readonly excused: readonly Excuse[];
}

/** Holds every installation against the rules, and asks for the reason of everything due that is not installed. */
export async function settle(evidence: Evidence, askWhy: AskWhy): Promise<Settlement> {
  const violations = [
    ...installationViolations(evidence),
    ...attemptViolations(evidence),
    ...orderViolations(evidence, acquiredBy(evidence.machines, evidence)),
  ];
  const excused: Excuse[] = [];
  let due = 0;
  let installed = 0;
  for (const server of evidence.servers) {
    for (const update of owedUpdates(evidence, server)) {
      due++;
      if (evidence.ledger.installedAt(server.dnsName, update.updateId) !== undefined) {
        installed++;
        continue;
      }
      const { excuse = agentsFailure(evidence, server, update), headline } = await askWhy(server.dnsName, update);
      if (excuse !== undefined) excused.push({ server: server.dnsName, update, ...excuse });
      else violations.push({ server: server.dnsName, update, rule: 'due-not-installed', detail: headline });
    }
  }
  return { violations, due, installed, excused };
}

function installationViolations({ servers, installs, updates, world, declines, to }: Evidence): Violation[] {
  const byName = new Map(servers.map((server) => [server.dnsName, server]));
  return installs.flatMap((record) => {
    const server = byName.get(record.server);
    if (server === undefined) return [];
    const plan = managedPlan(server);
    const update = updates.get(record.updateId);
    const declinedAt = declines.find(
      ({ customer, updateId }) => customer === server.customer && updateId === record.updateId,
    )?.at;
    const { zone } = server.region;
    const rule = brokenRule(record, {
      zone,
      update,
      published: world.published(record.updateId, record.revisionNumber),
      knownUntil: to,
      ...(plan === undefined ? {} : { plan }),
      ...(declinedAt === undefined ? {} : { declinedAt }),
    });
    if (rule === undefined) return [];
    return [{ server: server.dnsName, update, rule, detail: record.startedAt.toZonedDateTimeISO(zone).toString() }];
  });
}

/** An attempt that failed must have stayed inside a window too. */
function attemptViolations({ servers, updates, ledger }: Evidence): Violation[] {
  const byName = new Map(servers.map((server) => [server.dnsName, server]));
  return ledger.failedInstallations.flatMap(({ server: name, updateId, at }) => {
    const server = byName.get(name);
    const plan = server && managedPlan(server);
    if (server === undefined) return [];
    const { zone } = server.region;
    if (plan !== undefined && isInsideWindow(plan, zone, at, at)) return [];
    const rule = plan === undefined ? 'unmanaged' : 'outside-window';
    return [{ server: name, update: updates.get(updateId), rule, detail: at.toZonedDateTimeISO(zone).toString() }];
  });
}

/** Between two offers the service knows an update only as needed; that the last attempt failed then stands in the agent's own log. */
function agentsFailure({ ledger }: Evidence, { dnsName }: DemoServer, { updateId }: KnownUpdate) {
  const failure = ledger.failure(dnsName, updateId);
  if (failure === undefined) return undefined;
  return { code: hresultText(failure.hresult), text: `The agent's last attempt ended with ${failure.kind}.` };
}

/** The plan by which a server may be patched at all. */
export function managedPlan(server: DemoServer): Plan | undefined {
  return server.mode === 'managed' && server.customer !== undefined ? planOf(server) : undefined;
}

/**
 * Approved updates that a server must have by now, or for which there must be a reason: it needs or needed them, and the first window
 * of its plan that may install them is over. Of a server that is not managed: all that it needs.
 */
function owedUpdates(evidence: Evidence, server: DemoServer): readonly KnownUpdate[] {
  const { updates, world, machines, ledger } = evidence;
  const machine = machines.get(server.dnsName)?.machine;
  if (machine === undefined) return [];
  const plan = managedPlan(server);
  const standings = world.standings(updates.keys(), machine);
  return [...updates.values()].filter((update) => {
    if (update.verdict !== 'approve' || update.expired) return false;
    const isInstalled = ledger.installedAt(server.dnsName, update.updateId) !== undefined;
    if (!isInstalled && standings.get(update.updateId) !== 'needed') return false;
    return plan === undefined || isDue(evidence, plan, server.region.zone, update);
  });
}

/** Is the first window over that may install an update? A definition that a later one replaced before then is not owed any more. */
function isDue({ updates, from, to }: Evidence, plan: Plan, zone: string, update: KnownUpdate): boolean {
  const release = isDefinition(update)
    ? later(update.published, from).add(DEFINITION_LEAD)
    : releaseAt(plan, zone, update.published);
  const { end } = targetWindow(plan, zone, release, release);
  if (Temporal.Instant.compare(end, to) > 0) return false;
  return (
    !isDefinition(update) ||
    ![...updates.values()].some((other) => isDefinition(other) && isBetween(other.published, update.published, end))
  );
}

/** A definition must be known to the agent before the hour comes: the longest detection interval and a download. */
const DEFINITION_LEAD = { hours: 48 };

function isBetween(at: Temporal.Instant, after: Temporal.Instant, until: Temporal.Instant): boolean {
  return Temporal.Instant.compare(at, after) > 0 && Temporal.Instant.compare(at, until) <= 0;
}
