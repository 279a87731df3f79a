import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/decision.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import type { Answer } from '#domain/decide/answer.ts';
import { explain } from '#domain/decide/decide.ts';
import type { Decision, Reason } from '#domain/decide/decision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { type Outside, outsideOf, type Told } from '#domain/decide/outside.ts';
import { isBefore } from '#domain/instants.ts';
import { explainHresult, hresultText } from '#domain/status/hresult.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findServer, findUpdate } from '#server/api/find.ts';
import { headline } from '#server/api/headline.ts';
import { linksOf } from '#server/api/links.ts';
import { couldSay, installedAt, type KnownServer, knownServer } from '#server/api/reported.ts';
import { updateName } from '#server/api/update-row.ts';
import { listOffers } from '#server/store/offers.ts';
import { findImportInstants } from '#server/store/update-views.ts';

/** The longest time between two scans of an agent at the default frequency: 22 hours, and up to four more. */
const LONGEST_DETECTION = { hours: 26 };

export const why: Handler<typeof contract.why> = async (deps, { params, query }, { at: now }) => {
  const { keeper, clock } = deps;
  const at = query.at === undefined ? now : Temporal.Instant.from(query.at);
  const facts = keeper.current();
  const known = await knownServer(deps, await findServer(deps, params.server), at);
  const { row, server, word } = known;
  const reportedIds = new Set([...word.installed, ...word.updates.keys()]);
  const update = findUpdate(deps, params.update, { reported: reportedIds, target: server.target });
  const { decision, answers } = explain(server, update, facts, at);
  const reported = await reportedState(deps, known, update, decision);
  const told = (await listOffers(deps.pool, server.serverId)).find((offer) => offer.updateId === update.updateId);
  const { until } = decision;
  const outside = outsideHere(known, update, reported, told, facts, at);
  return {
    at: at.toString(),
    simulated: clock.kind === 'simulated',
    server: {
      serverId: server.serverId,
      dnsName: row.dnsName,
      zone: server.zone,
      ...(server.plan ? { plan: server.plan.name } : {}),
    },
    update: updateName(update),
    ...decisionShown(decision),
    headline: headline(decision, reported, server.zone, word.status?.at),
    answers: answers.map(answerShown),
    ...(until ? { nextChange: until.toString() } : {}),
    ...(isBefore(at, now) ? {} : { knownBy: (until ?? at).add(LONGEST_DETECTION).toString() }),
    reported,
    ...(outside ? { outside } : {}),
    ...(told
      ? {
          told: {
            at: told.toldAt.toString(),
            ...(told.deadline ? { deadline: told.deadline.toString() } : {}),
            ...(told.withdrawnAt ? { withdrawnAt: told.withdrawnAt.toString() } : {}),
          },
        }
      : {}),
    links: linksOf(update, facts.catalogue),
  };
};

/** What explains an installation outside of the windows; undefined where there is none. */
function outsideHere(
  { server }: KnownServer,
  update: Revision,
  { state, since }: Reported,
  told: Told | undefined,
  facts: Facts,
  at: Temporal.Instant,
): Outside | undefined {
  if (since === undefined || (state !== 'installed' && state !== 'pending-restart')) return undefined;
  const waits = state === 'pending-restart' ? { waitsSince: at } : {};
  return outsideOf(server, update, { at: Temporal.Instant.from(since), ...waits }, told, facts);
}

/** Reasons for which clients are never told of an update, so that their silence says nothing. */
const NOT_SENT: ReadonlySet<Reason['code']> = new Set([
  'catalogue.not-deployable',
  'catalogue.expired',
  'catalogue.declined',
]);

type Reported = EndpointResult<typeof contract.why>['reported'];

async function reportedState(
  deps: ApiDeps,
  { server, word }: KnownServer,
  update: Revision,
  decision: Decision,
): Promise<Reported> {
  const { updateId, revisionId } = update;
  const row = word.updates.get(updateId);
  if (row?.state === 'installed' || (!row && word.installed.has(updateId))) {
    const since = await installedAt(deps, server.serverId, updateId);
    return {
      state: 'installed',
      provisional: row?.provisional ?? false,
      ...(since ? { since: since.toString() } : {}),
    };
  }
  if (row)
    return {
      ...lastError(row.hresult),
      state: row.state,
      provisional: row.provisional,
      since: row.since.toString(),
    };
  const notSent = !decision.offered && decision.reasons.some(({ code }) => NOT_SENT.has(code));
  const imported = (await findImportInstants(deps.pool, [revisionId])).get(revisionId);
  return couldSay(word.status, update, imported) && !notSent
    ? { state: 'not-applicable', provisional: false, since: word.status.at.toString() }
    : { state: 'unknown', provisional: false };
}

/** The last failure that the agent told of, also where it has since said only that the update is needed. */
export function lastError(hresult: number | null): Pick<Reported, 'result' | 'meaning'> {
  if (hresult === null) return {};
  const known = explainHresult(hresult);
  const meaning = known
    ? `${known.meaning} (${known.name}). ${known.advice}`
    : 'No explanation of this code is known here.';
  return { result: hresultText(hresult), meaning };
}

function decisionShown(decision: Decision) {
  if (!decision.offered) return { offered: false };
  const { phase, deadline, window } = decision;
  return {
    offered: true,
    phase,
    ...(deadline ? { deadline: deadline.toString() } : {}),
    ...(window ? { window: { ...window, start: window.start.toString(), end: window.end.toString() } } : {}),
  };
}

function answerShown(answer: Answer) {
  const { question, held } = answer;
  return held
    ? { question, held: true, text: held[0].text, reasons: held.map(reasonShown) }
    : { question, held: false, text: answer.passed, reasons: [] };
}

function reasonShown({ until, ...reason }: Reason) {
  return { ...reason, ...(until ? { until: until.toString() } : {}) };
}
