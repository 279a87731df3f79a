import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import type { DeploymentSet } from '#domain/decide/deployment.ts';

/**
 * Revision ids that belong to a scan of the given categories ([MS-WUSP] 2.2.2.2.4, FilterCategoryIds): what depends on one of them,
 * directly or not, the categories themselves, and all that is needed to evaluate these. The answer may name more than the set has.
 * Categories that the catalogue does not know select nothing.
 */
export function* categoryFilter(
  catalogue: Catalogue,
  set: DeploymentSet,
  categories: readonly UpdateId[],
): Iterable<number> {
  const selected: Revision[] = [];
  for (const category of new Set(categories)) {
    const revision = catalogue.latest(category);
    if (revision !== undefined) selected.push(revision);
  }
  if (selected.length === 0) return;
  for (const revision of catalogue.closure(withDependents(selected, dependentsIn(catalogue, set)))) {
    yield revision.revisionId;
  }
}

function withDependents(roots: readonly Revision[], dependents: ReadonlyMap<UpdateId, readonly Revision[]>) {
  // A set that grows while it is walked is the queue too: each revision is visited once.
  const reached = new Set<Revision>(roots);
  for (const { updateId } of reached) for (const dependent of dependents.get(updateId) ?? []) reached.add(dependent);
  return reached;
}

function dependentsIn(catalogue: Catalogue, set: DeploymentSet): ReadonlyMap<UpdateId, readonly Revision[]> {
  const dependents = new Map<UpdateId, Revision[]>();
  for (const revisionId of set.deployments.keys()) {
    const revision = catalogue.revisions.get(revisionId);
    for (const updateId of revision?.prerequisites.flatMap(({ anyOf }) => anyOf) ?? []) {
      const known = dependents.get(updateId);
      if (revision === undefined) continue;
      if (known === undefined) dependents.set(updateId, [revision]);
      else known.push(revision);
    }
  }
  return dependents;
}
