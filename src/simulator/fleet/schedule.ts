/** A priority queue of things that wait for an instant (binary heap). */
export interface Schedule<Item> {
  add(at: Temporal.Instant, item: Item): void;
  /** When the first one is due; undefined when nothing waits. */
  nextAt(): Temporal.Instant | undefined;
  /** Takes out everything that is due before an instant, in order. */
  takeBefore(end: Temporal.Instant): readonly Item[];
}

interface Entry<Item> {
  readonly at: Temporal.Instant;
  /** Epoch milliseconds: orders faster than instants. */
  readonly key: number;
  readonly item: Item;
}

/** An empty schedule. Milliseconds decide; what is due in the same one comes in no certain order. */
export function createSchedule<Item>(): Schedule<Item> {
  const heap: Entry<Item>[] = [];

  function add(at: Temporal.Instant, item: Item): void {
    const entry = { at, key: at.epochMilliseconds, item };
    let index = heap.push(entry) - 1;
    for (let parent = (index - 1) >> 1; index > 0; parent = (index - 1) >> 1) {
      const above = heap[parent];
      if (above === undefined || above.key <= entry.key) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  function takeFirst(): Entry<Item> | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) sink(last);
    return first;
  }

  function sink(entry: Entry<Item>): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = heap[left + 1];
      const child = right !== undefined && right.key < (heap[left]?.key ?? 0) ? left + 1 : left;
      const below = heap[child];
      if (below === undefined || below.key >= entry.key) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = entry;
  }

  function takeBefore(end: Temporal.Instant): readonly Item[] {
    const taken: Item[] = [];
    while (heap[0] !== undefined && Temporal.Instant.compare(heap[0].at, end) < 0) {
      const entry = takeFirst();
      if (entry !== undefined) taken.push(entry.item);
    }
    return taken;
  }

  return { add, nextAt: () => heap[0]?.at, takeBefore };
}
