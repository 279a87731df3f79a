import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/now.ts';
import { cycleAt, cycleStart } from '#domain/calendar/patch-tuesday.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { verdictsOf } from '#domain/decide/overview.ts';
import type { Pause } from '#domain/exception/hold.ts';
import { findClones } from '#domain/fleet/clones.ts';
import { isBefore } from '#domain/instants.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { outdatedSettings } from '#server/api/outdated-settings.ts';
import { askingGates, brokenConnections, stoppedCampaigns, unapprovedVersions } from '#server/api/rollout-attention.ts';
import { sharedAnswer } from '#server/api/shared-answer.ts';
import { shortTime } from '#server/api/short-time.ts';
import { lastError } from '#server/api/why.ts';
import {
  countFailed,
  countNeeding,
  type Examples,
  type Failure,
  findDnsNames,
  findLastImport,
  listCloneCandidates,
  listFailures,
  NAMED,
  restartingServers,
  serversWithoutPlan,
  silentServers,
  unassignedServers,
} from '#server/store/now-views.ts';

type Attention = EndpointResult<typeof contract.now>['attention'][number];
type Example = Attention['examples'][number];

/** An agent speaks at least every 26 hours; one that missed two turns and more has a problem. */
const SILENT_HOURS = 72;
/** Machines that shared a client id longer ago than this are the past. */
const CLONE_HOURS = 14 * 24;
/** Of more candidates only these are looked into. */
const MOST_CANDIDATES = 1_000;
/** Microsoft publishes within hours; a day later the updates of Patch Tuesday should be here. */
const IMPORT_HOURS = 24;

/** Each kind of thing that wants a person, the most urgent first; absent where there is none. */
const KINDS: readonly ((deps: ApiDeps, at: Temporal.Instant) => Promise<Attention | undefined>)[] = [
  failed,
  braked,
  stoppedCampaigns,
  askingGates,
  brokenConnections,
  unapprovedVersions,
  paused,
  restarts,
  silent,
  clones,
  staleCatalogue,
  review,
  withoutPlan,
  unassigned,
  outdatedSettings,
];

/** What wants a person, the most urgent first; computed once for all who ask. */
export const attention = sharedAnswer(async (deps, at) => {
  const found: Attention[] = [];
  for (const kind of KINDS) {
    const one = await kind(deps, at); // one after the other: servers that scan need connections too
    if (one) found.push(one);
  }
  return found;
});

async function failed({ pool, keeper }: ApiDeps): Promise<Attention | undefined> {
  const count = await countFailed(pool);
  if (count === 0) return undefined;
  const facts = keeper.current();
  const text = sentence(
    count,
    'An update failed on 1 server; its agent tries again by itself.',
    `Updates failed on ${count} servers; their agents try again by themselves.`,
  );
  return { kind: 'failed', count, text, examples: (await listFailures(pool)).map((one) => failure(one, facts)) };
}

function failure({ updateId, hresult, servers, serverId, dnsName, since }: Failure, facts: Facts): Example {
  const { result, meaning } = lastError(hresult);
  const explained = result ? `${result}: ${meaning}` : 'The agent gave no code.';
  const name = titleOf(updateId, facts);
  return {
    title: servers === 1 ? `${dnsName}: ${name}` : `${servers} servers: ${name}`,
    detail: `${servers === 1 ? 'Since' : `Last on ${dnsName}, since`} ${shortTime(since)}. ${explained}`,
    update: updateId,
    ...(servers === 1 ? { server: serverId } : {}),
  };
}

async function braked({ keeper }: ApiDeps): Promise<Attention | undefined> {
  const facts = keeper.current();
  const brakes = [...facts.brakes.values()].sort((a, b) => Temporal.Instant.compare(b.at, a.at));
  if (brakes.length === 0) return undefined;
  const text = sentence(
    brakes.length,
    '1 update is braked: nobody is offered it until the brake is lifted.',
    `${brakes.length} updates are braked: nobody is offered them until the brakes are lifted.`,
  );
  const examples = brakes.slice(0, NAMED).map(({ updateId, who, why, at: since }) => ({
    title: titleOf(updateId, facts),
    detail: `By ${who} since ${shortTime(since)}: ${why}`,
    update: updateId,
  }));
  return { kind: 'braked', count: brakes.length, text, examples };
}

async function paused(deps: ApiDeps, at: Temporal.Instant): Promise<Attention | undefined> {
  const { pauses } = deps.keeper.current();
  const inForce = pauses.filter(({ starts, ends }) => !isBefore(at, starts) && isBefore(at, ends));
  if (inForce.length === 0) return undefined;
  const shown = inForce.toSorted((a, b) => widthOf(a) - widthOf(b)).slice(0, NAMED);
  const ids = shown.flatMap(({ scope }) => (scope.kind === 'server' ? [scope.serverId] : []));
  const names = await findDnsNames(deps.pool, ids);
  const text = sentence(
    inForce.length,
    '1 pause is in force: what it covers is offered nothing.',
    `${inForce.length} pauses are in force: what they cover is offered nothing.`,
  );
  const examples = shown.map(({ scope, ends, who, why }) => ({
    title: scopeTitle(scope, deps, names),
    detail: `Until ${shortTime(ends)}, by ${who}: ${why}`,
    ...(scope.kind === 'server' ? { server: scope.serverId } : {}),
  }));
  return { kind: 'paused', count: inForce.length, text, examples };
}

/** Those that hold most servers back come first. */
function widthOf({ scope }: Pause): number {
  return ['all', 'customer', 'group', 'server'].indexOf(scope.kind);
}

function scopeTitle(scope: Pause['scope'], { keeper }: ApiDeps, names: ReadonlyMap<string, string>): string {
  if (scope.kind === 'all') return 'All servers';
  if (scope.kind === 'server') return names.get(scope.serverId) ?? scope.serverId;
  const customer = keeper.directory().customers.get(scope.customerId)?.name ?? scope.customerId;
  return scope.kind === 'customer' ? customer : `Group ${scope.group} of ${customer}`;
}

async function restarts({ pool }: ApiDeps): Promise<Attention | undefined> {
  return servers('pending-restart', await restartingServers(pool), 'Waits since', (count) =>
    sentence(
      count,
      '1 server has installed updates that only a restart completes.',
      `${count} servers have installed updates that only a restart completes.`,
    ),
  );
}

async function silent({ pool }: ApiDeps, at: Temporal.Instant): Promise<Attention | undefined> {
  const found = await silentServers(pool, at.subtract({ hours: SILENT_HOURS }));
  return servers('silent', found, 'Last contact', (count) =>
    sentence(
      count,
      `1 server was not heard of for ${SILENT_HOURS} hours: it gets no updates, and nobody knows how it stands.`,
      `${count} servers were not heard of for ${SILENT_HOURS} hours: they get no updates, and nobody knows how they stand.`,
    ),
  );
}

async function clones({ pool }: ApiDeps, at: Temporal.Instant): Promise<Attention | undefined> {
  const candidates = await listCloneCandidates(pool, at.subtract({ hours: CLONE_HOURS }), MOST_CANDIDATES);
  const found = candidates.flatMap(({ serverId, dnsName, seen }) => {
    const several = findClones(seen, at);
    return several ? [{ serverId, dnsName, machines: several.machines.map(({ machine }) => machine) }] : [];
  });
  if (found.length === 0) return undefined;
  const text = sentence(
    found.length,
    '1 server is in truth several machines with one client id (SusClientId): their reports overwrite each other.',
    `${found.length} servers are in truth several machines with one client id (SusClientId) each: their reports overwrite each other.`,
  );
  const examples = found.slice(0, NAMED).map(({ serverId, dnsName, machines }) => {
    return { title: dnsName, detail: `Comes as ${machines.join(' and as ')}`, server: serverId };
  });
  return { kind: 'clones', count: found.length, text, examples };
}

async function unassigned({ pool }: ApiDeps): Promise<Attention | undefined> {
  return servers('unassigned', await unassignedServers(pool), 'First seen', (count) =>
    sentence(
      count,
      '1 server belongs to no customer and will not be patched.',
      `${count} servers belong to no customer and will not be patched.`,
    ),
  );
}

async function withoutPlan({ pool }: ApiDeps): Promise<Attention | undefined> {
  return servers('no-plan', await serversWithoutPlan(pool), 'First seen', (count) =>
    sentence(
      count,
      '1 server of a customer has no plan and will not be patched.',
      `${count} servers of customers have no plan and will not be patched.`,
    ),
  );
}

function servers(
  kind: Attention['kind'],
  { servers: count, examples }: Examples,
  when: string,
  text: (count: number) => string,
): Attention | undefined {
  if (count === 0) return undefined;
  const shown = examples.map(({ serverId, dnsName, since }) => {
    return { title: dnsName, detail: `${when} ${shortTime(since)}`, server: serverId };
  });
  return { kind, count, text: text(count), examples: shown };
}

/** A day after Patch Tuesday its updates should be in the catalogue. */
async function staleCatalogue({ pool }: ApiDeps, at: Temporal.Instant): Promise<Attention | undefined> {
  const opened = cycleStart(cycleAt(at));
  const last = await findLastImport(pool);
  if (last ? !isBefore(last, opened) || isBefore(at, opened.add({ hours: IMPORT_HOURS })) : false) return undefined;
  const text = last
    ? `Nothing was imported since Patch Tuesday (${shortTime(opened)}): the updates of this cycle are missing.`
    : 'The catalogue is empty: nothing can be offered to any server.';
  return {
    kind: 'catalogue-stale',
    count: 1,
    text,
    examples: last ? [{ title: 'Last import', detail: shortTime(last) }] : [],
  };
}

async function review({ keeper, pool }: ApiDeps, at: Temporal.Instant): Promise<Attention | undefined> {
  const facts = keeper.current();
  const waiting = verdictsOf(facts, at).filter(({ verdict }) => verdict === 'review');
  if (waiting.length === 0) return undefined;
  const needing = await countNeeding(
    pool,
    waiting.map(({ update }) => update.updateId),
  );
  const needs = (id: UpdateId): number => needing.get(id) ?? 0;
  const examples = waiting
    .toSorted((a, b) => needs(b.update.updateId) - needs(a.update.updateId))
    .slice(0, NAMED)
    .map(({ update: { updateId }, reason }) => ({
      title: titleOf(updateId, facts),
      detail: `${sentence(needs(updateId), '1 server needs it', `${needs(updateId)} servers need it`)}. ${reason}`,
      update: updateId,
    }));
  const text = sentence(
    waiting.length,
    '1 update waits for a person to approve or decline it; until then nobody gets it.',
    `${waiting.length} updates wait for a person to approve or decline them; until then nobody gets them.`,
  );
  return { kind: 'review', count: waiting.length, text, examples };
}

function titleOf(updateId: UpdateId, { catalogue }: Facts): string {
  return catalogue.latest(updateId)?.title ?? `Update ${updateId}, which the catalogue does not have`;
}

function sentence(count: number, one: string, more: string): string {
  return count === 1 ? one : more;
}
