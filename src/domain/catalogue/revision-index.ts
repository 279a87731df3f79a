import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';

/** Revisions by identity. */
export interface RevisionIndex {
  latest(updateId: UpdateId): Revision | undefined;
  revision(updateId: UpdateId, revisionNumber: number): Revision | undefined;
  /** The latest revision of each update, in no certain order. */
  allLatest(): Iterable<Revision>;
}

/** Indexes revisions by update id; "latest" is the highest revision number, whatever the order of import was. */
export function revisionIndex(revisions: Iterable<Revision>): RevisionIndex {
  const latest = new Map<UpdateId, Revision>();
  // Few updates have more than one revision, so only the others cost a list.
  const older = new Map<UpdateId, Revision[]>();
  for (const revision of revisions) {
    const known = latest.get(revision.updateId);
    if (known === undefined) {
      latest.set(revision.updateId, revision);
      continue;
    }
    const isNewer = revision.revisionNumber > known.revisionNumber;
    if (isNewer) latest.set(revision.updateId, revision);
    const list = older.get(revision.updateId) ?? [];
    list.push(isNewer ? known : revision);
    older.set(revision.updateId, list);
  }
  return {
    latest: (updateId) => latest.get(updateId),
    revision(updateId, revisionNumber) {
      const last = latest.get(updateId);
      if (last === undefined || last.revisionNumber === revisionNumber) return last;
      return older.get(updateId)?.find((revision) => revision.revisionNumber === revisionNumber);
    },
    allLatest: () => latest.values(),
  };
}
