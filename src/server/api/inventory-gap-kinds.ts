import type { EndpointInput, EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/inventory-gaps.ts';
import { missingFields } from '#domain/fleet/completeness.ts';
import { INVENTORY_FIELDS } from '#domain/fleet/inventory-schema.ts';
import { type DependencyOrder, dependencyOrder } from '#domain/rollout/order.ts';
import { clonesAt } from '#server/api/clones.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { customerName } from '#server/api/inventory-find.ts';
import {
  type ListedMachine,
  listCustomersWithOrder,
  listOrdered,
  listSharedNames,
  type MachineFilter,
} from '#server/store/machines-views.ts';

export type Gap = EndpointResult<typeof contract.listGaps>['items'][number];
export type GapKind = EndpointInput<typeof contract.listGaps>['params']['kind'];

/** Whose gaps are asked for, and when. */
export interface GapQuestion {
  readonly customerId?: string;
  /** Without a scan for so many days a server has stopped. */
  readonly days: number;
  readonly at: Temporal.Instant;
}

/** How gaps of a kind are found: `each`, by a filter over all servers; `all`, only by looking at all of a customer's together. */
type GapFinder =
  | {
      readonly by: 'each';
      readonly title: string;
      filter(question: GapQuestion): MachineFilter;
      text(machine: ListedMachine): string;
    }
  | { readonly by: 'all'; readonly title: string; find(deps: ApiDeps, question: GapQuestion): Promise<Gap[]> };

/** Every kind of gap, in the order in which they are shown. */
export const GAPS: Readonly<Record<GapKind, GapFinder>> = {
  missing: {
    by: 'each',
    title: 'Something is unknown',
    filter: () => ({ missing: 'any' }),
    text: ({ known }) => {
      const titles = missingFields(known).map((field) => INVENTORY_FIELDS[field].title.toLowerCase());
      return `unknown: ${titles.join(', ')}`;
    },
  },
  'never-scanned': {
    by: 'each',
    title: 'Enrolled, never scanned',
    filter: () => ({ neverScanned: true }),
    text: () => 'it enrolled and never finished a scan',
  },
  stopped: {
    by: 'each',
    title: 'Stopped scanning',
    filter: ({ days, at }) => ({ notScannedSince: at.subtract({ hours: 24 * days }) }),
    text: ({ lastSync }) => `last scan ${lastSync?.toString({ smallestUnit: 'minute' })}`,
  },
  'not-enrolled': {
    by: 'each',
    title: 'Known, not enrolled',
    filter: () => ({ enrolled: false }),
    text: ({ profile: { directoryEntry } }) =>
      directoryEntry === undefined ? 'no agent asks under this name' : `stands in the directory: ${directoryEntry}`,
  },
  'shared-id': { by: 'all', title: 'Sharing a client id', find: sharedIds },
  'shared-name': { by: 'all', title: 'Sharing a name', find: sharedNames },
  'unknown-name': { by: 'all', title: 'Waiting for a server that nobody has', find: unknownNames },
  cycle: { by: 'all', title: 'Waiting for each other in a circle', find: cycles },
  'ungrouped-node': {
    by: 'each',
    title: 'Cluster node without redundancy group',
    filter: () => ({ ungroupedNode: true }),
    text: () => 'nothing keeps the other nodes up while it restarts: name its cluster as its redundancy group',
  },
};

async function sharedIds(deps: ApiDeps, { customerId, at }: GapQuestion): Promise<Gap[]> {
  const wanted = customerId && customerName(deps, customerId);
  const items = (await clonesAt(deps, at)).filter(({ customer }) => wanted === undefined || customer === wanted);
  return items.map(({ dnsName, customer, differ, machines }) => ({
    name: dnsName,
    ...(customer === undefined ? {} : { customer }),
    text: `${machines.length} machines of different ${differ} come under its client id; \`servers clones\` has the cure`,
  }));
}

async function sharedNames(deps: ApiDeps, { customerId }: GapQuestion): Promise<Gap[]> {
  const rows = await listSharedNames(deps.pool, customerId);
  return rows.map((row) => ({
    name: row.name,
    customer: customerName(deps, row.customerId),
    text: `${row.servers} servers claim the name; the one that was seen last counts`,
  }));
}

async function unknownNames(deps: ApiDeps, question: GapQuestion): Promise<Gap[]> {
  return overOrders(deps, question, ({ unknown }) =>
    unknown.map(({ name, missing }) => ({
      name,
      text: `waits for ${missing}, which no server, or more than one, is called`,
    })),
  );
}

async function cycles(deps: ApiDeps, question: GapQuestion): Promise<Gap[]> {
  return overOrders(deps, question, (order) =>
    order.cycles.map((cycle) => ({
      name: cycle[0] ?? '',
      text: `${shortened(cycle).join(' → ')}: they go one at a time`,
    })),
  );
}

async function overOrders(
  deps: ApiDeps,
  { customerId }: GapQuestion,
  read: (order: DependencyOrder) => Omit<Gap, 'customer'>[],
): Promise<Gap[]> {
  const gaps: Gap[] = [];
  for (const id of customerId === undefined ? await listCustomersWithOrder(deps.pool) : [customerId]) {
    const customer = customerName(deps, id);
    const found = read(dependencyOrder(await listOrdered(deps.pool, id)));
    gaps.push(...found.map((gap) => ({ ...gap, customer })));
  }
  return gaps;
}

/** A circle of many is told by its beginning. */
function shortened(cycle: readonly string[]): readonly string[] {
  return cycle.length <= 12 ? cycle : [...cycle.slice(0, 11), `${cycle.length - 12} more`, ...cycle.slice(-1)];
}
