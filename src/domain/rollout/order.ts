import { firstLabel } from '#domain/fleet/first-label.ts';
/** What the order of servers goes by. Names are DNS names or first labels, of one customer. */
export interface Ordered {
  readonly name: string;
  /** Servers that it cannot work without. */
  readonly needs?: readonly string[];
  /** Servers that must have restarted before it does. */
  readonly restartAfter?: readonly string[];
}

/** Who goes before whom, and what in the data is wrong. Names are in lower case, those of servers as they are called in full. */
export interface DependencyOrder {
  /** Name → names that go before it; those with which it stands in a cycle are left out, and so are servers that wait for none. */
  readonly before: ReadonlyMap<string, readonly string[]>;
  /** Cycles, each in its order, the first name again at the end: `a`, `b`, `a`. A tangle of many is shown by a few of them. */
  readonly cycles: readonly (readonly string[])[];
  /** Every server that stands in a cycle → the name of its tangle, its first member: they go one at a time, in any order. */
  readonly cycleOf: ReadonlyMap<string, string>;
  /** Names in `needs` or `restartAfter` that no server has, or that several have. */
  readonly unknown: readonly { readonly name: string; readonly missing: string }[];
}

/** So many cycles are shown of one tangle. */
const CYCLES_SHOWN = 8;

/**
 * Reads the dependencies of a customer's servers as an order. A name means the server that has it in full, or else the only one with that
 * first label. Linear in servers and dependencies; of two servers with one name the first counts.
 */
export function dependencyOrder(servers: readonly Ordered[]): DependencyOrder {
  const { names, edges, unknown } = readGraph(servers);
  const component = components(edges);
  const members = Map.groupBy(component.keys(), (node) => component[node] ?? 0);
  const nameOf = (node: number) => names[node] ?? '';
  const inOrder = (nodes: readonly number[]) => nodes.map(nameOf).sort();
  const tangles = [...members.values()].filter(
    ([node = 0, other]) => other !== undefined || edges[node]?.includes(node),
  );
  const before = new Map<string, readonly string[]>();
  for (const [node, targets] of edges.entries()) {
    const others = targets.filter((target) => component[target] !== component[node]);
    if (others.length > 0) before.set(nameOf(node), inOrder(others));
  }
  const cycleOf = new Map<string, string>();
  for (const tangle of tangles) {
    const [first = ''] = inOrder(tangle);
    for (const node of tangle) cycleOf.set(nameOf(node), first);
  }
  const cycles = tangles.flatMap((tangle) => cyclesOf(tangle, edges, component, nameOf));
  return { before, cycles: cycles.sort(byText), cycleOf, unknown };
}

interface Graph {
  readonly names: readonly string[];
  /** Place → places that go before it, each once. */
  readonly edges: readonly (readonly number[])[];
  readonly unknown: { name: string; missing: string }[];
}

function readGraph(servers: readonly Ordered[]): Graph {
  const places = new Map<string, number>();
  for (const { name } of servers) {
    const full = name.toLowerCase();
    if (!places.has(full)) places.set(full, places.size);
  }
  const names = [...places.keys()];
  const byLabel = Map.groupBy(names.keys(), (place) => firstLabel(names[place] ?? ''));
  const find = (text: string): number | undefined => {
    const name = text.toLowerCase();
    const label = firstLabel(name);
    if (label !== name) return places.get(name) ?? places.get(label);
    const same = byLabel.get(name) ?? [];
    return places.get(name) ?? (same.length === 1 ? same[0] : undefined);
  };
  const edges = names.map((): number[] => []);
  const unknown: { name: string; missing: string }[] = [];
  const read = new Set<number>();
  for (const { name, needs = [], restartAfter = [] } of servers) {
    const place = places.get(name.toLowerCase()) ?? 0;
    if (read.has(place)) continue;
    read.add(place);
    const found = new Set<number>();
    for (const text of new Set([...needs, ...restartAfter])) {
      const target = find(text);
      if (target === undefined) unknown.push({ name: names[place] ?? '', missing: text.toLowerCase() });
      else found.add(target);
    }
    edges[place] = [...found];
  }
  return { names, edges, unknown };
}

/** The strongly connected component of each place, after Tarjan; with a stack of its own, since chains may be longer than the machine's. */
function components(edges: Graph['edges']): readonly number[] {
  const index = new Int32Array(edges.length).fill(-1);
  const low = new Int32Array(edges.length);
  const done = new Int32Array(edges.length);
  const component = new Array<number>(edges.length).fill(-1);
  const open: number[] = [];
  const path: number[] = [];
  let visited = 0;
  let found = 0;
  const enter = (node: number) => {
    index[node] = low[node] = visited;
    visited += 1;
    open.push(node);
    path.push(node);
  };
  const leave = (node: number) => {
    path.pop();
    const from = path.at(-1);
    if (from !== undefined) low[from] = Math.min(low[from] ?? 0, low[node] ?? 0);
    if (low[node] !== index[node]) return;
    for (const member of open.splice(open.lastIndexOf(node))) component[member] = found;
    found += 1;
  };
  for (const start of edges.keys()) {
    if (index[start] === -1) enter(start);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const target = edges[node]?.[done[node] ?? 0];
      done[node] = (done[node] ?? 0) + 1;
      if (target === undefined) leave(node);
      else if (index[target] === -1) enter(target);
      else if (component[target] === -1) low[node] = Math.min(low[node] ?? 0, index[target] ?? 0);
    }
  }
  return component;
}

/** A few shortest cycles of a component that between them pass its members. */
function cyclesOf(
  tangle: readonly number[],
  edges: Graph['edges'],
  component: readonly number[],
  nameOf: (node: number) => string,
): string[][] {
  const passed = new Set<number>();
  const cycles: string[][] = [];
  for (const start of tangle.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    if (cycles.length === CYCLES_SHOWN) break;
    if (passed.has(start)) continue;
    const cycle = shortestCycle(start, edges, component);
    for (const node of cycle) passed.add(node);
    cycles.push(cycle.map(nameOf));
  }
  return cycles;
}

/** The way from a place back to itself, both ends named. Breadth first; there is one, since the place lies in a cycle. */
function shortestCycle(start: number, edges: Graph['edges'], component: readonly number[]): number[] {
  const from = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const target of edges[node] ?? []) {
      if (component[target] !== component[start] || from.has(target)) continue;
      from.set(target, node);
      if (target === start) return wayBack(start, from);
      queue.push(target);
    }
  }
  return [start];
}

function wayBack(start: number, from: ReadonlyMap<number, number>): number[] {
  const way = [start];
  for (let node = from.get(start) ?? start; node !== start; node = from.get(node) ?? start) way.push(node);
  way.push(start);
  return way.reverse();
}

function byText(a: readonly string[], b: readonly string[]): number {
  return a.join() < b.join() ? -1 : 1;
}
