import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type * as contract from '#contract/endpoints/calendar.ts';
import { CodedError } from '#contract/errors.ts';
import { OVERLAP_RULE } from '#domain/calendar/overlaps.ts';
import { isBefore } from '#domain/instants.ts';
import { calendarEffect } from '#server/api/calendar-effect.ts';
import { changeFacts } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { findScope, scopeShown, scopeSubject } from '#server/api/scope.ts';
import {
  addOneOffWindow,
  findOneOffWindow,
  liftOneOffWindow,
  type OneOffWindowRow,
  pageOfOneOffWindows,
} from '#server/store/one-off-windows.ts';

const SHORTEST = { hours: 1 };
const LONGEST = { hours: 72 };

export const addWindow: Handler<typeof contract.addWindow> = async (deps, { body }, { name: token, at }) => {
  const { dryRun, who = token, why } = body;
  const [start, end] = [Temporal.Instant.from(body.start), Temporal.Instant.from(body.end)];
  checkLength(start, end, at);
  const { scope, customerId, server } = await findScope(deps, body);
  if (customerId === undefined)
    throw new CodedError(
      'usage.wrong',
      'scope: a one-off window is for a customer, a group, or a server of a customer.',
    );
  const windowId = randomUUID();
  const row: OneOffWindowRow = {
    ...{ windowId, scope, customerId, start, end, who, why, at },
    ...(server === undefined ? {} : { server }),
  };
  const { servers, warnings } = await calendarEffect(deps, { scope, customerId }, { freezes: [], oneOff: [row] }, at);
  const { windowId: _id, ...shown } = windowShown(deps, row, at);
  const told = { ...shown, servers, warnings, rule: OVERLAP_RULE };
  if (dryRun) return told;
  await changeFacts(deps, async (client) => {
    await addOneOffWindow(client, row);
    const facts = { start: shown.start, end: shown.end, why, servers, token };
    const subject = { window: windowId, ...scopeSubject(shown) };
    return { outcome: undefined, noted: [{ at, who, what: 'window.added', subject, facts, customerId }] };
  });
  return { windowId, ...told };
};

export const listWindows: Handler<typeof contract.listWindows> = async (deps, { query }, { at }) => {
  const { state, customer, after, limit } = query;
  const [start, windowId] = after === undefined ? [] : readCursor(z.tuple([z.iso.datetime(), z.guid()]), after);
  const rows = await pageOfOneOffWindows(deps.pool, {
    at,
    state,
    customerId: customer === undefined ? undefined : findCustomer(deps, customer).customerId,
    after:
      start === undefined || windowId === undefined ? undefined : { start: Temporal.Instant.from(start), windowId },
    limit: limit + 1,
  });
  return pageOf(
    rows,
    limit,
    (last) => [last.start.toString(), last.windowId],
    (row) => windowShown(deps, row, at),
  );
};

export const liftWindow: Handler<typeof contract.liftWindow> = async (deps, { params, query }, { name: token, at }) => {
  const { who = token, why } = query;
  const row = await findOneOffWindow(deps.pool, params.window);
  if (!row) throw new CodedError('not-found', `There is no one-off window ${params.window}.`);
  const { windowId, customerId } = row;
  const shown = windowShown(deps, { ...row, lifted: { at, who } }, at);
  await changeFacts(deps, async (client) => {
    if (!(await liftOneOffWindow(client, windowId, who, at)))
      throw new CodedError('not-found', `The one-off window ${windowId} is over already.`);
    const facts = { start: shown.start, end: shown.end, why, token };
    const subject = { window: windowId, ...scopeSubject(shown) };
    return { outcome: undefined, noted: [{ at, who, what: 'window.lifted', subject, facts, customerId }] };
  });
  return shown;
};

function checkLength(start: Temporal.Instant, end: Temporal.Instant, at: Temporal.Instant): void {
  if (isBefore(start, at)) throw new CodedError('usage.wrong', `start: ${start} is in the past; it is ${at} now.`);
  if (isBefore(end, start.add(SHORTEST)) || isBefore(start.add(LONGEST), end))
    throw new CodedError(
      'usage.wrong',
      `end: a one-off window is open for ${SHORTEST.hours} to ${LONGEST.hours} hours; it opens at ${start}.`,
    );
}

function windowShown(deps: ApiDeps, row: OneOffWindowRow, at: Temporal.Instant) {
  const { windowId, start, end, who, why, lifted } = row;
  return {
    windowId,
    ...scopeShown(deps, row),
    start: start.toString(),
    end: end.toString(),
    who,
    why,
    at: row.at.toString(),
    state: lifted || !isBefore(at, end) ? ('past' as const) : ('in-force' as const),
    ...(lifted ? { lifted: { at: lifted.at.toString(), who: lifted.who } } : {}),
  };
}
