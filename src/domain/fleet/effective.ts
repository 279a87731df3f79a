import { canonicalJson, type Json } from '#domain/evidence/canonical-json.ts';
import type { Inventory, InventoryField, Source, Statement } from '#domain/fleet/inventory.ts';
import { SOURCES } from '#domain/fleet/inventory.ts';
import { FIELD_NAMES } from '#domain/fleet/inventory-schema.ts';
import { isBefore } from '#domain/instants.ts';

/** Sources that disagree on a field, and that nobody has settled. */
export interface Conflict {
  readonly field: InventoryField;
  /** The one that is believed meanwhile. */
  readonly believed: Statement;
  /** Those that say something else, by how much they are believed. */
  readonly others: readonly Statement[];
}

/**
 * What is believed of a server, from the latest statement of each source. On each field the source that stands first in `SOURCES` is
 * believed; another one that says something else is a conflict, unless a person's word came after it: that settles it. A source that
 * says less, a shorter list or an owner without address, does not say something else.
 */
export function effectiveInventory(statements: readonly Statement[]): {
  readonly inventory: Inventory;
  readonly conflicts: readonly Conflict[];
} {
  const inventory: Partial<Record<InventoryField, unknown>> = {};
  const conflicts: Conflict[] = [];
  const byField = Map.groupBy(statements, ({ field }) => field);
  for (const field of FIELD_NAMES) {
    const [believed, ...rest] = (byField.get(field) ?? []).toSorted((a, b) => rank(a.source) - rank(b.source));
    if (believed === undefined) continue;
    inventory[field] = believed.value;
    const others = rest.filter((other) => !settles(believed, other) && !agrees(field, believed.value, other.value));
    if (others.length > 0) conflicts.push({ field, believed, others });
  }
  return { inventory: inventory as Inventory, conflicts };
}

function rank(source: Source): number {
  return SOURCES.indexOf(source);
}

function settles(believed: Statement, other: Statement): boolean {
  return believed.source === 'person' && !isBefore(believed.at, other.at);
}

/** Whether a value says nothing beside what another one says. */
function agrees(field: InventoryField, believed: unknown, other: unknown): boolean {
  if (sameValue(believed, other)) return true;
  if (field === 'operatingSystem') return sameRelease(String(believed), String(other));
  if (Array.isArray(believed) && Array.isArray(other))
    return other.every((item) => believed.some((one) => sameValue(one, item)));
  return (
    isRecord(believed) && isRecord(other) && Object.keys(other).every((key) => sameValue(believed[key], other[key]))
  );
}

/** Whether two values of the inventory are the same one. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a as Json) === canonicalJson(b as Json);
}

/** Whether two names are of one release of Windows Server, editions and trade marks aside. */
function sameRelease(a: string, b: string): boolean {
  const release = releaseOf(a);
  return release !== undefined && release === releaseOf(b);
}

function releaseOf(text: string): string | undefined {
  const [, year, second] = /server\W*(\d{4})\b(\W*r2\b)?/i.exec(text) ?? [];
  return year === undefined ? undefined : `${year}${second === undefined ? '' : ' R2'}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
