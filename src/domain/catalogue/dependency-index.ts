import { memoised } from '#domain/catalogue/memo.ts';
import type { RebootBehavior, Revision, UpdateFile, UpdateId } from '#domain/catalogue/revision.ts';
import type { RevisionIndex } from '#domain/catalogue/revision-index.ts';

/** What revisions need and consist of: prerequisites point to updates, bundles to exact revisions ([MS-WUSP] 3.1.1). */
export interface DependencyIndex {
  isLeaf(updateId: UpdateId): boolean;
  /** The revision itself first, then the parts of its bundles, theirs, and so on; each once. */
  withParts(revision: Revision): ReadonlySet<Revision>;
  payload(revision: Revision): readonly UpdateFile[];
  reboot(revision: Revision): RebootBehavior;
  closure(roots: Iterable<Revision>): ReadonlySet<Revision>;
}

const REBOOTS: readonly RebootBehavior[] = ['NeverReboots', 'CanRequestReboot', 'AlwaysRequiresReboot'];

/** Indexes prerequisites and bundles; references to what the catalogue does not have are left out, cycles end. */
export function dependencyIndex(index: RevisionIndex): DependencyIndex {
  const nonLeaves = nonLeavesOf(index);
  const withParts = (revision: Revision) => reach([revision], (of) => partsOf(index, of));
  return {
    isLeaf: (updateId) => !nonLeaves.has(updateId),
    withParts,
    payload: memoised((revision: Revision) => filesOf(withParts(revision))),
    reboot: memoised((revision: Revision) => strongestReboot(withParts(revision))),
    closure: (roots) => reach(roots, (revision) => dependenciesOf(index, revision)),
  };
}

/**
 * Updates that a prerequisite clause names. Clauses of the latest revisions count, and of the revisions that those bundle: an older
 * revision that lives on as a part is sent to clients, and they could never satisfy it if they took its prerequisite for a leaf.
 */
function nonLeavesOf(index: RevisionIndex): ReadonlySet<UpdateId> {
  const named = new Set<UpdateId>();
  for (const revision of reach(index.allLatest(), (of) => partsOf(index, of))) {
    for (const clause of revision.prerequisites) for (const updateId of clause.anyOf) named.add(updateId);
  }
  return named;
}

function* partsOf(index: RevisionIndex, revision: Revision): Iterable<Revision> {
  for (const clause of revision.bundles) {
    for (const { updateId, revisionNumber } of clause) {
      const part = index.revision(updateId, revisionNumber);
      if (part !== undefined) yield part;
    }
  }
}

function* dependenciesOf(index: RevisionIndex, revision: Revision): Iterable<Revision> {
  for (const clause of revision.prerequisites) {
    for (const updateId of clause.anyOf) {
      const prerequisite = index.latest(updateId);
      if (prerequisite !== undefined) yield prerequisite;
    }
  }
  yield* partsOf(index, revision);
}

function reach(roots: Iterable<Revision>, next: (revision: Revision) => Iterable<Revision>): ReadonlySet<Revision> {
  // A set that grows while it is walked is the queue too: each revision is visited once.
  const reached = new Set<Revision>(roots);
  for (const revision of reached) for (const dependency of next(revision)) reached.add(dependency);
  return reached;
}

/** A client asks for content by its SHA-1, so files with the same one are one. */
function filesOf(revisions: Iterable<Revision>): readonly UpdateFile[] {
  const files = new Map<string, UpdateFile>();
  for (const revision of revisions) {
    for (const file of revision.files) if (!files.has(file.sha1)) files.set(file.sha1, file);
  }
  return [...files.values()];
}

function strongestReboot(revisions: Iterable<Revision>): RebootBehavior {
  let strongest: RebootBehavior = 'NeverReboots';
  for (const { reboot } of revisions) if (REBOOTS.indexOf(reboot) > REBOOTS.indexOf(strongest)) strongest = reboot;
  return strongest;
}
