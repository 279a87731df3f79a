import type { Kind } from '#domain/approval/kinds.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { releaseAt } from '#domain/calendar/release-week.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import { deadlineOf, type Pace } from '#domain/decide/deadline.ts';
import type { Deployment, DeploymentSet } from '#domain/decide/deployment.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { forKind } from '#domain/decide/kind-plan.ts';
import { customersApart } from '#domain/decide/own-customers.ts';
import { type Phase, serverPhase } from '#domain/decide/phase.ts';
import { planKey } from '#domain/decide/plan-key.ts';
import { aimsAt } from '#domain/decide/questions.ts';
import { failedTooOften } from '#domain/decide/readiness.ts';
import { type Standing, standings, successorsOf } from '#domain/decide/standing.ts';
import { isHeldByWave, turnKey } from '#domain/decide/wave.ts';
import { nextPauseChange, pauseAt } from '#domain/exception/hold.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { earliest, isBefore } from '#domain/instants.ts';
import { isReady } from '#domain/readiness/readiness.ts';

/** Turns the content of a set into a short text; a cryptographic hash in the service, so that equal versions mean equal sets. */
export type Digest = (content: string) => string;

/** Servers with the same key are told the same at an instant, but for what each of them has installed. */
export function groupKey(server: ServerFacts, facts: Facts, at: Temporal.Instant): string {
  const { serverId, customerId = '', plan, kindPlans, zone, mode, target } = server;
  const pauses = facts.pauses.filter(({ scope }) => scope.kind === 'group' || scope.kind === 'server');
  const isAlone = facts.singledOut.has(serverId) || server.looping.size > 0 || failedTooOften(server, at).size > 0;
  const paused = pauses.length === 0 ? undefined : pauseAt(pauses, server, at)?.pauseId;
  const untilThen = pauses.length === 0 ? undefined : nextPauseChange(pauses, server, at)?.toString();
  const catchesUp = plansOf(server).map(
    (own) => own.plan?.missed.kind === 'catch-up' && serverPhase(own, at)?.name === 'catch-up',
  );
  return JSON.stringify([
    customersApart(facts).has(customerId) ? customerId : undefined,
    planKey(plan),
    [...(kindPlans ?? [])].map(([kind, own]) => [kind, planKey(own)]),
    zone,
    mode,
    target.osBuild,
    target.productType,
    isAlone ? serverId : 0,
    paused,
    untilThen,
    catchesUp,
    turnKey(server),
    isReady(server, at),
  ]);
}

/** The server with its own plan, and as it meets each kind of patching that has another. */
function plansOf(server: ServerFacts): ServerFacts[] {
  return [server, ...[...(server.kindPlans?.keys() ?? [])].map((kind) => forKind(server, kind))];
}

/** What a group of servers shares at an instant: the decision over sets of revisions instead of pair by pair. */
export interface GroupSet extends DeploymentSet {
  /** Ids of the revisions that are offered to the group. */
  readonly offered: ReadonlySet<number>;
}

/**
 * The deployments for every server of a group: the answers of `decide` for each pair, computed once. Offered → `Install`, known but
 * not offered → `PreDeploymentCheck`, so that servers still evaluate and report it; parts of bundles → `Bundle`; prerequisites,
 * categories and detectoids → `Evaluate`. Declined and expired updates, and those that an approved one replaced long ago, are absent.
 */
export function groupSet(group: ServerFacts, facts: Facts, at: Temporal.Instant, digest: Digest): GroupSet {
  const { all, until } = standings(group, facts, at);
  const isPaused = pauseAt(facts.pauses, group, at) !== undefined;
  const offered = isPaused ? new Map<number, Deployment>() : offeredOf(group, all, at);
  const roots = all.filter(
    ({ update, sent, staleFrom }) =>
      offered.has(update.revisionId) || (sent && (!staleFrom || isBefore(at, staleFrom))),
  );
  const deployments = supporting(facts.catalogue.closure(roots.map(({ update }) => update)), facts);
  for (const { update } of roots) deployments.set(update.revisionId, checkOnly(update));
  for (const [id, moves] of offered) deployments.set(id, moves);
  const pause = nextPauseChange(facts.pauses, group, at);
  const phases = plansOf(group).map((own) => serverPhase(own, at)?.until);
  const ages = all.map(({ staleFrom }) => (staleFrom && isBefore(at, staleFrom) ? staleFrom : undefined));
  return seal(deployments, new Set(offered.keys()), earliest([...phases, until, pause, ...ages]), digest);
}

/**
 * The group's set for one of its servers: what a successor, installed there, replaced is not offered to it, and what failed there has
 * no deadline.
 */
export function serverSet(group: GroupSet, server: ServerFacts, facts: Facts, digest: Digest): GroupSet {
  const own = [...group.offered].flatMap((id): [number, Deployment][] => {
    const deployment = ownDeployment(id, group, server, facts);
    return deployment ? [[id, deployment]] : [];
  });
  if (own.length === 0) return group;
  const held = new Set(own.filter(([, { action }]) => action !== 'Install').map(([id]) => id));
  return seal(new Map([...group.deployments, ...own]), group.offered.difference(held), group.validUntil, digest);
}

/** What one server is told instead of its group; undefined: the same. */
function ownDeployment(id: number, group: GroupSet, server: ServerFacts, facts: Facts): Deployment | undefined {
  const update = facts.catalogue.revisions.get(id);
  const shared = group.deployments.get(id);
  if (!update || !shared) return undefined;
  if (successorsOf(update, facts).some((id) => server.installed.has(id))) return checkOnly(update);
  if (!shared.deadline || !server.failed.has(update.updateId)) return undefined;
  return { action: shared.action, lastChange: shared.lastChange };
}

/** Revision id → its deployment, for all that the group is offered at an instant. */
function offeredOf(group: ServerFacts, all: readonly Standing[], at: Temporal.Instant): Map<number, Deployment> {
  if (group.mode !== 'managed') return new Map();
  const isServerReady = isReady(group, at);
  const stuck = failedTooOften(group, at);
  const aims = aimsOf(group, at);
  const aimed = new Map<Standing, Aim>();
  for (const one of all) {
    const { update, clear, pace, kind } = one;
    if (!clear || group.looping.has(update.updateId)) continue;
    const aim = aims(kind);
    if (!aim || !(pace.definition || aim.takes(update))) continue;
    const isHeld = !isServerReady || stuck.has(update.updateId) || isHeldByWave(group, update, kind, aim.phase);
    if (pace.definition || !isHeld) aimed.set(one, aim);
  }
  const reigning = new Set([...aimed.keys()].map(({ update }) => update.updateId));
  const standing = [...aimed].filter(([{ successors }]) => !successors.some((id) => reigning.has(id)));
  return new Map(
    standing.map(([{ update, pace }, aim]) => [update.revisionId, install(update, pace, aim, group.zone)]),
  );
}

/** The plan of a kind of patching at an instant. */
interface Aim {
  readonly plan: Plan;
  readonly phase: Phase;
  /** Whether an offer made now aims at a window that may install an update. */
  takes(update: Revision): boolean;
}

/** The aims of a group by kind, each worked out once; undefined without a plan. */
function aimsOf(group: ServerFacts, at: Temporal.Instant): (kind: Kind) => Aim | undefined {
  const known = new Map<Plan | undefined, Aim | undefined>();
  return (kind) => {
    const own = forKind(group, kind);
    if (!known.has(own.plan)) known.set(own.plan, aimOf(own, at));
    return known.get(own.plan);
  };
}

function aimOf(server: ServerFacts, at: Temporal.Instant): Aim | undefined {
  const { plan, zone } = server;
  const phase = serverPhase(server, at);
  if (!plan || !phase) return undefined;
  const taken = new Map<bigint, boolean>(); // many updates are published at one instant
  return {
    plan,
    phase,
    takes({ published }) {
      const known = taken.get(published.epochNanoseconds) ?? aimsAt(phase, releaseAt(plan, zone, published));
      taken.set(published.epochNanoseconds, known);
      return known;
    },
  };
}

function install(update: Revision, pace: Pace, { plan, phase }: Aim, zone: string): Deployment {
  const changed = pace.definition && isBefore(phase.since, update.published) ? update.published : phase.since;
  const deadline = deadlineOf(pace, update, plan, zone, phase);
  return { action: 'Install', lastChange: dateOf(changed), ...(deadline ? { deadline } : {}) };
}

function checkOnly(update: Revision): Deployment {
  return { action: 'PreDeploymentCheck', lastChange: dateOf(update.published) };
}

/** What is only sent because something else needs it: parts of bundles as `Bundle`, the rest to be evaluated. */
function supporting(closure: ReadonlySet<Revision>, { catalogue }: Facts): Map<number, Deployment> {
  const identities = [...closure].flatMap(({ bundles }) => bundles.flat());
  const parts = new Set(identities.map(({ updateId, revisionNumber }) => catalogue.revision(updateId, revisionNumber)));
  return new Map(
    [...closure].map((revision) => [
      revision.revisionId,
      { action: parts.has(revision) ? 'Bundle' : 'Evaluate', lastChange: dateOf(revision.published) },
    ]),
  );
}

function dateOf(instant: Temporal.Instant): string {
  return instant.toString().slice(0, 10);
}

function seal(
  deployments: ReadonlyMap<number, Deployment>,
  offered: ReadonlySet<number>,
  validUntil: Temporal.Instant | undefined,
  digest: Digest,
): GroupSet {
  const content = [...deployments]
    .sort(([a], [b]) => a - b)
    .map(([id, { action, deadline, lastChange }]) => `${id} ${action} ${deadline ?? '-'} ${lastChange}`)
    .join('\n');
  return { version: digest(content), deployments, offered, ...(validUntil ? { validUntil } : {}) };
}
