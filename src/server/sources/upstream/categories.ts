import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { CategoryType, Revision } from '#domain/catalogue/revision.ts';

/** A category as operators choose it: companies have families, families have products. */
export interface Category {
  readonly id: string;
  readonly title: string;
  readonly type: CategoryType;
  /** Of a family or product: what it belongs to. */
  readonly parent?: string;
  /** How deep it stands in the tree: 0 for companies and classifications. */
  readonly depth: number;
}

const DEEPEST = 4;

/** What an upstream has listed, in the order of the tree and by title: companies with what they have, then classifications. */
export function categoryTree(catalogue: Catalogue, listed: readonly string[]): readonly Category[] {
  const known = new Map<string, Revision>();
  for (const id of listed) {
    const category = catalogue.latest(id);
    if (category?.categoryType) known.set(category.updateId, category);
  }
  const children = Map.groupBy(known.values(), (category) => parentOf(category, known) ?? '');
  const below = (parent: string, depth: number): Category[] =>
    (children.get(parent) ?? []).toSorted(byTypeAndTitle).flatMap((category) => {
      const { updateId: id, title, categoryType: type = 'Product' } = category;
      const own: Category = { id, title, type, depth, ...(parent === '' ? {} : { parent }) };
      return depth < DEEPEST ? [own, ...below(id, depth + 1)] : [own];
    });
  return below('', 0);
}

/** The categories that a filter names when these were chosen: themselves, and whatever belongs to them. */
export function withDescendants(tree: readonly Category[], chosen: ReadonlySet<string>): readonly Category[] {
  const within = new Set<string>();
  return tree.filter(({ id, parent }) => {
    if (!chosen.has(id) && !(parent !== undefined && within.has(parent))) return false;
    within.add(id); // parents stand before their children
    return true;
  });
}

function parentOf({ updateId, prerequisites }: Revision, known: ReadonlyMap<string, Revision>): string | undefined {
  for (const { anyOf } of prerequisites) {
    const parent = anyOf.find((id) => id !== updateId && isAbove(known.get(id)?.categoryType));
    if (parent !== undefined) return parent;
  }
  return undefined;
}

function isAbove(type: CategoryType | undefined): boolean {
  return type === 'Company' || type === 'ProductFamily';
}

function byTypeAndTitle(a: Revision, b: Revision): number {
  const rank = ({ categoryType }: Revision): number => Number(categoryType === 'UpdateClassification');
  return rank(a) - rank(b) || (a.title < b.title ? -1 : 1);
}
