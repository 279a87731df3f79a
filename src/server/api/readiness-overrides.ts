import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type * as contract from '#contract/endpoints/readiness.ts';
import { CodedError } from '#contract/errors.ts';
import { isBefore } from '#domain/instants.ts';
import { change } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer, findServer } from '#server/api/find.ts';
import {
  findOverride,
  type OverrideRow,
  type OverrideState,
  pageOfOverrides,
  addOverride as save,
  endOverride as stop,
} from '#server/store/readiness-overrides.ts';

/** What lasts longer is a change of the policy, or of the server's tier. */
const LONGEST_DAYS = 30;

export const addOverride: Handler<typeof contract.addOverride> = async (deps, { body }, { name, at }) => {
  const { who = name, why } = body;
  const expires = Temporal.Instant.from(body.expires);
  if (!isBefore(at, expires)) throw new CodedError('usage.wrong', `expires: ${expires} is past; it is ${at} now.`);
  if (isBefore(at.add({ hours: 24 * LONGEST_DAYS }), expires))
    throw new CodedError('usage.wrong', `expires: an override lasts at most ${LONGEST_DAYS} days.`);
  const { serverId, customerId, dnsName } = await findServer(deps, body.server);
  const checks = [...new Set(body.checks)];
  const override = { overrideId: randomUUID(), checks, who, why, expires };
  const row: OverrideRow = { ...override, serverId, customerId, dnsName, at, endedAt: null, endedBy: null };
  await change(deps, async (client) => {
    await save(client, serverId, override, at);
    const facts = { checks, expires: expires.toString(), why, token: name };
    return {
      outcome: undefined,
      noted: [
        { at, who, what: 'readiness.overridden', subject: subjectOf(row), facts, customerId: customerId ?? undefined },
      ],
    };
  });
  return overrideShown(deps, row, at);
};

export const listOverrides: Handler<typeof contract.listOverrides> = async (deps, { query }, { at }) => {
  const { customer, server, state, limit } = query;
  const [since, overrideId] =
    query.after === undefined ? [] : readCursor(z.tuple([z.iso.datetime(), z.guid()]), query.after);
  const rows = await pageOfOverrides(deps.pool, {
    at,
    customerId: customer === undefined ? undefined : findCustomer(deps, customer).customerId,
    serverId: server === undefined ? undefined : (await findServer(deps, server)).serverId,
    state,
    after:
      since === undefined || overrideId === undefined ? undefined : { at: Temporal.Instant.from(since), overrideId },
    limit: limit + 1,
  });
  return pageOf(
    rows,
    limit,
    (last) => [last.at.toString(), last.overrideId],
    (row) => overrideShown(deps, row, at),
  );
};

export const endOverride: Handler<typeof contract.endOverride> = async (deps, { params, query }, { name, at }) => {
  const { who = name, why } = query;
  const row = await findOverride(deps.pool, params.override);
  if (!row) throw new CodedError('not-found', `There is no override ${params.override}.`);
  await change(deps, async (client) => {
    if (!(await stop(client, row.overrideId, who, at)))
      throw new CodedError('not-found', `The override ${row.overrideId} is over already.`);
    const facts = { checks: row.checks, why, token: name };
    return {
      outcome: undefined,
      noted: [
        {
          at,
          who,
          what: 'readiness.override-ended',
          subject: subjectOf(row),
          facts,
          customerId: row.customerId ?? undefined,
        },
      ],
    };
  });
  return overrideShown(deps, { ...row, endedAt: at, endedBy: who }, at);
};

function stateOf({ endedAt, expires }: OverrideRow, at: Temporal.Instant): OverrideState {
  if (endedAt) return 'ended';
  return isBefore(at, expires) ? 'in-force' : 'expired';
}

function overrideShown({ keeper }: ApiDeps, row: OverrideRow, at: Temporal.Instant) {
  const { overrideId, customerId, dnsName, checks, who, why, expires, endedAt, endedBy } = row;
  const customer = customerId === null ? undefined : keeper.directory().customers.get(customerId)?.name;
  return {
    overrideId,
    server: dnsName,
    ...(customer === undefined ? {} : { customer }),
    checks: [...checks],
    ...{ who, why },
    at: row.at.toString(),
    expires: expires.toString(),
    state: stateOf(row, at),
    ...(endedAt && endedBy !== null ? { ended: { at: endedAt.toString(), who: endedBy } } : {}),
  };
}

function subjectOf({ overrideId, serverId, dnsName }: OverrideRow) {
  return { override: overrideId, server: serverId, dnsName };
}
