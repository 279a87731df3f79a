import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type * as contract from '#contract/endpoints/fleet.ts';
import { CodedError } from '#contract/errors.ts';
import { changeFacts } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { Handler } from '#server/api/deps.ts';
import { checkZone, findCustomer, findPlan, findRegion } from '#server/api/find.ts';
import { enrolmentToken, replaceToken } from '#server/api/token.ts';
import { tokenDigest } from '#server/facts/directory.ts';
import {
  type CustomerRow,
  addCustomer as saveCustomer,
  changeCustomer as saveDefaults,
} from '#server/store/customers.ts';
import { countServersByCustomer } from '#server/store/fleet-views.ts';

export const listCustomers: Handler<typeof contract.listCustomers> = async ({ pool, keeper }, { query }) => {
  const [after] = query.after === undefined ? [''] : readCursor(z.tuple([z.string()]), query.after);
  const servers = await countServersByCustomer(pool);
  const sorted = [...keeper.directory().customers.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name }) => name > after);
  return pageOf(
    sorted,
    query.limit,
    ({ name }) => [name],
    (customer) => shown(customer, servers.get(customer.customerId) ?? 0),
  );
};

export const addCustomer: Handler<typeof contract.addCustomer> = async (deps, { body }, { name: who, at }) => {
  const { name, zone, region, plan, mode, strict, ownerMail } = body;
  checkZone(zone);
  if (plan !== undefined) findPlan(deps, plan);
  const token = enrolmentToken();
  const customer = {
    customerId: randomUUID(),
    name,
    zone,
    region: region === undefined ? null : findRegion(deps, region).name,
    plan: plan ?? null,
    mode,
    strict,
    ownerMail: ownerMail ?? null,
    kindPlans: {},
    createdAt: at,
  };
  await changeFacts(deps, async (client) => {
    if (!(await saveCustomer(client, customer, tokenDigest(token)))) {
      throw new CodedError('conflict.exists', `There is a customer "${name}" already.`);
    }
    const { createdAt, customerId, ...facts } = customer;
    return {
      outcome: undefined,
      noted: [{ customerId, at, who, what: 'customer.added', subject: { customer: name }, facts }],
    };
  });
  return { customer: shown(customer, 0), token };
};

export const changeCustomer: Handler<typeof contract.changeCustomer> = async (
  deps,
  { params, body },
  { name: who, at },
) => {
  const before = findCustomer(deps, params.customer);
  const { customerId, name } = before;
  if (body.zone !== undefined) checkZone(body.zone);
  if (body.plan) findPlan(deps, body.plan, customerId);
  const region = body.region ? findRegion(deps, body.region).name : body.region;
  const changed = given({ ...body, region });
  await changeFacts(deps, async (client) => {
    await saveDefaults(client, customerId, changed);
    const { zone, region, plan, mode, strict, ownerMail } = before;
    const facts = { from: { zone, region, plan, mode, strict, ownerMail }, to: { ...changed } };
    return {
      outcome: undefined,
      noted: [{ customerId, at, who, what: 'customer.changed', subject: { customer: name }, facts }],
    };
  });
  const servers = await countServersByCustomer(deps.pool);
  return shown(findCustomer(deps, customerId), servers.get(customerId) ?? 0);
};

export const rotateToken: Handler<typeof contract.rotateToken> = async (deps, { params }, caller) => ({
  token: await replaceToken(deps, findCustomer(deps, params.customer), caller),
});

function shown(customer: CustomerRow, servers: number) {
  const { customerId, name, zone, region, plan, mode, strict, ownerMail, createdAt } = customer;
  return {
    customerId,
    name,
    zone,
    mode,
    strict,
    servers,
    createdAt: createdAt.toString(),
    ...(region === null ? {} : { region }),
    ...(plan === null ? {} : { plan }),
    ...(ownerMail === null ? {} : { ownerMail }),
  };
}

/** Without the members that are there but undefined. */
function given<T extends object>(body: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as never;
}
