import type { DependencyIndex } from '#domain/catalogue/dependency-index.ts';
import { memoised } from '#domain/catalogue/memo.ts';
import type { CategoryType, Revision, UpdateId } from '#domain/catalogue/revision.ts';
import type { RevisionIndex } from '#domain/catalogue/revision-index.ts';

/** How revisions are sorted: classification and products are prerequisites on category updates. */
export interface CategoryIndex {
  classification(revision: Revision): UpdateId | undefined;
  products(revision: Revision): readonly UpdateId[];
}

const CLASSIFICATIONS: readonly CategoryType[] = ['UpdateClassification'];
const PRODUCTS: readonly CategoryType[] = ['Product', 'ProductFamily'];

/** Indexes categories; a revision whose own clauses name none is sorted by the first of its bundle's parts that does. */
export function categoryIndex(index: RevisionIndex, dependencies: DependencyIndex): CategoryIndex {
  return {
    classification: memoised((revision: Revision) => firstNamed(revision, CLASSIFICATIONS)[0]),
    products: memoised((revision: Revision) => firstNamed(revision, PRODUCTS)),
  };

  function firstNamed(revision: Revision, types: readonly CategoryType[]): readonly UpdateId[] {
    for (const part of dependencies.withParts(revision)) {
      const named = namedCategories(index, part, types);
      if (named.length > 0) return named;
    }
    return [];
  }
}

function namedCategories(index: RevisionIndex, revision: Revision, types: readonly CategoryType[]): UpdateId[] {
  const named = new Set<UpdateId>();
  for (const { anyOf } of revision.prerequisites) {
    for (const updateId of anyOf) {
      const type = index.latest(updateId)?.categoryType;
      if (type !== undefined && types.includes(type)) named.add(updateId);
    }
  }
  return [...named];
}
