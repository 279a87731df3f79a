import * as z from 'zod';
import { CodedError } from '#contract/errors.ts';
import { readCursor } from '#server/api/cursor.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { findMachineOfServer, findMachines, type MachineRow } from '#server/store/machines.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A server of the inventory by name, first label or server id; `ambiguous` when several fit, `not-found` when none does. */
export async function findInInventory(deps: ApiDeps, name: string, customer: string | undefined): Promise<MachineRow> {
  const customerId = customer === undefined ? undefined : findCustomer(deps, customer).customerId;
  const known = GUID.test(name) ? await findMachineOfServer(deps.pool, name) : undefined;
  const rows = known ? [known] : await findMachines(deps.pool, name, customerId);
  const [row, second] = rows;
  if (!row) throw new CodedError('not-found', `The inventory has no server "${name}".`);
  if (!second) return row;
  const candidates = rows.map((one) => `${one.name}  ${customerName(deps, one.customerId)}`);
  throw new CodedError('ambiguous', `${rows.length} servers are called "${name}".`, candidates);
}

/** Where a list of machines goes on; its cursors are name and id of the last one shown. */
export function machinesAfter(cursor: string | undefined): { name: string; machineId: string } | undefined {
  if (cursor === undefined) return undefined;
  const [name, machineId] = readCursor(z.tuple([z.string(), z.guid()]), cursor);
  return { name, machineId };
}

/** The name of a customer by its id. */
export function customerName({ keeper }: ApiDeps, customerId: string): string {
  return keeper.directory().customers.get(customerId)?.name ?? customerId;
}
