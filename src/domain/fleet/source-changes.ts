import { fieldText } from '#domain/fleet/csv-columns.ts';
import { sameValue } from '#domain/fleet/effective.ts';
import type { InventoryField, Source, Statement } from '#domain/fleet/inventory.ts';
import type { InventoryChange } from '#domain/fleet/inventory-change.ts';
import { INVENTORY_FIELDS } from '#domain/fleet/inventory-schema.ts';

/** What becomes of one field, as far as one source has a say: values as texts for people. */
export interface SourceChange {
  readonly field: InventoryField | 'group';
  readonly title: string;
  /** What the source said before; absent: nothing. */
  readonly from?: string;
  /** What it says now; absent: nothing. */
  readonly to?: string;
  /** What somebody says who is believed more; absent: its word is taken. */
  readonly believed?: { readonly source: Source | 'server'; readonly text: string };
}

/** The changes that a source's word makes on one server, and whether another source says something else on any field. */
export function sourceChanges(
  current: readonly Statement[],
  { ended, begun, after, conflicts }: InventoryChange,
  source: Source,
): { readonly fields: readonly SourceChange[]; readonly isInConflict: boolean } {
  const isOurs = (statement: Statement): boolean => statement.source === source;
  const fields = [...new Set([...ended, ...begun.map(({ field }) => field)])].map((field): SourceChange => {
    const from = current.find((statement) => statement.field === field && isOurs(statement));
    const to = begun.find((statement) => statement.field === field);
    const other = conflicts.find((conflict) => conflict.field === field)?.believed;
    const isOverruled = to && other && !isOurs(other) && !sameValue(after[field], to.value);
    return {
      field,
      title: INVENTORY_FIELDS[field].title,
      ...(from ? { from: fieldText(field, from.value) } : {}),
      ...(to ? { to: fieldText(field, to.value) } : {}),
      ...(isOverruled ? { believed: { source: other.source, text: fieldText(field, other.value) } } : {}),
    };
  });
  const isInConflict = conflicts.some(({ believed, others }) => [believed, ...others].some(isOurs));
  return { fields, isInConflict };
}
