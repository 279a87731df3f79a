import type { CachedUpdate } from './data-store.ts';
import type { Evaluation } from './evaluation.ts';

/** Work that the server ordered and this machine needs. */
export interface Candidate {
  readonly update: CachedUpdate;
  /** Removals come from deployments with the action `Uninstall`. */
  readonly wanted: 'installed' | 'removed';
  /** The revisions that have files and rules: the update itself, or parts of the bundle. */
  readonly parts: readonly CachedUpdate[];
}

/** What is to be done on this machine, without updates that a newer one replaces. */
export function findCandidates(updates: Iterable<CachedUpdate>, evaluation: Evaluation): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const update of updates) {
    const { action } = update.deployment;
    if (action === 'Install' && evaluation.stateOf(update) === 'applicable' && !evaluation.isSuperseded(update)) {
      candidates.push({ update, wanted: 'installed', parts: evaluation.partsIn(update, 'applicable') });
    }
    if (action === 'Uninstall' && evaluation.stateOf(update) === 'installed') {
      candidates.push({ update, wanted: 'removed', parts: evaluation.partsIn(update, 'installed') });
    }
  }
  return candidates;
}
