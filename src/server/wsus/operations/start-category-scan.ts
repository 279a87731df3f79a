import { Refusal } from '#server/wsus/fault.ts';
import type { WuspHandler } from '#server/wsus/service.ts';

/** Real WSUS refuses as many ([MS-WUSP] product behaviour 52). */
const TOO_MANY = 200;

/**
 * StartCategoryScan ([MS-WUSP] 3.1.5.6): which of the requested categories to filter by. An unknown category drops its whole AND
 * group; a group of one product, or of a product and a classification, is that product; anything else clears the list, so that the
 * client scans without a filter.
 */
export const startCategoryScan: WuspHandler<'StartCategoryScan'> = async (service, request) => {
  if (request.requestedCategories.length >= TOO_MANY)
    throw new Refusal('InvalidParameters', 'parameters.requestedCategories');
  const { catalogue } = service.facts.current();
  const inError = new Set<string>();
  const groups = new Map<number, string[]>();
  for (const { indexOfAndGroup, categoryId } of request.requestedCategories) {
    if (catalogue.latest(categoryId)?.updateType !== 'Category') inError.add(categoryId);
    groups.set(indexOfAndGroup, [...(groups.get(indexOfAndGroup) ?? []), categoryId]);
  }
  const known = [...groups.values()].filter((group) => !group.some((id) => inError.has(id)));
  const preferred = known.map((group) => productOf(group, (id) => catalogue.latest(id)?.categoryType));
  return {
    operation: 'StartCategoryScan',
    preferredCategoryIds: preferred.includes(undefined) ? [] : [...new Set(preferred.filter((id) => id !== undefined))],
    requestedCategoryIdsInError: [...inError],
  };
};

function productOf(group: readonly string[], typeOf: (id: string) => string | undefined): string | undefined {
  const products = group.filter((id) => typeOf(id) === 'Product');
  const others = group.filter((id) => typeOf(id) !== 'Product');
  const allowed = others.length === 0 || (others.length === 1 && typeOf(others[0] ?? '') === 'UpdateClassification');
  return products.length === 1 && allowed ? products[0] : undefined;
}
