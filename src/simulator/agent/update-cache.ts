import { hash } from 'node:crypto';
import type { CachedUpdate } from './data-store.ts';

/** What one agent has cached: revision id → update. Never changed in place, since servers share it. */
export type CachedUpdates = ReadonlyMap<number, CachedUpdate>;

/**
 * Keeps what the virtual servers of a process have cached once: thousands of them hold the same updates with the same deployments, and
 * mostly the same set of them.
 */
export interface UpdateCache {
  /** The set after some changes; the one that another server has already, where there is one. Later changes win. */
  changed(updates: CachedUpdates, changes: UpdateChanges): CachedUpdates;
}

export interface UpdateChanges {
  readonly removed?: readonly number[];
  readonly put?: readonly CachedUpdate[];
}

export const NO_UPDATES: CachedUpdates = new Map();

/** An empty cache. */
export function createUpdateCache(): UpdateCache {
  const updates = new Map<string, CachedUpdate>();
  const serials = new WeakMap<CachedUpdate, number>();
  const cores = new WeakMap<CachedUpdate['core'], number>();
  const sets = new Map<string, WeakRef<CachedUpdates>>();
  const forgotten = new FinalizationRegistry((key: string) => {
    if (sets.get(key)?.deref() === undefined) sets.delete(key);
  });
  let last = 0;

  function changed(before: CachedUpdates, { removed = [], put = [] }: UpdateChanges): CachedUpdates {
    const fresh = put.map(shared).filter((update) => before.get(update.revisionId) !== update);
    if (fresh.length === 0 && !removed.some((revisionId) => before.has(revisionId))) return before;
    const after = new Map(before);
    for (const revisionId of removed) after.delete(revisionId);
    for (const update of fresh) after.set(update.revisionId, update);
    const key = keyOf(after);
    const known = sets.get(key)?.deref();
    if (known !== undefined) return known;
    sets.set(key, new WeakRef(after));
    forgotten.register(after, key);
    return after;
  }

  /** The one object for an update with this deployment. */
  function shared(update: CachedUpdate): CachedUpdate {
    const { revisionId, isLeaf, core, deployment } = update;
    const place = cores.get(core) ?? ++last;
    cores.set(core, place);
    const key = `${revisionId} ${place} ${isLeaf} ${deployment.action} ${deployment.deadline?.epochMilliseconds ?? ''}`;
    const known = updates.get(key);
    if (known !== undefined) return known;
    const { action, deadline } = deployment;
    const own: CachedUpdate = {
      revisionId,
      isLeaf,
      core,
      deployment: deadline === undefined ? { action } : { action, deadline },
    };
    updates.set(key, own);
    serials.set(own, ++last);
    return own;
  }

  function keyOf(set: CachedUpdates): string {
    const numbers = Uint32Array.from(set.values(), (update) => serials.get(update) ?? 0).sort();
    return hash('sha256', new Uint8Array(numbers.buffer), 'base64');
  }

  return { changed };
}
