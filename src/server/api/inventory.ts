import * as z from 'zod';
import type * as contract from '#contract/endpoints/inventory.ts';
import { CodedError } from '#contract/errors.ts';
import { didYouMean } from '#domain/approval/did-you-mean.ts';
import { fieldText } from '#domain/fleet/csv-columns.ts';
import { effectiveInventory } from '#domain/fleet/effective.ts';
import type { Inventory, InventoryField } from '#domain/fleet/inventory.ts';
import type { InventoryChange, Said } from '#domain/fleet/inventory-change.ts';
import { INVENTORY_FIELDS, readServerName, readStatementValue } from '#domain/fleet/inventory-schema.ts';
import { attention } from '#server/api/attention.ts';
import { change } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiCaller, ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { fleet } from '#server/api/fleet-counts.ts';
import { customerName, findInInventory, machinesAfter } from '#server/api/inventory-find.ts';
import { conflictView, machineDetails, machineView, statementView } from '#server/api/inventory-view.ts';
import {
  addMachines,
  applyStatements,
  findMachineById,
  findMachines,
  listStatements,
  type MachineRow,
  removeMachine,
} from '#server/store/machines.ts';
import { listHistory, listMachines } from '#server/store/machines-views.ts';

export const listInventory: Handler<typeof contract.listInventory> = async (deps, { query }) => {
  const { customer, search, role, enrolled, missing, limit } = query;
  const page = { after: machinesAfter(query.after), limit: limit + 1 };
  const rows = await listMachines(deps.pool, page, {
    ...(customer === undefined ? {} : { customerId: findCustomer(deps, customer).customerId }),
    ...(search === undefined ? {} : { search }),
    ...(role === undefined ? {} : { role }),
    ...(enrolled === undefined ? {} : { enrolled: enrolled === 'true' }),
    ...(missing === undefined ? {} : { missing }),
  });
  return pageOf(
    rows,
    limit,
    (last) => [last.name, last.machineId],
    (row) => machineView(deps, row),
  );
};

export const showMachine: Handler<typeof contract.showMachine> = async (deps, { params, query }) =>
  machineDetails(deps, await findInInventory(deps, params.server, query.customer));

export const setInventory: Handler<typeof contract.setInventory> = async (deps, { params, query, body }, caller) => {
  const { fields, add, who = caller.name, why } = body;
  const found = await findOrName(deps, params.server, query.customer, add);
  const said = readFields(deps, fields, found.customerId);
  const machineId = await change(deps, async (client) => {
    const machine = found.row ?? (await addMachines(client, found.customerId, [found.name], caller.at))[0];
    if (!machine) throw new Error('a machine that was just added is gone');
    const changed = await applyStatements(client, machine, said, who, 'person', caller.at);
    const what = found.row ? 'inventory.set' : 'inventory.added';
    return { outcome: machine.machineId, noted: [noted(machine, what, changed, { who, why }, caller)] };
  });
  return changedDetails(deps, machineId);
};

export const settleConflict: Handler<typeof contract.settleConflict> = async (
  deps,
  { params, query, body },
  caller,
) => {
  const { field, source, who = caller.name, why } = body;
  const machine = await findInInventory(deps, params.server, query.customer);
  await change(deps, async (client) => {
    const statements = (await listStatements(client, [machine.machineId])).get(machine.machineId) ?? [];
    const chosen = statements.find((one) => one.field === field && one.source === source);
    if (!chosen) throw new CodedError('not-found', `${source} says nothing of ${machine.name}: ${field}.`);
    const said = [{ field, value: chosen.value }];
    const changed = await applyStatements(client, machine, said, who, 'person', caller.at);
    return { outcome: undefined, noted: [noted(machine, 'inventory.settled', changed, { who, why, source }, caller)] };
  });
  return changedDetails(deps, machine.machineId);
};

export const removeFromInventory: Handler<typeof contract.removeFromInventory> = async (
  deps,
  { params, query },
  { name: token, at },
) => {
  const { who = token, why } = query;
  const machine = await findInInventory(deps, params.server, query.customer);
  const { customerId, machineId, name } = machine;
  await change(deps, async (client) => {
    if (!(await removeMachine(client, machineId)))
      throw new CodedError('inventory.enrolled', `${name} is enrolled, or was removed already.`);
    const facts = { why, token, known: texts(machine.profile) };
    return {
      outcome: undefined,
      noted: [{ at, who, what: 'inventory.removed', subject: { server: name, machineId }, facts, customerId }],
    };
  });
  return machineView(deps, { ...machine, known: machine.profile });
};

export const inventoryHistory: Handler<typeof contract.inventoryHistory> = async (deps, { params, query }) => {
  const { customer, after, limit } = query;
  const { machineId } = await findInInventory(deps, params.server, customer);
  const place = after === undefined ? undefined : readCursor(z.tuple([z.iso.datetime(), z.guid()]), after);
  const from = place && { at: Temporal.Instant.from(place[0]), factId: place[1] };
  const rows = await listHistory(deps.pool, machineId, from, limit + 1);
  return pageOf(
    rows,
    limit,
    (last) => [last.at.toString(), last.factId],
    ({ endedAt, endedBy, ...row }) => ({
      field: row.field,
      title: INVENTORY_FIELDS[row.field].title,
      ...statementView(row),
      ...(endedAt ? { endedAt: endedAt.toString() } : {}),
      ...(endedBy === null ? {} : { endedBy }),
    }),
  );
};

export const listInventoryConflicts: Handler<typeof contract.listInventoryConflicts> = async (deps, { query }) => {
  const { customer, after, limit } = query;
  const rows = await listMachines(
    deps.pool,
    { after: machinesAfter(after), limit: limit + 1 },
    {
      inConflict: true,
      ...(customer === undefined ? {} : { customerId: findCustomer(deps, customer).customerId }),
    },
  );
  const statements = await listStatements(
    deps.pool,
    rows.map(({ machineId }) => machineId),
  );
  return pageOf(
    rows,
    limit,
    (last) => [last.name, last.machineId],
    ({ name, machineId, customerId }) => {
      const { conflicts } = effectiveInventory(statements.get(machineId) ?? []);
      return { name, customer: customerName(deps, customerId), conflicts: conflicts.map(conflictView) };
    },
  );
};

interface Named {
  readonly customerId: string;
  readonly name: string;
  /** Absent: to be added. */
  readonly row?: MachineRow;
}

/** The machine that is spoken of, or the name under which one is to be added. */
async function findOrName(deps: ApiDeps, given: string, customer: string | undefined, add: boolean): Promise<Named> {
  const customerId = customer === undefined ? undefined : findCustomer(deps, customer).customerId;
  if (!add || customerId === undefined) {
    if (add) throw new CodedError('usage.wrong', 'customer: name the customer to whom the server is to be added');
    const row = await findInInventory(deps, given, customer);
    return { customerId: row.customerId, name: row.name, row };
  }
  const name = readServerName(given);
  if (name === undefined) throw new CodedError('inventory.invalid', `"${given}" is not the name of a server.`);
  if ((await findMachines(deps.pool, name, customerId)).length > 0)
    throw new CodedError('conflict.exists', `The inventory has a server "${name}" already.`);
  return { customerId, name };
}

/** What is said of each field, checked; `inventory.invalid` with every problem. */
function readFields(
  { keeper }: ApiDeps,
  fields: Readonly<Partial<Record<InventoryField, unknown>>>,
  customerId: string,
): readonly Said[] {
  const problems: string[] = [];
  const plans = keeper.directory();
  const said = (Object.entries(fields) as [InventoryField, unknown][]).flatMap(([field, input]): Said[] => {
    if (input === null) return [{ field, value: null }];
    const reading = readStatementValue(field, input);
    if (!reading.ok) {
      problems.push(
        ...reading.problems.map(({ path, message }) => `${[field, path].filter(Boolean).join('.')}: ${message}`),
      );
      return [];
    }
    if (field === 'window' && !plans.plan(String(reading.value), customerId)) {
      const known = plans.plans.map(({ name }) => name);
      problems.push(`window: there is no plan "${reading.value}".${didYouMean(String(reading.value), known)}`);
    }
    return [{ field, value: reading.value }];
  });
  if (problems.length > 0) throw new CodedError('inventory.invalid', problems[0] ?? '', problems);
  if (said.length === 0) throw new CodedError('usage.wrong', 'fields: name at least one');
  return said;
}

function noted(
  { machineId, name, customerId }: MachineRow,
  what: string,
  { begun, ended, before, after }: InventoryChange,
  { who, ...more }: { readonly who: string; readonly why: string; readonly source?: string },
  { name: token, at }: ApiCaller,
) {
  const fields = [...new Set([...begun.map(({ field }) => field), ...ended])];
  const facts = { fields, from: texts(before, fields), to: texts(after, fields), token, ...more };
  return { at, who, what, subject: { server: name, machineId }, facts, customerId };
}

/** Fields as text, for the record. */
function texts(inventory: Inventory, only?: readonly InventoryField[]): Record<string, string> {
  const entries = Object.entries(inventory) as [InventoryField, never][];
  return Object.fromEntries(
    entries
      .filter(([field]) => only?.includes(field) ?? true)
      .map(([field, value]) => [field, fieldText(field, value)]),
  );
}

async function changedDetails(deps: ApiDeps, machineId: string) {
  fleet.forget(deps);
  attention.forget(deps);
  const row = await findMachineById(deps.pool, machineId);
  if (!row) throw new CodedError('not-found', 'The server was removed meanwhile.');
  return machineDetails(deps, row);
}
