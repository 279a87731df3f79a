import * as z from 'zod';
import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/rollout.ts';
import { CodedError } from '#contract/errors.ts';
import { conditionWords, placeServer as placeIn, placingRule } from '#domain/rollout/placement.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { diffRolloutPlans as diff } from '#domain/rollout/rollout-plan-diff.ts';
import { readRolloutPlan } from '#domain/rollout/rollout-plan-schema.ts';
import { writeRolloutPlan } from '#domain/rollout/rollout-plan-text.ts';
import { FOUR_WAVES } from '#domain/rollout/shipped-plans.ts';
import { changeFacts } from '#server/api/change.ts';
import { readCursor, writeCursor } from '#server/api/cursor.ts';
import type { Handler } from '#server/api/deps.ts';
import { problemLines } from '#server/api/file-problems.ts';
import { findCustomer, findServer } from '#server/api/find.ts';
import { previewRollout, serverToPlace } from '#server/api/rollout-preview.ts';
import type { CustomerRow } from '#server/store/customers.ts';
import type { Db } from '#server/store/pool.ts';
import {
  approveRolloutPlan as approve,
  findRolloutPlan,
  lockRolloutPlans,
  listRolloutPlans as pageOfVersions,
  plainRolloutPlan,
  putRolloutPlan as put,
  type RolloutPlanRow,
} from '#server/store/rollout-plans.ts';
import { findServerToPlace } from '#server/store/rollout-servers.ts';

const NEWEST = 2 ** 31 - 1;

type VersionState = EndpointResult<typeof contract.showRolloutPlan>['state'];

export const showRolloutPlan: Handler<typeof contract.showRolloutPlan> = async (deps, { params, query }) => {
  const customer = findCustomer(deps, params.customer);
  const inForce = await findRolloutPlan(deps.pool, customer.customerId);
  const row = await findVersion(deps.pool, customer, query.version);
  return { ...shown(row, inForce), ...written(row.plan) };
};

export const shippedRolloutPlan: Handler<typeof contract.shippedRolloutPlan> = async () => written(FOUR_WAVES);

export const listRolloutPlans: Handler<typeof contract.listRolloutPlans> = async (deps, { params, query }) => {
  const { customerId } = findCustomer(deps, params.customer);
  const [before] = query.after === undefined ? [NEWEST] : readCursor(z.tuple([z.int32()]), query.after);
  const inForce = await findRolloutPlan(deps.pool, customerId);
  const rows = await pageOfVersions(deps.pool, customerId, before, query.limit);
  const last = rows.at(-1);
  const more = last !== undefined && rows.length === query.limit && last.version > 1;
  return { items: rows.map((row) => shown(row, inForce)), ...(more ? { next: writeCursor([last.version]) } : {}) };
};

export const diffRolloutPlans: Handler<typeof contract.diffRolloutPlans> = async ({ pool, ...deps }, input) => {
  const customer = findCustomer({ pool, ...deps }, input.params.customer);
  const [from, to] = await Promise.all([
    findVersion(pool, customer, input.query.from),
    findVersion(pool, customer, input.query.to),
  ]);
  return { from: from.version, to: to.version, changes: [...diff(from.plan, to.plan)] };
};

export const checkRolloutPlan: Handler<typeof contract.checkRolloutPlan> = async (deps, { params, body }) => {
  const { customerId } = findCustomer(deps, params.customer);
  const inForce = (await findRolloutPlan(deps.pool, customerId))?.plan;
  const reading = readRolloutPlan(body.text);
  if (!reading.ok) return { problems: [...reading.problems], waits: inForce?.twoPersons === true };
  const effect = await previewRollout(deps, customerId, reading.value, inForce);
  return { problems: [], effect, waits: needsAnother(reading.value, inForce) };
};

export const putRolloutPlan: Handler<typeof contract.putRolloutPlan> = async (deps, { params, body }, { name, at }) => {
  const { customerId, name: customer } = findCustomer(deps, params.customer);
  const { text, who = name, why } = body;
  const plan = read(text);
  const effect = await previewRollout(deps, customerId, plan, (await findRolloutPlan(deps.pool, customerId))?.plan);
  const { version, waits } = await changeFacts(deps, async (client) => {
    await lockRolloutPlans(client, customerId);
    const inForce = await findRolloutPlan(client, customerId);
    const waits = needsAnother(plan, inForce?.plan);
    const approval = waits ? { approvedBy: null, approvedAt: null } : { approvedBy: who, approvedAt: at };
    const version = await put(client, { customerId, plan, who, token: name, why, at, ...approval });
    const facts = { from: inForce?.version ?? 0, why, token: name, plan: plainRolloutPlan(plan), ...figures(effect) };
    const what = waits ? 'rollout-plan.proposed' : 'rollout-plan.changed';
    return {
      outcome: { version, waits },
      noted: [{ customerId, at, who, what, subject: { customer, version }, facts }],
    };
  });
  return { version, waits, effect };
};

export const approveRolloutPlan: Handler<typeof contract.approveRolloutPlan> = async (
  deps,
  { params, body },
  { name, at },
) => {
  const customer = findCustomer(deps, params.customer);
  const { customerId } = customer;
  const { version } = params;
  const { who = name, why } = body;
  const waiting = await findVersion(deps.pool, customer, version);
  const before = (await findRolloutPlan(deps.pool, customerId))?.plan;
  const effect = await previewRollout(deps, customerId, waiting.plan, before);
  await changeFacts(deps, async (client) => {
    await lockRolloutPlans(client, customerId);
    if (waiting.approvedBy === null && waiting.token === name)
      throw new CodedError('rollout.same-person', `The token "${name}" wrote version ${version} itself.`);
    if (!(await approve(client, { customerId, version, who, at }))) {
      const { approvedBy } = await findVersion(client, customer, version);
      const reason = approvedBy === null ? 'a later version is in force' : `${approvedBy} approved it`;
      throw new CodedError('rollout.not-waiting', `Version ${version} does not wait: ${reason}.`);
    }
    const facts = { author: waiting.who, why, token: name, ...figures(effect) };
    const subject = { customer: customer.name, version };
    return { outcome: undefined, noted: [{ customerId, at, who, what: 'rollout-plan.approved', subject, facts }] };
  });
  return { version, effect };
};

export const rolloutCoverage: Handler<typeof contract.rolloutCoverage> = async (deps, { params, query }) => {
  const customer = findCustomer(deps, params.customer);
  const { plan, version } = await findVersion(deps.pool, customer, query.version);
  const { coverage, servers, unplaced } = await previewRollout(deps, customer.customerId, plan, undefined);
  return { ...coverage, version, servers, unplaced: unplaced.servers };
};

export const placeServer: Handler<typeof contract.placeServer> = async (deps, { params }) => {
  const { serverId, customerId } = await findServer(deps, params.server);
  const row = await findServerToPlace(deps.pool, serverId);
  const customer = customerId === null ? undefined : deps.keeper.directory().customers.get(customerId);
  if (!row || !customer)
    throw new CodedError('not-found', `The server "${params.server}" belongs to no customer, so no plan places it.`);
  const { plan, version } = await findVersion(deps.pool, customer, undefined);
  const { subject } = serverToPlace(deps, row);
  const rule = placingRule(plan, subject);
  const place = placeIn(plan, subject);
  const wave = place === undefined ? undefined : plan.waves[place];
  return {
    server: row.dnsName,
    customer: customer.name,
    version,
    ...(place !== undefined && wave ? { wave: { place: place + 1, name: wave.name, title: wave.title } } : {}),
    ...(rule ? { rule: { place: plan.placement.indexOf(rule) + 1, words: conditionWords(rule.when) } } : {}),
    kinds: [...plan.kinds],
  };
};

/** The plan of a text that must read; `rollout.invalid` with every problem else. */
function read(text: string): RolloutPlan {
  const reading = readRolloutPlan(text);
  if (reading.ok) return reading.value;
  const details = problemLines(reading.problems);
  throw new CodedError('rollout.invalid', `The rollout plan does not read: ${details[0]}`, details);
}

/** A version, or without a number the one in force; `not-found` else. */
async function findVersion(
  db: Db,
  { customerId, name }: CustomerRow,
  version: number | undefined,
): Promise<RolloutPlanRow> {
  const row = await findRolloutPlan(db, customerId, version);
  if (row) return row;
  const missing = version === undefined ? 'no rollout plan in force' : `no version ${version} of a rollout plan`;
  throw new CodedError('not-found', `The customer "${name}" has ${missing}.`);
}

/** A version by which nobody approves alone cannot be left by one person alone either. */
function needsAnother(plan: RolloutPlan, inForce: RolloutPlan | undefined): boolean {
  return plan.twoPersons || inForce?.twoPersons === true;
}

function written(plan: RolloutPlan) {
  return { text: writeRolloutPlan(plan), plan: { ...plan } };
}

/** What the record keeps of a preview. */
function figures({ waves, unplaced, moved, coverage }: Awaited<ReturnType<typeof previewRollout>>) {
  const servers = Object.fromEntries(waves.map((one) => [one.wave, one.servers]));
  return {
    servers,
    unplaced: unplaced.servers,
    moved,
    combinationsWithoutPilot: coverage.combinations - coverage.covered,
  };
}

function shown(row: RolloutPlanRow, inForce: RolloutPlanRow | undefined) {
  const { version, who, why, at, approvedBy, approvedAt } = row;
  return {
    version,
    state: stateOf(row, inForce),
    who,
    why,
    at: at.toString(),
    ...(approvedBy === null ? {} : { approvedBy }),
    ...(approvedAt === null ? {} : { approvedAt: approvedAt.toString() }),
  };
}

function stateOf({ version, approvedAt }: RolloutPlanRow, inForce: RolloutPlanRow | undefined): VersionState {
  if (version === inForce?.version) return 'in-force';
  if (approvedAt !== null) return 'former';
  return inForce === undefined || version > inForce.version ? 'waiting' : 'passed-over';
}
