import { type Conflict, effectiveInventory, sameValue } from '#domain/fleet/effective.ts';
import type { Inventory, InventoryField, Statement } from '#domain/fleet/inventory.ts';
import { isBefore, later } from '#domain/instants.ts';

/** What a source says of a field; null: it says nothing of it any more. */
export interface Said {
  readonly field: InventoryField;
  readonly value: Statement['value'] | null;
}

/** Who says it, in the name of which source, and when. */
export type Word = Pick<Statement, 'who' | 'source' | 'at'>;

/** What comes of what a source says: which of its statements end and begin, and what is believed before and after. */
export interface InventoryChange {
  readonly ended: readonly InventoryField[];
  readonly begun: readonly Statement[];
  readonly before: Inventory;
  readonly after: Inventory;
  /** What sources disagree on afterwards. */
  readonly conflicts: readonly Conflict[];
}

/** Fields that place a server in waves, groups and order. */
const PLACING: readonly InventoryField[] = [
  ...([
    'roles',
    'applications',
    'environment',
    'tier',
    'exposure',
    'redundancyGroup',
    'needs',
    'restartAfter',
  ] as const),
];

/**
 * What follows when a source speaks of a server on which these statements hold. What it said before and says again stays as it is, so that
 * nothing that a person settled comes up anew; only a person may repeat a word, to settle what others said since.
 */
export function changeOf(current: readonly Statement[], said: readonly Said[], word: Word): InventoryChange {
  const effective = said.filter((one) => isNews(current, one, word));
  const fields = new Set(effective.map(({ field }) => field));
  const begun = effective.flatMap(({ field, value }) =>
    value === null ? [] : [{ ...word, field, value, at: afterOthers(current, field, word.at) }],
  );
  const ended = current.filter(({ field, source }) => source === word.source && fields.has(field));
  const { inventory: before } = effectiveInventory(current);
  const { inventory: after, conflicts } = effectiveInventory([
    ...current.filter((statement) => !ended.includes(statement)),
    ...begun,
  ]);
  return { ended: ended.map(({ field }) => field), begun, before, after, conflicts };
}

function isNews(current: readonly Statement[], { field, value }: Said, { source }: Word): boolean {
  const onField = current.filter((statement) => statement.field === field);
  const former = onField.find((statement) => statement.source === source);
  if (former === undefined || value === null) return former !== undefined || value !== null;
  if (!sameValue(former.value, value)) return true;
  return source === 'person' && onField.some(({ at }) => isBefore(former.at, at));
}

/** Of two statements on a field, the one that is told later is the later one, on a standing clock too. */
function afterOthers(current: readonly Statement[], field: InventoryField, at: Temporal.Instant): Temporal.Instant {
  return current.reduce(
    (latest, one) => (one.field === field ? later(latest, one.at.add({ microseconds: 1 })) : latest),
    at,
  );
}

/** The fields on which what is believed differs. */
export function changedFields({ before, after }: Pick<InventoryChange, 'before' | 'after'>): readonly InventoryField[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)] as InventoryField[]);
  return [...fields].filter((field) => !sameValue(before[field], after[field]));
}

/** Whether a change may move the server to another wave, group or place in the order. */
export function movesServer(changed: readonly InventoryField[]): boolean {
  return changed.some((field) => PLACING.includes(field));
}
