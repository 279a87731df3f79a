import { setImmediate as otherWork } from 'node:timers/promises';
import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/now.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import { decide } from '#domain/decide/decide.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { fitsTarget } from '#domain/decide/find-update.ts';
import { comparePublication } from '#domain/decide/overview.ts';
import { standings } from '#domain/decide/standing.ts';
import { eventEffect } from '#domain/status/event-state.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findServer } from '#server/api/find.ts';
import { headline } from '#server/api/headline.ts';
import { couldSay, type KnownServer, knownServer } from '#server/api/reported.ts';
import { lastError } from '#server/api/why.ts';
import { listInstallationEvents } from '#server/store/now-views.ts';
import { findImportInstants } from '#server/store/update-views.ts';

type UpdateRow = EndpointResult<typeof contract.serverUpdates>['updates'][number];

/** What the server's agent said of an update; `unknown`: nothing, and yet it is offered. */
interface Listed {
  readonly updateId: UpdateId;
  readonly state: UpdateRow['state'];
  readonly provisional: boolean;
  readonly since?: Temporal.Instant | undefined;
  readonly hresult?: number | null;
}

/** The worst first. */
const STATES: readonly UpdateRow['state'][] = [
  'failed',
  'pending-restart',
  'needed',
  'downloaded',
  'unknown',
  'installed',
];
const MOST_UPDATES = 2_000;
/** So many decisions are made at a stretch; clients are served in between. */
const STRETCH = 50;

export const serverUpdates: Handler<typeof contract.serverUpdates> = async (deps, { params, query }, { at }) => {
  const facts = deps.keeper.current();
  const known = await knownServer(deps, await findServer(deps, params.server), at);
  const unsettled = [...known.word.updates.values()].filter(({ state }) => state !== 'installed');
  const offered = await offeredUnasked(deps, known, facts, at);
  const installed = query.installed === 'true' ? await installedOn(deps, known) : [];
  const listed: readonly Listed[] = [...unsettled, ...offered, ...installed];
  const sorted = listed.toSorted((a, b) => compareListed(a, b, facts)).slice(0, MOST_UPDATES);
  const updates: UpdateRow[] = [];
  for (const one of sorted) {
    if (updates.length % STRETCH === STRETCH - 1) await otherWork();
    updates.push(rowOf(one, known, facts, at));
  }
  return { at: at.toString(), updates };
};

/**
 * What the server is offered now without its agent having named it: the agent was not here since, or has not evaluated it yet. What it
 * could have named and did not does not apply to it, and is left out, like what is made for another Windows.
 */
async function offeredUnasked(
  { pool }: ApiDeps,
  { server, word }: KnownServer,
  facts: Facts,
  at: Temporal.Instant,
): Promise<Listed[]> {
  const open = standings(server, facts, at).all.flatMap(({ update, clear }) => {
    const isNamed = word.updates.has(update.updateId) || word.installed.has(update.updateId);
    return clear && !isNamed && fitsTarget(update, facts.catalogue, server.target) ? [update] : [];
  });
  const ids = open.map(({ revisionId }) => revisionId);
  const imported = word.status ? await findImportInstants(pool, ids) : new Map<number, Temporal.Instant>();
  const found: Listed[] = [];
  for (const [index, update] of open.entries()) {
    if (index % STRETCH === STRETCH - 1) await otherWork();
    if (couldSay(word.status, update, imported.get(update.revisionId))) continue;
    if (!decide(server, update, facts, at).offered) continue;
    found.push({ updateId: update.updateId, state: 'unknown', provisional: false });
  }
  return found;
}

/** What is installed by the agent's word, with the instant where it told of the installation itself. */
async function installedOn({ pool }: ApiDeps, { row, word }: KnownServer): Promise<Listed[]> {
  const told = new Map<UpdateId, Temporal.Instant>();
  for (const { updateId, eventId, hresult, at } of await listInstallationEvents(pool, row.serverId)) {
    const effect = eventEffect(eventId, hresult);
    if (effect.kind === 'update' && effect.state === 'installed' && !told.has(updateId)) told.set(updateId, at);
  }
  const progress = [...word.updates.values()].filter(({ state }) => state === 'installed');
  const early = new Set(progress.map(({ updateId }) => updateId));
  const settled = [...word.installed].filter((updateId) => !word.updates.has(updateId));
  return [...early, ...settled].map((updateId) => ({
    updateId,
    state: 'installed',
    provisional: early.has(updateId),
    since: told.get(updateId),
  }));
}

function rowOf(
  { updateId, state, provisional, since, hresult }: Listed,
  { server, word }: KnownServer,
  facts: Facts,
  at: Temporal.Instant,
): UpdateRow {
  const update = facts.catalogue.latest(updateId);
  const said = { state, ...(since ? { since: since.toString() } : {}), ...lastError(hresult ?? null) };
  if (!update) return { updateId, ...said, ...UNKNOWN_UPDATE };
  const decision = decide(server, update, facts, at);
  return {
    updateId,
    ...said,
    title: update.title,
    ...(update.kb === undefined ? {} : { kb: update.kb }),
    offered: decision.offered && state !== 'installed',
    headline: headline(decision, { ...said, provisional }, server.zone, word.status?.at),
    ...(decision.until && state !== 'installed' ? { nextChange: decision.until.toString() } : {}),
    restart: facts.catalogue.reboot(update) !== 'NeverReboots',
  };
}

/** An agent names what another service told it of. */
const UNKNOWN_UPDATE = {
  title: 'An update that the catalogue does not have',
  offered: false,
  headline: 'Held: the catalogue does not have it; import its metadata.',
  restart: false,
};

/** The worst state first; within one the newest publication, and what is not in the catalogue last. */
function compareListed(a: Listed, b: Listed, { catalogue }: Facts): number {
  const newer = (one: Revision | undefined, other: Revision | undefined): number =>
    one && other ? comparePublication(one, other) : Number(one === undefined) - Number(other === undefined);
  return (
    STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
    newer(catalogue.latest(a.updateId), catalogue.latest(b.updateId))
  );
}
