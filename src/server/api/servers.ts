import type * as contract from '#contract/endpoints/fleet.ts';
import { attention } from '#server/api/attention.ts';
import { change, type Noted } from '#server/api/change.ts';
import type { ApiCaller, ApiDeps, Handler } from '#server/api/deps.ts';
import { checkZone, findCustomer, findPlan, findRegion, findServer } from '#server/api/find.ts';
import { fleet } from '#server/api/fleet-counts.ts';
import { type ServerView, serverViews } from '#server/api/server-view.ts';
import { assignServer, type ServerChange, type ServerRow, changeServer as saveServer } from '#server/store/servers.ts';

export const showServer: Handler<typeof contract.showServer> = async (deps, { params }, { at }) =>
  view(deps, await findServer(deps, params.server), at);

export const changeServer: Handler<typeof contract.changeServer> = async (deps, { params, body }, caller) => {
  const before = await findServer(deps, params.server);
  const { customer: name, ...rest } = body;
  const customer = name === undefined ? undefined : findCustomer(deps, name);
  const customerId = customer?.customerId ?? before.customerId;
  if (rest.zone) checkZone(rest.zone);
  if (rest.plan) findPlan(deps, rest.plan, customerId ?? undefined);
  const own = {
    ...(rest.zone === undefined ? {} : { zone: rest.zone }),
    ...(rest.plan === undefined ? {} : { plan: rest.plan }),
    ...(rest.mode === undefined ? {} : { mode: rest.mode }),
    ...(rest.region === undefined ? {} : { region: rest.region && findRegion(deps, rest.region).name }),
    ...(rest.group === undefined ? {} : { targetGroup: rest.group }),
    ...(rest.ownerMail === undefined ? {} : { ownerMail: rest.ownerMail }),
  };
  await change(deps, async (client) => {
    if (customer && customer.customerId !== before.customerId)
      await assignServer(client, before.serverId, customer.customerId);
    if (Object.keys(own).length > 0) await saveServer(client, before.serverId, own);
    return { outcome: undefined, noted: noted(before, customerId, own, caller) };
  });
  fleet.forget(deps);
  attention.forget(deps);
  return view(deps, await findServer(deps, before.serverId), caller.at);
};

/** A change of customer stands in the chains of both. */
function noted(
  { serverId, dnsName, customerId: former, zone, plan, mode, region, targetGroup, ownerMail }: ServerRow,
  customerId: string | null,
  own: ServerChange,
  { name: who, at }: ApiCaller,
): Noted[] {
  const subject = { server: serverId, dnsName };
  const from = { customer: former, zone, plan, mode, region, targetGroup, ownerMail };
  const facts = { from, to: { customer: customerId, ...own } };
  if (former === customerId)
    return [{ at, who, what: 'server.changed', subject, facts, customerId: former ?? undefined }];
  const chains = [former ?? undefined, customerId ?? undefined];
  return chains.map((chain) => ({ at, who, what: 'server.assigned', subject, facts, customerId: chain }));
}

async function view(deps: ApiDeps, row: ServerRow, at: Temporal.Instant): Promise<ServerView> {
  const [shown] = await serverViews(deps, [row], at);
  if (!shown) throw new Error('a server has no view');
  return shown;
}
