import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod';
import type * as contract from '#contract/endpoints/hooks.ts';
import { CodedError } from '#contract/errors.ts';
import { change } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer, findServer } from '#server/api/find.ts';
import { countOpenRuns, type HookRunRow, pageOfHookRuns, retryHookRuns } from '#server/store/hook-runs.ts';
import { findHook, type HookRow, listHooks as hooksOf, removeHook as remove, saveHook } from '#server/store/hooks.ts';

/** More is no use, and each turn waits for all of them. */
const MOST_HOOKS = 10;

export const listHooks: Handler<typeof contract.listHooks> = async (deps, { query }) => {
  const { customerId, name } = findCustomer(deps, query.customer);
  return { items: (await hooksOf(deps.pool, customerId)).map((hook) => hookShown(hook, name)) };
};

export const setHook: Handler<typeof contract.setHook> = async (deps, { params, body }, { name: token, at }) => {
  const { customer, newSecret, who = token, why, before, after, tiers, ...limits } = body;
  const { customerId, name: customerName } = findCustomer(deps, customer);
  for (const [place, url] of Object.entries({ before, after })) if (url !== undefined) checkUrl(place, url);
  const known = await findHook(deps.pool, customerId, params.hook);
  if (!known && (await hooksOf(deps.pool, customerId)).length >= MOST_HOOKS)
    throw new CodedError('usage.wrong', `hook: a customer has at most ${MOST_HOOKS} hooks.`);
  const hook: HookRow = {
    ...{ hookId: known?.hookId ?? randomUUID(), customerId, name: params.hook, changedAt: at, before, ...limits },
    ...(after === undefined ? {} : { after }),
    ...(tiers === undefined ? {} : { tiers }),
  };
  const secret = known && !newSecret ? undefined : randomBytes(32).toString('base64url');
  const shown = hookShown(hook, customerName);
  await change(deps, async (client) => {
    const open = known?.after !== undefined && after === undefined ? await countOpenRuns(client, hook.hookId) : 0;
    if (open > 0)
      throw new CodedError(
        'hook.in-use',
        `after: the hook "${hook.name}" has ${open} servers open; they would stay so.`,
      );
    await saveHook(client, hook, secret === undefined ? undefined : deps.secrets.seal(secret));
    const facts = { ...shown, newSecret: secret !== undefined, why, token };
    return {
      outcome: undefined,
      noted: [{ at, who, what: 'hook.set', subject: { hook: hook.name }, facts, customerId }],
    };
  });
  return { ...shown, ...(secret === undefined ? {} : { secret }) };
};

export const removeHook: Handler<typeof contract.removeHook> = async (deps, { params, query }, { name: token, at }) => {
  const { who = token, why, abandon } = query;
  const { hook, customer } = await hookOf(deps, query.customer, params.hook);
  await change(deps, async (client) => {
    const open = await countOpenRuns(client, hook.hookId);
    if (open > 0 && !abandon) throw new CodedError('hook.in-use', `The hook "${hook.name}" has ${open} servers open.`);
    await remove(client, hook.hookId);
    const noted = { at, who, what: 'hook.removed', subject: { hook: hook.name }, customerId: hook.customerId };
    return { outcome: undefined, noted: [{ ...noted, facts: { open, why, token } }] };
  });
  return hookShown(hook, customer);
};

export const listHookRuns: Handler<typeof contract.listHookRuns> = async (deps, { params, query }) => {
  const { hook } = await hookOf(deps, query.customer, params.hook);
  const { state, after, limit } = query;
  const [askedAt, hookRunId] = after === undefined ? [] : readCursor(z.tuple([z.iso.datetime(), z.guid()]), after);
  const place =
    askedAt === undefined || hookRunId === undefined
      ? undefined
      : { askedAt: Temporal.Instant.from(askedAt), hookRunId };
  const rows = await pageOfHookRuns(deps.pool, { hookId: hook.hookId, state, after: place, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.askedAt.toString(), last.hookRunId], runShown);
};

export const retryHook: Handler<typeof contract.retryHook> = async (deps, { params, body }, { name: token, at }) => {
  const { who = token, why } = body;
  const { hook } = await hookOf(deps, body.customer, params.hook);
  const server = body.server === undefined ? undefined : await findServer(deps, body.server);
  const retried = await change(deps, async (client) => {
    const outcome = await retryHookRuns(client, hook.hookId, server?.serverId);
    const subject = { hook: hook.name, server: server?.serverId };
    const facts = { retried: outcome, why, token };
    return { outcome, noted: [{ at, who, what: 'hook.retried', subject, facts, customerId: hook.customerId }] };
  });
  return { retried };
};

async function hookOf(deps: ApiDeps, customer: string, name: string) {
  const { customerId, name: customerName } = findCustomer(deps, customer);
  const hook = await findHook(deps.pool, customerId, name);
  if (!hook) throw new CodedError('not-found', `${customerName} has no hook "${name}".`);
  return { hook, customer: customerName };
}

/** Names of servers go over the line, and a secret signs it: it must be a line that nobody reads along. */
function checkUrl(place: string, text: string): void {
  const { protocol, hostname, username, password } = new URL(text);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isHere))
    throw new CodedError('usage.wrong', `${place}: must begin with https://; http:// is only for this machine.`);
  if (username !== '' || password !== '')
    throw new CodedError('usage.wrong', `${place}: no user and password in the address; calls are signed.`);
}

function hookShown({ hookId: _id, customerId: _customer, changedAt, tiers, ...hook }: HookRow, customer: string) {
  return { ...hook, ...(tiers ? { tiers: [...tiers] } : {}), customer, changedAt: changedAt.toString() };
}

function runShown({ hookRunId, askedAt, openedAt, closedAt, reference, lastError, ...run }: HookRunRow) {
  return {
    ...run,
    runId: hookRunId,
    askedAt: askedAt.toString(),
    ...(openedAt ? { openedAt: openedAt.toString() } : {}),
    ...(closedAt ? { closedAt: closedAt.toString() } : {}),
    ...(reference === null ? {} : { reference }),
    ...(lastError === null ? {} : { lastError }),
  };
}
