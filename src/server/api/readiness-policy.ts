import type * as contract from '#contract/endpoints/readiness.ts';
import { CodedError } from '#contract/errors.ts';
import { NOTHING_REPORTED } from '#domain/fleet/server.ts';
import { isReady } from '#domain/readiness/readiness.ts';
import type { ReadinessPolicy } from '#domain/readiness/readiness-policy.ts';
import { readReadinessPolicy } from '#domain/readiness/readiness-policy-file.ts';
import { changeFacts } from '#server/api/change.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { listFleet } from '#server/store/fleet-views.ts';
import { listReadiness } from '#server/store/readiness-conditions.ts';
import { addReadinessPolicy, listReadinessPolicies } from '#server/store/readiness-policies.ts';
import { listInventoryColumns } from '#server/store/scanning-server.ts';

/** What a new policy would do is told of so many servers at most. */
const MOST_COUNTED = 20_000;
const STRETCH = 1_000;

export const showReadinessPolicy: Handler<typeof contract.showReadinessPolicy> = async (deps, { query }) => {
  const customerId = customerOf(deps, query.customer);
  const rows = await listReadinessPolicies(deps.pool);
  const row = rows.find((one) => one.customerId === customerId) ?? rows.find((one) => one.customerId === null);
  const policy = plain(deps.keeper.directory().readinessPolicy(customerId ?? undefined));
  if (!row) return { of: 'shipped', policy };
  const { version: number, who, why, at } = row;
  return {
    of: row.customerId === null ? 'all' : 'customer',
    policy: plain(row.policy),
    version: { number, who, why, at: at.toString() },
  };
};

export const checkReadinessPolicy: Handler<typeof contract.checkReadinessPolicy> = async (deps, { body }, { at }) => {
  const customerId = customerOf(deps, body.customer);
  const reading = readReadinessPolicy(body.text);
  if (!reading.ok) return { problems: [...reading.problems] };
  return { problems: [], effect: await effectOf(deps, reading.value, customerId, at) };
};

export const putReadinessPolicy: Handler<typeof contract.putReadinessPolicy> = async (deps, { body }, { name, at }) => {
  const { text, who = name, why } = body;
  const customerId = customerOf(deps, body.customer);
  const reading = readReadinessPolicy(text);
  if (!reading.ok) {
    const details = reading.problems.map(({ line, column, path, message }) =>
      [`line ${line}, column ${column}:`, ...(path ? [`${path}:`] : []), message].join(' '),
    );
    throw new CodedError('readiness.policy-invalid', `The policy does not read: ${details[0]}`, details);
  }
  const policy = reading.value;
  const effect = await effectOf(deps, policy, customerId, at);
  const version = await changeFacts(deps, async (client) => {
    const added = await addReadinessPolicy(client, { customerId, policy, who, why, at });
    const noted = { at, who, what: 'readiness.policy-changed', customerId: customerId ?? undefined };
    const facts = { policy: plain(policy), ...effect, why, token: name };
    return { outcome: added, noted: [{ ...noted, subject: { version: added }, facts }] };
  });
  return { version, effect };
};

function customerOf(deps: ApiDeps, name: string | undefined): string | null {
  return name === undefined ? null : findCustomer(deps, name).customerId;
}

/** How many of the managed servers that would go by a policy are ready, now and then. */
async function effectOf(
  { pool, keeper }: ApiDeps,
  policy: ReadinessPolicy,
  customerId: string | null,
  at: Temporal.Instant,
): Promise<{ servers: number; readyNow: number; readyThen: number }> {
  const directory = keeper.directory();
  const own = new Set((await listReadinessPolicies(pool)).map((row) => row.customerId));
  const count = { servers: 0, readyNow: 0, readyThen: 0 };
  let after: readonly [string, string] | undefined;
  do {
    const filter = customerId === null ? {} : { customerId };
    const rows = await listFleet(pool, filter, { sort: 'name', after, limit: STRETCH });
    const concerned = rows.filter((row) => customerId !== null || !own.has(row.customerId));
    const ids = concerned.map(({ serverId }) => serverId);
    const [inventories, onRecord] = await Promise.all([listInventoryColumns(pool, ids), listReadiness(pool, ids, at)]);
    for (const row of concerned) {
      const facts = directory.serverFacts(row, NOTHING_REPORTED);
      const found = onRecord.get(row.serverId);
      if (!found || facts.mode !== 'managed') continue;
      const inventory = inventories.get(row.serverId)?.inventory;
      const server = inventory ? { ...facts, inventory } : facts;
      const isReadyBy = (one: ReadinessPolicy) => isReady({ ...server, readiness: { policy: one, ...found } }, at);
      count.servers += 1;
      count.readyNow += Number(isReadyBy(directory.readinessPolicy(facts.customerId)));
      count.readyThen += Number(isReadyBy(policy));
    }
    const last = rows.length < STRETCH ? undefined : rows.at(-1);
    after = last && [last.dnsName, last.serverId];
  } while (after && count.servers < MOST_COUNTED);
  return count;
}

/** A policy as answers and records hold it. */
function plain({ name, tiers }: ReadinessPolicy) {
  const { critical, high, medium, low, unknown } = tiers;
  return {
    name,
    tiers: { critical: of(critical), high: of(high), medium: of(medium), low: of(low), unknown: of(unknown) },
  };
}

function of({ known, ...demands }: ReadinessPolicy['tiers']['critical']) {
  return { ...demands, ...(known ? { known: [...known] } : {}) };
}
