import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { RevisionIndex } from '#domain/catalogue/revision-index.ts';

/** Who replaces whom, transitively. Only updates that the catalogue has count, and only what their latest revisions say. */
export interface SupersedenceIndex {
  predecessors(updateId: UpdateId): ReadonlySet<UpdateId>;
  successors(updateId: UpdateId): ReadonlySet<UpdateId>;
}

/** One definition update replaces hundreds before it: keeping the closure of each would grow with the square of their number. */
const MOST_KEPT_IDS = 500_000;

/** Indexes supersedence; cycles are allowed and end. */
export function supersedenceIndex(index: RevisionIndex): SupersedenceIndex {
  const replaced = new Map<UpdateId, readonly UpdateId[]>();
  const replacedBy = new Map<UpdateId, UpdateId[]>();
  for (const { updateId, supersedes } of index.allLatest()) {
    const present = supersedes.filter((predecessor) => index.latest(predecessor) !== undefined);
    if (present.length > 0) replaced.set(updateId, present);
    for (const predecessor of present) {
      const successors = replacedBy.get(predecessor);
      if (successors === undefined) replacedBy.set(predecessor, [updateId]);
      else successors.push(updateId);
    }
  }
  return { predecessors: transitively(replaced), successors: transitively(replacedBy) };
}

const NONE: ReadonlySet<UpdateId> = new Set();

function transitively(edges: ReadonlyMap<UpdateId, readonly UpdateId[]>): (start: UpdateId) => ReadonlySet<UpdateId> {
  const kept = new Map<UpdateId, ReadonlySet<UpdateId>>();
  let keptIds = 0;
  return (start) => {
    if (!edges.has(start)) return NONE;
    const known = kept.get(start);
    if (known !== undefined) return known;
    const reached = reach(edges, start);
    if (keptIds + reached.size > MOST_KEPT_IDS) {
      kept.clear();
      keptIds = 0;
    }
    kept.set(start, reached);
    keptIds += reached.size;
    return reached;
  };
}

function reach(edges: ReadonlyMap<UpdateId, readonly UpdateId[]>, start: UpdateId): ReadonlySet<UpdateId> {
  // A set that grows while it is walked is the queue too: each update is visited once.
  const reached = new Set<UpdateId>([start]);
  for (const updateId of reached) for (const next of edges.get(updateId) ?? []) reached.add(next);
  reached.delete(start);
  return reached;
}
