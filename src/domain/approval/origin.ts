import { knownProduct, MICROSOFT, type Product, type ProductKind } from '#domain/approval/products.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';

/** Whose update it is and what for, as far as categories and parts of bundles tell. */
export interface Origin {
  readonly kinds: ReadonlySet<ProductKind>;
  /** Some product is in no table. */
  readonly hasUnknownProduct: boolean;
  /** The companies above the products; `unproven` when the catalogue names none. */
  readonly publisher: 'microsoft' | 'other' | 'unproven';
  /** The revision or a part of its bundle carries `OSUpgrade`. */
  readonly replacesWindows: boolean;
  /** Lowest Windows build that some product of the update covers. */
  readonly osBuild?: number;
}

/** More than real bundles (2) and categories (3) have; hostile documents end here. */
const MAX_DEPTH = 8;
const MAX_NODES = 1_000;

/** Reads the origin of an update from its products, the categories above them and the parts of its bundles. */
export function originOf(revision: Revision, catalogue: Catalogue): Origin {
  const ids = catalogue.products(revision);
  const publisher = publisherOf(ids, catalogue);
  const products = ids.map((id) => productOf(id, catalogue, publisher));
  const known = products.filter((product) => product !== undefined);
  const builds = known.flatMap(({ kind, osBuild }) => (kind === 'windows' && osBuild !== undefined ? [osBuild] : []));
  return {
    kinds: new Set(known.map(({ kind }) => kind)),
    hasUnknownProduct: known.length < products.length,
    publisher,
    replacesWindows: parts(revision, catalogue).some(
      ({ osUpgrade }) => osUpgrade !== undefined && osUpgrade !== 'false',
    ),
    ...(builds.length > 0 ? { osBuild: Math.min(...builds) } : {}),
  };
}

/** Only Microsoft's own categories may be known by their titles. */
function productOf(id: UpdateId, catalogue: Catalogue, publisher: Origin['publisher']): Product | undefined {
  return knownProduct(id, publisher === 'microsoft' ? catalogue.categoryTitle(id) : '');
}

function publisherOf(products: readonly UpdateId[], catalogue: Catalogue): Origin['publisher'] {
  const companies = companiesAbove(products, catalogue);
  if (companies.size === 0) return 'unproven';
  return [...companies].every((id) => id === MICROSOFT) ? 'microsoft' : 'other';
}

/** The companies that one meets going up from products through families: prerequisites of categories. */
function companiesAbove(products: readonly UpdateId[], catalogue: Catalogue): Set<UpdateId> {
  const seen = new Set<UpdateId>(products);
  const companies = new Set<UpdateId>();
  for (const id of seen) {
    if (seen.size > MAX_NODES) break;
    const category = catalogue.latest(id);
    if (category?.categoryType === 'Company') companies.add(id);
    for (const above of category?.prerequisites.flatMap(({ anyOf }) => anyOf) ?? []) {
      if (catalogue.latest(above)?.updateType === 'Category') seen.add(above);
    }
  }
  return companies;
}

/** The revision and the parts of its bundles, bundles in bundles included. */
function parts(revision: Revision, catalogue: Catalogue): Revision[] {
  const found = new Set([revision]);
  let level = [revision];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0 && found.size < MAX_NODES; depth++) {
    level = level
      .flatMap(({ bundles }) => bundles.flat())
      .flatMap(({ updateId, revisionNumber }) => catalogue.revision(updateId, revisionNumber) ?? [])
      .filter((part) => !found.has(part));
    for (const part of level) found.add(part);
  }
  return [...found];
}
