import * as z from 'zod';
import type * as contract from '#contract/endpoints/inventory-gaps.ts';
import { completenessOf } from '#domain/fleet/completeness.ts';
import { pageOf, readCursor, writeCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { customerName, machinesAfter } from '#server/api/inventory-find.ts';
import { GAPS, type Gap, type GapKind, type GapQuestion } from '#server/api/inventory-gap-kinds.ts';
import { countCompleteness, countMachines, listMachines, type MachineFilter } from '#server/store/machines-views.ts';

export const listGaps: Handler<typeof contract.listGaps> = async (deps, { params, query }, { at }) => {
  const question = questionOf(deps, query, at);
  const { limit, after } = query;
  const finder = GAPS[params.kind];
  if (finder.by === 'all') {
    const [start] = after === undefined ? [0] : readCursor(z.tuple([z.int().min(0)]), after);
    const gaps = (await finder.find(deps, question)).sort(byPlace);
    const next = start + limit < gaps.length ? { next: writeCursor([start + limit]) } : {};
    return { items: gaps.slice(start, start + limit), ...next };
  }
  const page = { after: machinesAfter(after), limit: limit + 1 };
  return pageOf(
    await listMachines(deps.pool, page, filterOf(finder.filter(question), question)),
    limit,
    (last) => [last.name, last.machineId],
    (row) => ({ name: row.name, customer: customerName(deps, row.customerId), text: finder.text(row) }),
  );
};

export const inventoryCompleteness: Handler<typeof contract.inventoryCompleteness> = async (
  deps,
  { query },
  { at },
) => {
  const question = questionOf(deps, query, at);
  const items = (await countCompleteness(deps.pool, question.customerId)).map(({ customerId, ...counts }) => ({
    customer: customerName(deps, customerId),
    ...completenessOf(counts),
  }));
  const gaps = [];
  for (const [kind, finder] of Object.entries(GAPS)) {
    const count =
      finder.by === 'all'
        ? (await finder.find(deps, question)).length
        : await countMachines(deps.pool, filterOf(finder.filter(question), question));
    gaps.push({ kind: kind as GapKind, title: finder.title, servers: count });
  }
  return { items: items.sort((a, b) => (a.customer < b.customer ? -1 : 1)), gaps };
};

function questionOf(
  deps: ApiDeps,
  { customer, days }: { readonly customer?: string | undefined; readonly days: number },
  at: Temporal.Instant,
): GapQuestion {
  return { days, at, ...(customer === undefined ? {} : { customerId: findCustomer(deps, customer).customerId }) };
}

function filterOf(filter: MachineFilter, { customerId }: GapQuestion): MachineFilter {
  return customerId === undefined ? filter : { ...filter, customerId };
}

function byPlace(a: Gap, b: Gap): number {
  const [left, right] = [a, b].map(({ customer = '', name, text }) => `${customer} ${name} ${text}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
