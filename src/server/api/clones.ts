import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/enrolment.ts';
import { CLONE_CURE, findClones } from '#domain/fleet/clones.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { listServerNames } from '#server/store/enrolment.ts';
import { findServer } from '#server/store/servers.ts';

/** As long as two machines under one id count as clones after one of them came last. */
const LOOKED_BACK = { hours: 24 * 14 };
/** Whoever has more begins with these. */
const MOST = 1_000;

export const listClones: Handler<typeof contract.listClones> = async (deps, _input, { at }) => ({
  items: await clonesAt(deps, at),
  cure: CLONE_CURE,
});

/** The servers under whose client id several machines come. */
export async function clonesAt(
  { pool, keeper }: ApiDeps,
  at: Temporal.Instant,
): Promise<EndpointResult<typeof contract.listClones>['items']> {
  const { customers } = keeper.directory();
  const items = [];
  for (const { serverId, names } of await listServerNames(pool, at.subtract(LOOKED_BACK), MOST)) {
    const clones = findClones(names, at);
    const row = clones && (await findServer(pool, serverId));
    if (!clones || !row) continue;
    const customer = row.customerId === null ? undefined : customers.get(row.customerId);
    items.push({
      ...{ serverId, clientId: row.clientId, dnsName: row.dnsName, differ: clones.differ },
      machines: clones.machines.map(({ machine, firstSeen, lastSeen }) => ({
        machine,
        firstSeen: firstSeen.toString(),
        lastSeen: lastSeen.toString(),
      })),
      ...(customer ? { customer: customer.name } : {}),
    });
  }
  return items;
}
