/** How much is done together. */
export interface Grouping {
  /** Items of one group at most. */
  readonly most: number;
  /** Groups under way at the same time. */
  readonly lanes: number;
}

/**
 * Does together what comes while earlier work is under way: one transaction, and one wait for the disk, for many requests. Nothing waits when
 * nothing is under way. Each item has its own outcome, in the order of the group; when a group fails, its items are tried one by one, so
 * that one that cannot be done does not take the others with it.
 */
export function grouped<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { most, lanes }: Grouping,
): (item: Item) => Promise<Result> {
  interface Waiting extends PromiseWithResolvers<Result> {
    readonly item: Item;
  }
  const queue: Waiting[] = [];
  let busy = 0;

  async function alone({ item, resolve, reject }: Waiting): Promise<void> {
    await work([item]).then(([result]) => resolve(result as Result), reject);
  }

  async function together(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await work(group.map(({ item }) => item));
      for (const [at, { resolve }] of group.entries()) resolve(results[at] as Result);
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else await Promise.all(group.map(alone));
    }
  }

  async function runLane(): Promise<void> {
    busy += 1;
    while (queue.length > 0) await together(queue.splice(0, most));
    busy -= 1;
  }

  return (item) => {
    const waiting = { item, ...Promise.withResolvers<Result>() };
    queue.push(waiting);
    if (busy < lanes) void runLane();
    return waiting.promise;
  };
}
