import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/kinds.ts';
import { CodedError } from '#contract/errors.ts';
import { KIND_TITLES, KINDS } from '#domain/approval/kinds.ts';
import { changeFacts } from '#server/api/change.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer, findPlan, findServer } from '#server/api/find.ts';
import { type CustomerRow, changeCustomer } from '#server/store/customers.ts';
import { lockKindPlans } from '#server/store/kind-plans.ts';
import { changeServer, type KindPlanNames, type ServerRow } from '#server/store/servers.ts';

export const listKinds: Handler<typeof contract.listKinds> = async (deps, { query }) => shown(await whom(deps, query));

export const setKindPlan: Handler<typeof contract.setKindPlan> = async (deps, { params, body }, { name: who, at }) => {
  const { kind } = params;
  const { customer, server } = await whom(deps, body);
  if (!customer) throw new CodedError('usage.wrong', 'server: it belongs to no customer, so that no plan is for it.');
  const { customerId } = customer;
  if (body.plan !== null) findPlan(deps, body.plan, customerId);
  const subject = { customer: customer.name, server: server?.dnsName ?? null, kind };
  const kindPlans = await changeFacts(deps, async (client) => {
    const before = await lockKindPlans(client, { customerId, serverId: server?.serverId });
    if (!before) throw new CodedError('not-found', `${server?.dnsName ?? customer.name} is no longer there.`);
    const { [kind]: former = null, ...others } = before;
    const after: KindPlanNames = body.plan === null ? others : { ...others, [kind]: body.plan };
    if (server) await changeServer(client, server.serverId, { kindPlans: after });
    else await changeCustomer(client, customerId, { kindPlans: after });
    const facts = { from: former, to: body.plan };
    return { outcome: after, noted: [{ at, who, what: 'kind-plan.set', subject, facts, customerId }] };
  });
  return shown(server ? { customer, server: { ...server, kindPlans } } : { customer: { ...customer, kindPlans } });
};

interface Whom {
  readonly customer: CustomerRow | undefined;
  readonly server?: ServerRow;
}

async function whom(
  deps: ApiDeps,
  named: { readonly customer?: string | undefined; readonly server?: string | undefined },
): Promise<Whom> {
  if ((named.customer === undefined) === (named.server === undefined))
    throw new CodedError('usage.wrong', 'Name a customer or a server, one of them.');
  if (named.customer !== undefined) return { customer: findCustomer(deps, named.customer) };
  const server = await findServer(deps, named.server ?? '');
  const customer = server.customerId === null ? undefined : deps.keeper.directory().customers.get(server.customerId);
  return { customer, server };
}

function shown({ customer, server }: Whom): EndpointResult<typeof contract.listKinds> {
  return {
    items: KINDS.map((kind) => {
      const own = server?.kindPlans[kind];
      const plan = own ?? customer?.kindPlans[kind];
      const from = own === undefined ? 'customer' : 'server';
      return { kind, title: KIND_TITLES[kind], ...(plan === undefined ? {} : { plan, from }) } as const;
    }),
  };
}
