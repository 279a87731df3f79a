import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type * as contract from '#contract/endpoints/control.ts';
import { CodedError } from '#contract/errors.ts';
import { isBefore } from '#domain/instants.ts';
import { changeFacts } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { cohortsOf, lateWindows } from '#server/api/late-windows.ts';
import { findScope, scopeShown, scopeSubject } from '#server/api/scope.ts';
import {
  findPause,
  liftPause as lift,
  type PauseRow,
  type PauseState,
  pageOfPauses,
  addPause as save,
} from '#server/store/pauses.ts';
import { listAssignments } from '#server/store/plans.ts';

/** Longer ones are a change of plan or mode. */
const LONGEST_DAYS = 90;
/** Of so many pauses a page tells what they make late. */
const MOST_EXPLAINED = 100;

export const addPause: Handler<typeof contract.addPause> = async (deps, { body }, { name, at }) => {
  const { who = name, why } = body;
  const starts = body.starts === undefined ? at : Temporal.Instant.from(body.starts);
  const ends = Temporal.Instant.from(body.ends);
  checkSpan(starts, ends, at);
  const { scope, customerId, server } = await findScope(deps, body);
  const pause = { pauseId: randomUUID(), scope, starts, ends, who, why };
  const row: PauseRow = {
    ...pause,
    ...(customerId === undefined ? {} : { customerId }),
    ...(server === undefined ? {} : { server }),
  };
  const shown = pauseShown(deps, row, at);
  const consequence = await consequenceOf(deps, row, at);
  await changeFacts(deps, async (client) => {
    await save(client, pause, customerId);
    const facts = { starts: shown.starts, ends: shown.ends, why, lateServers: consequence.lateServers, token: name };
    return {
      outcome: undefined,
      noted: [
        { at, who, what: 'pause.set', subject: { pause: shown.pauseId, ...scopeSubject(shown) }, facts, customerId },
      ],
    };
  });
  return { ...shown, ...consequence };
};

export const listPauses: Handler<typeof contract.listPauses> = async (deps, { query }, { at }) => {
  const { state, after, limit } = query;
  const [ends, pauseId] = after === undefined ? [] : readCursor(z.tuple([z.iso.datetime(), z.guid()]), after);
  const rows = await pageOfPauses(deps.pool, {
    at,
    state,
    after: ends === undefined || pauseId === undefined ? undefined : { ends: Temporal.Instant.from(ends), pauseId },
    limit: limit + 1,
  });
  const open = rows.filter((row) => stateOf(row, at) !== 'past').slice(0, MOST_EXPLAINED);
  const consequences = new Map<PauseRow, Awaited<ReturnType<typeof consequenceOf>>>();
  for (const row of open) consequences.set(row, await consequenceOf(deps, row, at));
  return pageOf(
    rows,
    limit,
    (last) => [last.ends.toString(), last.pauseId],
    (row) => ({ ...pauseShown(deps, row, at), ...consequences.get(row) }),
  );
};

export const liftPause: Handler<typeof contract.liftPause> = async (deps, { params, query }, { name, at }) => {
  const { who = name, why } = query;
  const row = await findPause(deps.pool, params.pause);
  if (!row) throw new CodedError('not-found', `There is no pause ${params.pause}.`);
  const shown = pauseShown(deps, { ...row, lifted: { at, who } }, at);
  await changeFacts(deps, async (client) => {
    if (!(await lift(client, row.pauseId, who, at)))
      throw new CodedError('not-found', `The pause ${row.pauseId} is over already.`);
    const facts = { ends: shown.ends, why, token: name };
    const noted = {
      at,
      who,
      what: 'pause.lifted',
      subject: { pause: shown.pauseId, ...scopeSubject(shown) },
      facts,
      customerId: row.customerId,
    };
    return { outcome: undefined, noted: [noted] };
  });
  return shown;
};

function checkSpan(starts: Temporal.Instant, ends: Temporal.Instant, at: Temporal.Instant): void {
  if (isBefore(starts, at)) throw new CodedError('usage.wrong', `starts: ${starts} is in the past; it is ${at} now.`);
  if (!isBefore(starts, ends))
    throw new CodedError('usage.wrong', `ends: ${ends} is not after its beginning, ${starts}.`);
  if (isBefore(starts.add({ hours: 24 * LONGEST_DAYS }), ends))
    throw new CodedError(
      'usage.wrong',
      `ends: a pause lasts at most ${LONGEST_DAYS} days; change plan or mode instead.`,
    );
}

/** What a pause makes late from now on. */
async function consequenceOf({ pool, keeper }: ApiDeps, { scope, starts, ends }: PauseRow, at: Temporal.Instant) {
  const { kind: _kind, ...of } = scope;
  const cohorts = cohortsOf(await listAssignments(pool, of), keeper.directory());
  return lateWindows(cohorts, { starts: isBefore(starts, at) ? at : starts, ends });
}

function stateOf({ starts, ends, lifted }: PauseRow, at: Temporal.Instant): PauseState {
  if (lifted || !isBefore(at, ends)) return 'past';
  return isBefore(at, starts) ? 'to-come' : 'in-force';
}

function pauseShown(deps: ApiDeps, row: PauseRow, at: Temporal.Instant) {
  const { pauseId, scope, customerId, server, starts, ends, who, why, lifted } = row;
  return {
    pauseId,
    ...scopeShown(deps, { scope, customerId, server }),
    starts: starts.toString(),
    ends: ends.toString(),
    who,
    why,
    state: stateOf(row, at),
    ...(lifted ? { lifted: { at: lifted.at.toString(), who: lifted.who } } : {}),
  };
}
