import * as z from 'zod';
import type * as contract from '#contract/endpoints/inventory-groups.ts';
import { ROLE_NAMES } from '#domain/fleet/roles.ts';
import { change } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { roleView } from '#server/api/inventory-view.ts';
import { touchInventory } from '#server/store/machines.ts';
import { listRecoveryPaths, setRecoveryPath } from '#server/store/machines-recovery.ts';
import { listRedundancyGroups, setRedundancyGroup } from '#server/store/redundancy-groups.ts';

export const listGroups: Handler<typeof contract.listGroups> = async (deps, { query }) => {
  const { customerId } = findCustomer(deps, query.customer);
  const [after] = query.after === undefined ? [undefined] : readCursor(z.tuple([z.string()]), query.after);
  const rows = await listRedundancyGroups(deps.pool, customerId, after, query.limit + 1);
  return pageOf(
    rows,
    query.limit,
    ({ name }) => [name],
    (row) => row,
  );
};

export const setGroup: Handler<typeof contract.setGroup> = async (
  deps,
  { params, query, body },
  { name: token, at },
) => {
  const { customerId } = findCustomer(deps, query.customer);
  const { atOnce, who = token, why } = body;
  const name = params.group.toLowerCase();
  await change(deps, async (client) => {
    await setRedundancyGroup(client, { customerId, name, atOnce }, at);
    await touchInventory(client);
    const facts = { atOnce, why, token };
    return {
      outcome: undefined,
      noted: [{ at, who, what: 'inventory.group-set', subject: { group: name }, facts, customerId }],
    };
  });
  return { name, atOnce };
};

export const listRoles: Handler<typeof contract.listRoles> = async (deps, { query }) => {
  const { customer } = query;
  const own =
    customer === undefined ? new Map() : await listRecoveryPaths(deps.pool, findCustomer(deps, customer).customerId);
  return { items: ROLE_NAMES.map((role) => roleView(role, own)) };
};

export const setRecovery: Handler<typeof contract.setRecovery> = async (
  deps,
  { params, query, body },
  { name: token, at },
) => {
  const { customerId } = findCustomer(deps, query.customer);
  const { recovery, who = token, why } = body;
  const { role } = params;
  await change(deps, async (client) => {
    await setRecoveryPath(client, customerId, role, recovery ?? undefined, at);
    const facts = { recovery, why, token };
    return {
      outcome: undefined,
      noted: [{ at, who, what: 'inventory.recovery-set', subject: { role }, facts, customerId }],
    };
  });
  return roleView(role, recovery === null ? new Map() : new Map([[role, recovery]]));
};
