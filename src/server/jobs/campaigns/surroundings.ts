import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { paceOf } from '#domain/decide/questions.ts';
import { NOTHING_REPORTED } from '#domain/fleet/server.ts';
import { dependencyOrder } from '#domain/rollout/order.ts';
import { type Neighbours, neighbourhoods, type Surroundings } from '#domain/rollout/sweep.ts';
import { byLost, type GroupStanding } from '#domain/rollout/turns.ts';
import {
  listDependencies,
  listGroupLimits,
  listNeighbours,
  type NeighbourRow,
} from '#server/store/campaigns/groups.ts';
import type { Work } from './work.ts';

/** Who stands around some candidates, and how their groups stand. */
export interface Around {
  readonly surroundings: Surroundings;
  readonly groups: ReadonlyMap<string, GroupStanding>;
}

interface KnownOrder {
  readonly inventory: number;
  readonly neighbours: ReadonlyMap<string, Neighbours>;
  /** Group of a cycle → its members. */
  readonly cycles: ReadonlyMap<string, readonly string[]>;
}

/** Customers whose order is kept in memory; it is worked out again when the inventory has changed. */
const MOST_KEPT = 1_000;
const kept = new WeakMap<object, Map<string, KnownOrder>>();

/** Looks at the servers that stand in a group with candidates, or in their dependencies, over all campaigns of the customer. */
export async function lookAround(
  work: Work,
  keeper: object,
  candidates: readonly { readonly name: string; readonly groups: readonly string[] }[],
): Promise<Around> {
  const { client, campaign, at, facts } = work;
  const order = await orderOf(work, keeper);
  const groups = new Set<string>();
  const names = new Set<string>();
  for (const { name, groups: own } of candidates) {
    const near = order.neighbours.get(name);
    for (const group of own) groups.add(group);
    for (const other of near?.beside ?? []) names.add(other);
    for (const cycle of near?.groups ?? []) for (const other of order.cycles.get(cycle) ?? []) names.add(other);
  }
  const rows = await listNeighbours(client, campaign, [...groups], [...names], at);
  const byName = new Map(rows.map((row) => [row.name, row]));
  const mayBeDown = downFinder(facts);
  const holders = new Set(rows.filter(mayBeDown).map(({ name }) => name));
  const limits = await listGroupLimits(client, campaign.customerId, [...groups]);
  const standings = new Map<string, GroupStanding>();
  for (const [group, members] of [...membersOf(rows, groups), ...cyclesOf(order.cycles, byName)]) {
    standings.set(group, {
      atOnce: limits.get(group) ?? 1,
      holders: members.filter(({ name }) => holders.has(name)).map(({ name }) => name),
      nights: new Set(members.flatMap((row) => nightsOf(work, row))),
      ...reservedFor(members),
    });
  }
  return {
    surroundings: {
      neighbours: order.neighbours,
      positionOf: (name) => positionIn(byName.get(name)),
      holds: (name) => holders.has(name),
      weekGates: campaign.plan.weekGate !== undefined,
    },
    groups: standings,
  };
}

async function orderOf({ client, campaign, inventory }: Work, keeper: object): Promise<KnownOrder> {
  const perCustomer = kept.get(keeper) ?? new Map<string, KnownOrder>();
  kept.set(keeper, perCustomer);
  const known = perCustomer.get(campaign.customerId);
  if (known?.inventory === inventory) return known;
  const order = dependencyOrder(await listDependencies(client, campaign.customerId));
  const cycles = Map.groupBy(order.cycleOf.keys(), (name) => `cycle:${order.cycleOf.get(name)}`);
  const fresh = { inventory, neighbours: neighbourhoods(order), cycles };
  if (perCustomer.size >= MOST_KEPT) perCustomer.clear();
  perCustomer.set(campaign.customerId, fresh);
  return fresh;
}

/** A server may be down while it holds a seat, waits for a restart, or was told to install what may restart it. */
function downFinder(facts: Facts): (row: NeighbourRow) => boolean {
  const known = new Map<UpdateId, boolean>();
  const restarts = (updateId: UpdateId): boolean => {
    const found = known.get(updateId);
    if (found !== undefined) return found;
    const update = facts.catalogue.latest(updateId);
    const pace = update && paceOf(update, facts);
    const answer = !pace || !(pace.definition || pace.quiet);
    known.set(updateId, answer);
    return answer;
  };
  return ({ holds, outstanding }) => holds || outstanding.some(restarts);
}

function membersOf(rows: readonly NeighbourRow[], groups: ReadonlySet<string>): Map<string, NeighbourRow[]> {
  const members = new Map([...groups].map((group): [string, NeighbourRow[]] => [group, []]));
  for (const row of rows) for (const group of row.groups) members.get(group)?.push(row);
  return members;
}

function cyclesOf(
  cycles: ReadonlyMap<string, readonly string[]>,
  byName: ReadonlyMap<string, NeighbourRow>,
): [string, NeighbourRow[]][] {
  return [...cycles].map(([group, names]) => [group, names.flatMap((name) => byName.get(name) ?? [])]);
}

/** The member that lost the most windows to the others: the next one is its own. */
function reservedFor(members: readonly NeighbourRow[]): Pick<GroupStanding, 'reserved'> {
  const [first] = members
    .flatMap(({ name, state, lost, dueAt }) =>
      state === 'waiting' && lost && dueAt ? [{ name, lost, from: dueAt }] : [],
    )
    .sort(byLost);
  return first ? { reserved: first } : {};
}

function nightsOf({ directory }: Work, row: NeighbourRow): string[] {
  if (row.windows.length === 0) return [];
  const { zone } = directory.serverFacts(row, NOTHING_REPORTED);
  return row.windows.map((start) => Temporal.Instant.from(start).toZonedDateTimeISO(zone).toPlainDate().toString());
}

function positionIn(row: NeighbourRow | undefined): ReturnType<Surroundings['positionOf']> {
  if (!row || row.state === null || row.releaseWeek === null) return undefined;
  return { releaseWeek: row.releaseWeek, state: row.state, ...(row.wave === null ? {} : { wave: row.wave }) };
}
