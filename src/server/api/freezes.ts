import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type * as contract from '#contract/endpoints/calendar.ts';
import { CodedError } from '#contract/errors.ts';
import { freezeProblems } from '#domain/calendar/check-freeze.ts';
import { describeFreeze } from '#domain/calendar/describe-freeze.ts';
import { freezeEnd } from '#domain/calendar/freeze-rules.ts';
import { plainRule, readRule } from '#domain/calendar/plain-freeze.ts';
import type { FreezeRule } from '#domain/calendar/plan.ts';
import { isBefore } from '#domain/instants.ts';
import { calendarEffect } from '#server/api/calendar-effect.ts';
import { changeFacts } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { findScope, scopeShown, scopeSubject } from '#server/api/scope.ts';
import { addFreezes, type FreezeRow, findFreeze, liftFreezes, pageOfFreezes } from '#server/store/freezes.ts';

export const addFreeze: Handler<typeof contract.addFreeze> = async (deps, { body }, { name: token, at }) => {
  const { name, dryRun, who = token, why } = body;
  const rule = soundRule(readRule(body.rule), at);
  const { scope, customerId, server } = await findScope(deps, body);
  const row: FreezeRow = {
    freezeId: randomUUID(),
    scope,
    name,
    rule,
    source: 'person',
    who,
    at,
    ...(customerId === undefined ? {} : { customerId }),
    ...(server === undefined ? {} : { server }),
  };
  const effect = await calendarEffect(deps, { scope, customerId }, { freezes: [row], oneOff: [] }, at);
  const { freezeId, ...shown } = freezeShown(deps, row, at);
  if (dryRun) return { ...shown, ...effect };
  await changeFacts(deps, async (client) => {
    await addFreezes(client, [row]);
    const facts = { name, rule: plainRule(rule), why, lateServers: effect.lateServers, token };
    const subject = { freeze: freezeId, ...scopeSubject(shown) };
    return { outcome: undefined, noted: [{ at, who, what: 'freeze.set', subject, facts, customerId }] };
  });
  return { freezeId, ...shown, ...effect };
};

export const listFreezes: Handler<typeof contract.listFreezes> = async (deps, { query }, { at }) => {
  const { state, customer, source, after, limit } = query;
  const [since, freezeId] = after === undefined ? [] : readCursor(z.tuple([z.iso.datetime(), z.guid()]), after);
  const rows = await pageOfFreezes(deps.pool, {
    at,
    state,
    customerId: customer === undefined ? undefined : findCustomer(deps, customer).customerId,
    source,
    after: since === undefined || freezeId === undefined ? undefined : { at: Temporal.Instant.from(since), freezeId },
    limit: limit + 1,
  });
  return pageOf(
    rows,
    limit,
    (last) => [last.at.toString(), last.freezeId],
    (row) => freezeShown(deps, row, at),
  );
};

export const liftFreeze: Handler<typeof contract.liftFreeze> = async (deps, { params, query }, { name: token, at }) => {
  const { who = token, why } = query;
  const row = await findFreeze(deps.pool, params.freeze);
  if (!row) throw new CodedError('not-found', `There is no freeze ${params.freeze}.`);
  const { freezeId, customerId } = row;
  const shown = freezeShown(deps, { ...row, lifted: { at, who } }, at);
  await changeFacts(deps, async (client) => {
    const lifted = isOver(row, at) ? [] : await liftFreezes(client, [freezeId], who, at);
    if (lifted.length === 0) throw new CodedError('not-found', `The freeze ${freezeId} is over already.`);
    const facts = { name: row.name, rule: plainRule(row.rule), source: row.source, why, token };
    const subject = { freeze: freezeId, ...scopeSubject(shown) };
    return { outcome: undefined, noted: [{ at, who, what: 'freeze.lifted', subject, facts, customerId }] };
  });
  return shown;
};

function soundRule(rule: FreezeRule, at: Temporal.Instant): FreezeRule {
  const problems = freezeProblems(rule).map(({ path, message }) => `rule.${path}: ${message}`);
  const [first] = problems;
  if (first !== undefined) throw new CodedError('usage.wrong', first, problems);
  const end = freezeEnd(rule);
  if (end && !isBefore(at, end)) throw new CodedError('usage.wrong', `rule: it ended at ${end}; it is ${at} now.`);
  return rule;
}

function isOver({ rule, lifted }: FreezeRow, at: Temporal.Instant): boolean {
  const end = freezeEnd(rule);
  return lifted !== undefined || (end !== undefined && !isBefore(at, end));
}

function freezeShown(deps: ApiDeps, row: FreezeRow, at: Temporal.Instant) {
  const { freezeId, name, rule, source, who, lifted } = row;
  return {
    freezeId,
    ...scopeShown(deps, row),
    name,
    rule: plainRule(rule),
    words: describeFreeze(rule),
    source,
    who,
    at: row.at.toString(),
    state: isOver(row, at) ? ('past' as const) : ('in-force' as const),
    ...(lifted ? { lifted: { at: lifted.at.toString(), who: lifted.who } } : {}),
  };
}
