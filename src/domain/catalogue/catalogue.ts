import type { RebootBehavior, Revision, UpdateFile, UpdateId } from '#domain/catalogue/revision.ts';

/**
 * An immutable index over all revisions: a copy in memory that can be rebuilt from the store. Lookups are by service-wide
 * revision id or by update id; "latest" is the highest revision number of an update.
 */
export interface Catalogue {
  /** Grows by one with every change; two catalogues with the same number are the same. */
  readonly version: number;
  readonly revisions: ReadonlyMap<number, Revision>;
  /** The latest revision of an update, expired ones included. */
  latest(updateId: UpdateId): Revision | undefined;
  /** A certain revision, as bundles name it. */
  revision(updateId: UpdateId, revisionNumber: number): Revision | undefined;
  /**
   * False when a prerequisite clause names this update: one of a latest revision, or of an older revision that a bundle is made of
   * ([MS-WUSP] 3.1.5.7).
   */
  isLeaf(updateId: UpdateId): boolean;
  /** Latest revisions that people approve: software and drivers that are explicitly deployable. Ordered by revision id. */
  readonly deployable: readonly Revision[];
  /** Every update that this one replaces, transitively (without itself). */
  predecessors(updateId: UpdateId): ReadonlySet<UpdateId>;
  /** Every update that replaces this one, transitively (without itself). */
  successors(updateId: UpdateId): ReadonlySet<UpdateId>;
  /** The classification's update id; bundles' own clauses first, then their parts'. */
  classification(revision: Revision): UpdateId | undefined;
  /** Update ids of the products (and of families named directly). */
  products(revision: Revision): readonly UpdateId[];
  /** English title of a category, or its id where the catalogue does not have it. */
  categoryTitle(updateId: UpdateId): string;
  /** All files of a revision and of the parts of its bundles, each once. */
  payload(revision: Revision): readonly UpdateFile[];
  /** Strongest reboot behaviour of a revision and its bundle's parts. */
  reboot(revision: Revision): RebootBehavior;
  /**
   * The revisions (latest of prerequisites, exact ones of bundles) that a client must be sent so that it can evaluate the given
   * roots: the transitive closure over all prerequisite clauses and bundles, the roots included ([MS-WUSP] 3.1.5.7).
   */
  closure(roots: Iterable<Revision>): ReadonlySet<Revision>;
}
