import type { Inventory, InventoryField } from '#domain/fleet/inventory.ts';

/** What must be known of a server before its updates are planned; a list of what it needs may be empty, and is known then. */
export const MEASURED = [
  'owner',
  'window',
  'roles',
  'tier',
  'environment',
  'support',
  'needs',
] as const satisfies readonly InventoryField[];
export type MeasuredField = (typeof MEASURED)[number];

/** How much is known of some servers. */
export interface Completeness {
  readonly servers: number;
  /** Of whom everything is known. */
  readonly complete: number;
  /** Known fields of all, in whole percent, rounded down: 100 only when nothing is missing. No servers: 100. */
  readonly percent: number;
  /** Of how many servers each field is unknown. */
  readonly missing: Readonly<Record<MeasuredField, number>>;
}

/** What is unknown of a server. Its window is known when it has a plan, its own or its customer's. */
export function missingFields(known: Inventory): readonly MeasuredField[] {
  return MEASURED.filter((field) => known[field] === undefined);
}

/** What these counts come to. */
export function completenessOf({ servers, complete, missing }: Omit<Completeness, 'percent'>): Completeness {
  const all = servers * MEASURED.length;
  const known = all - MEASURED.reduce((sum, field) => sum + missing[field], 0);
  return { servers, complete, missing, percent: all === 0 ? 100 : Math.floor((100 * known) / all) };
}
