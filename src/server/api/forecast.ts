import { setImmediate as otherWork } from 'node:timers/promises';
import type * as contract from '#contract/endpoints/decision.ts';
import { offerTimes } from '#domain/calendar/offer-times.ts';
import type { Window } from '#domain/calendar/plan.ts';
import { weekdayAndTime } from '#domain/calendar/wall-time.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import { decide, explain } from '#domain/decide/decide.ts';
import type { Reason } from '#domain/decide/decision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { fitsTarget } from '#domain/decide/find-update.ts';
import { approvalFor } from '#domain/decide/questions.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findServer } from '#server/api/find.ts';
import { workPlacer } from '#server/api/forecast-work.ts';
import { couldSay, type KnownServer, knownServer } from '#server/api/reported.ts';
import { updateName } from '#server/api/update-row.ts';
import { findImportInstants } from '#server/store/update-views.ts';

/** Two months of nights; a forecast of more says nothing new. */
const MOST_WINDOWS = 62;
const MOST_UPDATES = 2_000;
const MOST_HELD = 500;

export const forecast: Handler<typeof contract.forecast> = async (deps, { params, query }, { at }) => {
  const facts = deps.keeper.current();
  const known = await knownServer(deps, await findServer(deps, params.server), at);
  const { mode, zone } = known.server;
  const server: ServerFacts = { ...known.server, mode: mode === 'observe' ? 'managed' : mode };
  const { rollout: _waves, readiness: _demands, ...whenFree } = server;
  const workIn = await workPlacer(deps, server);
  const conditionOf = conditionsAt(server, facts, at);
  const candidates = await candidatesFor(deps, known, facts, at);
  const isNeeded = (id: UpdateId): boolean => known.word.updates.has(id);
  const taken = new Set<UpdateId>();
  const windows = [];
  for (const window of comingWindows(server, at, query.weeks)) {
    await otherWork(); // many updates times many windows: clients are served in between
    const from = Temporal.Instant.compare(at, window.start) > 0 ? at : window.start;
    const offered = candidates.filter((update) => decide(whenFree, update, facts, from).offered);
    for (const { updateId } of offered) taken.add(updateId);
    const updates = offered.map((update) => {
      const condition = decide(server, update, facts, from).offered ? undefined : conditionOf(update);
      return { ...updateName(update), needed: isNeeded(update.updateId), ...(condition ? { condition } : {}) };
    });
    windows.push({ ...windowShown(window, server), updates, work: workIn(window) });
  }
  const held = candidates
    .filter(({ updateId }) => !taken.has(updateId))
    .flatMap((update) => heldBack(server, update, facts, at));
  return { at: at.toString(), server: known.row.dnsName, zone, mode, windows, held: held.slice(0, MOST_HELD) };
};

/**
 * What of waves, order and readiness still stands between an update and its window, as it is at an instant: no forecast can tell what
 * the evidence will be.
 */
function conditionsAt(server: ServerFacts, facts: Facts, at: Temporal.Instant) {
  return (update: Revision): { readonly code: string; readonly text: string } | undefined => {
    const { answers } = explain(server, update, facts, at);
    const open = answers.flatMap(({ question, held = [] }) =>
      question === 'wave' || question === 'readiness' ? held : [],
    );
    const first = open.find(({ code }) => code !== 'readiness.freeze' && code !== 'readiness.own-hours');
    return first && { code: first.code, text: first.text };
  };
}

function comingWindows({ plan, zone }: ServerFacts, at: Temporal.Instant, weeks: number): Window[] {
  if (!plan) return [];
  const end = at.add({ hours: weeks * 7 * 24 });
  const windows: Window[] = [];
  for (const window of windowsFrom(plan, zone, at)) {
    if (windows.length === MOST_WINDOWS || Temporal.Instant.compare(window.start, end) >= 0) break;
    windows.push(window);
  }
  return windows;
}

/**
 * What may come to a server: approved, or waiting for a person's look, and not installed. Where the agent could say, what it does not need
 * is left out; where it could not yet, what is made for another Windows. Needed ones first.
 */
async function candidatesFor(
  { pool }: ApiDeps,
  { server, word }: KnownServer,
  facts: Facts,
  at: Temporal.Instant,
): Promise<Revision[]> {
  const { catalogue } = facts;
  const possible = catalogue.deployable.filter((update) => {
    const row = word.updates.get(update.updateId);
    if (row ? row.state === 'installed' || row.state === 'pending-restart' : word.installed.has(update.updateId))
      return false;
    if (update.publicationState === 'Expired' || (!row && !fitsTarget(update, catalogue, server.target))) return false;
    return approvalFor({ server, update, facts, at }).verdict !== 'not-approve';
  });
  const { status } = word;
  const imported = await findImportInstants(pool, status ? possible.map(({ revisionId }) => revisionId) : []);
  const open = possible.filter((update) => {
    return word.updates.has(update.updateId) || !couldSay(status, update, imported.get(update.revisionId));
  });
  const neededFirst = (update: Revision): number => Number(!word.updates.has(update.updateId));
  return open.toSorted((a, b) => neededFirst(a) - neededFirst(b)).slice(0, MOST_UPDATES);
}

/** Not worth a line: what gives way to its successor, and what nobody can have yet. */
const UNREMARKABLE: ReadonlySet<Reason['code']> = new Set(['catalogue.superseded', 'catalogue.not-published']);

/** Why nothing takes an update. */
function heldBack(server: ServerFacts, update: Revision, facts: Facts, at: Temporal.Instant) {
  const decision = decide(server, update, facts, at);
  if (decision.offered || decision.reasons.some(({ code }) => UNREMARKABLE.has(code))) return [];
  const [{ code, text }] = decision.reasons;
  return [{ ...updateName(update), code, text }];
}

function windowShown(window: Window, { plan, zone }: ServerFacts) {
  if (!plan) throw new Error('a server without a plan has no windows');
  const { start, end, cycle, primary } = window;
  return {
    window: { start: start.toString(), end: end.toString(), cycle, primary },
    leadFrom: offerTimes(plan, window).leadFrom.toString(),
    local: `${weekdayAndTime(start, zone)} to ${weekdayAndTime(end, zone)}`,
  };
}
