import { writeSpan } from '#domain/fleet/csv-span.ts';
import type { Inventory, InventoryField, LocalSpan, Owner, Support } from '#domain/fleet/inventory.ts';
import { FIELD_NAMES } from '#domain/fleet/inventory-schema.ts';

/** The column that names the server. */
export const NAME_COLUMN = 'server';
/** A cell that takes back what an earlier file said. */
const TAKEN_BACK = '-';
/** A list that is known to be empty. */
const EMPTY_LIST = 'none';
/** Spreadsheets take such text for a formula, and this file for one of the words above; an apostrophe before it says that it is text. */
const GUARDED = /^'*(?:[=+@-]|none$)/i;

/** How a field stands in a CSV file: one column or several. Cells come trimmed; undefined where one is empty or absent. */
interface CsvField<Field extends InventoryField> {
  readonly columns: readonly string[];
  /** What the cells say, to be checked as any value of the field is. */
  read(...cells: readonly (string | undefined)[]): unknown;
  write(value: NonNullable<Inventory[Field]>): readonly (string | undefined)[];
}

const FIELDS: { readonly [Field in InventoryField]-?: CsvField<Field> } = {
  roles: list('roles'),
  applications: list('applications'),
  owner: {
    columns: ['owner', 'owner_kind', 'owner_contact'],
    read: (name, kind = 'person', contact) => ({
      name: text(name),
      kind,
      ...(contact ? { contact: text(contact) } : {}),
    }),
    write: ({ name, kind, contact }: Owner) => [guarded(name), kind, contact && guarded(contact)],
  },
  environment: plain('environment'),
  tier: plain('tier'),
  exposure: plain('exposure'),
  support: {
    columns: ['support', 'support_until'],
    read: (status, until) => ({ status, ...(until ? { until } : {}) }),
    write: ({ status, until }: Support) => [status, until],
  },
  redundancyGroup: plain('redundancy_group'),
  needs: list('needs'),
  restartAfter: list('restart_after'),
  window: plain('window'),
  backup: {
    columns: ['backup_tool', 'backup_slot'],
    read: (tool, slot) => ({ ...(tool ? { tool: text(tool) } : {}), ...(slot ? { slot } : {}) }),
    write: ({ tool, slot }: NonNullable<Inventory['backup']>) => [tool && guarded(tool), slot && writeSpan(slot)],
  },
  hours: {
    columns: ['hours'],
    read: (spans = '') => items(spans),
    write: (spans: readonly LocalSpan[]) => [spans.map(writeSpan).join(' | ')],
  },
  healthChecks: list('health_checks'),
  operatingSystem: plain('operating_system'),
  model: plain('model'),
  directoryEntry: plain('directory_entry'),
  notes: plain('notes'),
};

/** Every column of an inventory file, in the order in which one is written. */
export const CSV_COLUMNS: readonly string[] = [NAME_COLUMN, ...FIELD_NAMES.flatMap((field) => FIELDS[field].columns)];

/** What a line says of one field, still unchecked; undefined: it takes back what an earlier file said. */
export interface CellsRead {
  readonly field: InventoryField;
  /** The columns that it stands in. */
  readonly columns: readonly string[];
  readonly input: unknown;
}

/** What the cells of a line say, by column; a field whose cells are all empty is not spoken of. */
export function readCells(cells: ReadonlyMap<string, string>): readonly CellsRead[] {
  return FIELD_NAMES.flatMap((field) => {
    const { columns, read }: Pick<CsvField<never>, 'columns' | 'read'> = FIELDS[field];
    const own = columns.map((column) => cells.get(column)?.trim() || undefined);
    if (own.every((cell) => cell === undefined)) return [];
    return [{ field, columns, input: own[0] === TAKEN_BACK ? undefined : read(...own) }];
  });
}

/** A value as it stands in a file, its parts in the columns of the field. */
function writeCells<Field extends InventoryField>(field: Field, value: NonNullable<Inventory[Field]>): string[] {
  const { columns, write } = FIELDS[field] as CsvField<Field>;
  const cells = write(value);
  return columns.map((_, at) => cells[at] ?? '');
}

/** A whole line of a file: the name, then every column. */
export function writeLine(name: string, inventory: Inventory): string[] {
  const cells = FIELD_NAMES.flatMap((field) => {
    const value = inventory[field];
    return value === undefined ? FIELDS[field].columns.map(() => '') : writeCells(field, value);
  });
  return [name, ...cells];
}

/** Cells as one line of a file, without its end. */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}

/** A value in one line for people: its parts with commas. */
export function fieldText<Field extends InventoryField>(field: Field, value: NonNullable<Inventory[Field]>): string {
  return writeCells(field, value)
    .filter((cell) => cell !== '')
    .join(', ');
}

function plain<Field extends InventoryField>(column: string): CsvField<Field> {
  return { columns: [column], read: text, write: (value) => [guarded(String(value))] };
}

function list<Field extends InventoryField>(column: string): CsvField<Field> {
  return {
    columns: [column],
    read: (cell = '') => (cell.toLowerCase() === EMPTY_LIST ? [] : items(cell).map(text)),
    write: (value) => {
      const parts = (value as readonly string[]).map((item) => guarded(item.replaceAll('|', String.raw`\|`)));
      return [parts.length === 0 ? EMPTY_LIST : parts.join(' | ')];
    },
  };
}

/** The items of a list: parts between `|`, where `\|` is a bar within one. */
function items(cell: string): string[] {
  const parts = cell.split(/(?<!\\)\|/).map((part) => part.replaceAll(String.raw`\|`, '|').trim());
  return parts.filter((part) => part !== '');
}

function guarded(text: string): string {
  return GUARDED.test(text) ? `'${text}` : text;
}

function text(cell: string | undefined): string | undefined {
  return cell?.startsWith("'") && GUARDED.test(cell) ? cell.slice(1) : cell;
}
