import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import { categoryIndex } from '#domain/catalogue/category-index.ts';
import { dependencyIndex } from '#domain/catalogue/dependency-index.ts';
import { lazily } from '#domain/catalogue/memo.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import { revisionIndex } from '#domain/catalogue/revision-index.ts';
import { supersedenceIndex } from '#domain/catalogue/supersedence-index.ts';

/**
 * Builds the index over all revisions. When two have the same revision id, the later one counts. Each part of the index is built
 * on first use, in time linear in the size of the catalogue; documents may name what is not there, and may form cycles.
 */
export function indexCatalogue(revisions: Iterable<Revision>, version: number): Catalogue {
  const byId = new Map<number, Revision>();
  for (const revision of revisions) byId.set(revision.revisionId, revision);
  return catalogueOver(() => byId, version);
}

/**
 * The catalogue with some revisions more; those with a known revision id replace the old ones. The given catalogue stays as it is.
 * A chain of additions costs one copy of the map when it is first read, however many batches it has.
 */
export function withRevisions(catalogue: Catalogue, added: Iterable<Revision>, version: number): Catalogue {
  const grown = catalogueOver(() => applyAdditions(grown), version);
  additions.set(grown, { base: catalogue, added: [...added] });
  return grown;
}

/** What a catalogue adds to the one before it, until somebody reads it. */
const additions = new WeakMap<Catalogue, { readonly base: Catalogue; readonly added: readonly Revision[] }>();

function applyAdditions(catalogue: Catalogue): ReadonlyMap<number, Revision> {
  const batches: (readonly Revision[])[] = [];
  let base = catalogue;
  for (let addition = additions.get(base); addition; addition = additions.get(base)) {
    batches.push(addition.added);
    base = addition.base;
  }
  additions.delete(catalogue);
  const revisions = new Map(base.revisions);
  for (const batch of batches.reverse()) for (const revision of batch) revisions.set(revision.revisionId, revision);
  return revisions;
}

function catalogueOver(load: () => ReadonlyMap<number, Revision>, version: number): Catalogue {
  const revisions = lazily(load);
  const index = lazily(() => revisionIndex(revisions().values()));
  const dependencies = lazily(() => dependencyIndex(index()));
  const categories = lazily(() => categoryIndex(index(), dependencies()));
  const supersedence = lazily(() => supersedenceIndex(index()));
  const deployable = lazily(() => [...index().allLatest()].filter(isDeployable).sort(byRevisionId));
  return {
    version,
    get revisions() {
      return revisions();
    },
    get deployable() {
      return deployable();
    },
    latest: (updateId) => index().latest(updateId),
    revision: (updateId, revisionNumber) => index().revision(updateId, revisionNumber),
    isLeaf: (updateId) => dependencies().isLeaf(updateId),
    predecessors: (updateId) => supersedence().predecessors(updateId),
    successors: (updateId) => supersedence().successors(updateId),
    classification: (revision) => categories().classification(revision),
    products: (revision) => categories().products(revision),
    categoryTitle: (updateId) => index().latest(updateId)?.title ?? updateId,
    payload: (revision) => dependencies().payload(revision),
    reboot: (revision) => dependencies().reboot(revision),
    closure: (roots) => dependencies().closure(roots),
  };
}

/** Something that people approve: software or a driver that may be deployed by itself. */
export function isDeployable(revision: Revision): boolean {
  return revision.explicitlyDeployable && (revision.updateType === 'Software' || revision.updateType === 'Driver');
}

function byRevisionId(a: Revision, b: Revision): number {
  return a.revisionId - b.revisionId;
}
