import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type * as contract from '#contract/endpoints/planned-work.ts';
import { CodedError } from '#contract/errors.ts';
import { isBefore } from '#domain/instants.ts';
import { change } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer, findServer } from '#server/api/find.ts';
import { findScope, scopeShown, scopeSubject } from '#server/api/scope.ts';
import {
  addPlannedWork,
  endPlannedWork,
  findPlannedWork,
  listPlannedWork,
  type PlannedWorkRow,
  type WorkQuery,
} from '#server/store/planned-work.ts';

export const addWork: Handler<typeof contract.addWork> = async (deps, { body }, { name: token, at }) => {
  const { kind, title, tool, minutes, restarts, who = token } = body;
  const notBefore = body.notBefore === undefined ? at : Temporal.Instant.from(body.notBefore);
  if (isBefore(notBefore, at))
    throw new CodedError('usage.wrong', `notBefore: ${notBefore} is in the past; it is ${at} now.`);
  const { scope, customerId, server } = await findScope(deps, body);
  if (customerId === undefined) throw new CodedError('usage.wrong', 'server: it has no customer; assign it first.');
  const row: PlannedWorkRow = {
    ...{ workId: randomUUID(), scope, customerId, kind, title, tool, minutes, notBefore, restarts, who, at },
    ...(server === undefined ? {} : { server }),
  };
  const shown = workShown(deps, row);
  await change(deps, async (client) => {
    await addPlannedWork(client, row);
    const facts = { kind, title, tool, minutes, notBefore: shown.notBefore, restarts, token };
    return {
      outcome: undefined,
      noted: [{ at, who, what: 'work.planned', subject: subject(shown), facts, customerId }],
    };
  });
  return shown;
};

export const listWork: Handler<typeof contract.listWork> = async (deps, { query }) => {
  const { customer, server, state, after, limit } = query;
  const [notBefore, workId] = after === undefined ? [] : readCursor(z.tuple([z.iso.datetime(), z.guid()]), after);
  const rows = await listPlannedWork(deps.pool, {
    state,
    customerId: customer === undefined ? undefined : findCustomer(deps, customer).customerId,
    server: server === undefined ? undefined : await ofServer(deps, server),
    after:
      notBefore === undefined || workId === undefined
        ? undefined
        : { notBefore: Temporal.Instant.from(notBefore), workId },
    limit: limit + 1,
  });
  return pageOf(
    rows,
    limit,
    (last) => [last.notBefore.toString(), last.workId],
    (row) => workShown(deps, row),
  );
};

export const endWork: Handler<typeof contract.endWork> = async (deps, { params, body }, { name: token, at }) => {
  const { outcome, note, who = token } = body;
  const row = await findPlannedWork(deps.pool, params.work);
  if (!row) throw new CodedError('not-found', `There is no planned work ${params.work}.`);
  const ended = { at, who, outcome };
  const shown = workShown(deps, { ...row, ended });
  await change(deps, async (client) => {
    if (!(await endPlannedWork(client, row.workId, ended)))
      throw new CodedError('conflict.exists', `What became of the work ${row.workId} is noted already.`);
    const facts = { title: row.title, outcome, token, ...(note === undefined ? {} : { note }) };
    const noted = { at, who, what: 'work.ended', subject: subject(shown), facts, customerId: row.customerId };
    return { outcome: undefined, noted: [noted] };
  });
  return shown;
};

async function ofServer(deps: ApiDeps, name: string): Promise<NonNullable<WorkQuery['server']>> {
  const { serverId, customerId, targetGroup, dnsName } = await findServer(deps, name);
  if (customerId === null) throw new CodedError('usage.wrong', `server: "${dnsName}" has no customer.`);
  return { serverId, customerId, ...(targetGroup === null ? {} : { group: targetGroup }) };
}

function workShown(deps: ApiDeps, row: PlannedWorkRow) {
  const { workId, kind, title, tool, minutes, notBefore, restarts, who, at, ended } = row;
  return {
    ...{ workId, ...scopeShown(deps, row), kind, title, tool, minutes, notBefore: notBefore.toString(), restarts },
    ...{ who, at: at.toString() },
    ...(ended ? { ended: { ...ended, at: ended.at.toString() } } : {}),
  };
}

function subject(shown: ReturnType<typeof workShown>) {
  return { work: shown.workId, ...scopeSubject(shown) };
}
