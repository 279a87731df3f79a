import { didYouMean } from '#domain/approval/did-you-mean.ts';
import { type CellsRead, CSV_COLUMNS, NAME_COLUMN, readCells } from '#domain/fleet/csv-columns.ts';
import { sameValue } from '#domain/fleet/effective.ts';
import type { InventoryField } from '#domain/fleet/inventory.ts';
import type { Said } from '#domain/fleet/inventory-change.ts';
import { INVENTORY_FIELDS, readServerName, readStatementValue } from '#domain/fleet/inventory-schema.ts';

/** One record of a file; `line` is the one that it ends in, counted from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** What is wrong, and where. */
export interface CsvProblem {
  readonly line: number;
  /** Absent: the line as a whole. */
  readonly column?: string;
  readonly message: string;
}

/** The plans that a window may name. */
export interface PlanNames {
  has(name: string): boolean;
  /** For suggestions. */
  readonly names: readonly string[];
}

/** What a file says of one server, its lines put together. */
export interface CsvServer {
  readonly name: string;
  /** The first of its lines. */
  readonly line: number;
  readonly statements: readonly Said[];
}

/** What a line says of one server. */
export interface CsvLine {
  readonly line: number;
  readonly name: string;
  readonly said: readonly (Said & { readonly columns: readonly string[] })[];
}

/** Reads the names of the columns, in any letter case, with blanks or dashes for underscores. */
export function readHeader({ line, cells }: CsvRecord): {
  /** Absent where no column names the servers: every line would be wrong. */
  readonly columns?: readonly string[];
  readonly problems: readonly CsvProblem[];
} {
  const columns = cells.map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  );
  const problems: CsvProblem[] = [];
  for (const [at, column] of columns.entries()) {
    if (column === '') problems.push({ line, message: `the column ${at + 1} has no name` });
    else if (!CSV_COLUMNS.includes(column)) {
      const message = `there is no column "${column.slice(0, 60)}".${didYouMean(column, CSV_COLUMNS)}`;
      problems.push({ line, column: column.slice(0, 60), message });
    } else if (columns.indexOf(column) < at) problems.push({ line, column, message: 'the column stands here twice' });
  }
  if (columns.includes(NAME_COLUMN)) return { columns, problems };
  problems.push({ line, message: `the column "${NAME_COLUMN}" is missing: it names each server` });
  return { problems };
}

/** Reads one record under these columns: what of it is right, and what is wrong. */
export function readRecord(
  columns: readonly string[],
  { line, cells }: CsvRecord,
  plans: PlanNames,
): { readonly read?: CsvLine; readonly problems: readonly CsvProblem[] } {
  if (cells.length !== columns.length)
    return { problems: [{ line, message: `has ${cells.length} cells, the header has ${columns.length}` }] };
  const byColumn = new Map(columns.map((column, at) => [column, cells[at] ?? '']));
  const name = readServerName(byColumn.get(NAME_COLUMN) ?? '');
  const problems: CsvProblem[] = [];
  if (name === undefined) problems.push({ line, column: NAME_COLUMN, message: 'is not the name of a server' });
  const said = readCells(byColumn).flatMap((cell) => {
    const checked = checkCell(cell, plans);
    if (checked.ok) return [{ field: cell.field, columns: cell.columns, value: checked.value }];
    problems.push(...checked.problems.map((problem) => ({ line, ...problem })));
    return [];
  });
  return name === undefined ? { problems } : { read: { line, name, said }, problems };
}

function checkCell(
  { field, columns, input }: CellsRead,
  plans: PlanNames,
):
  | { readonly ok: true; readonly value: Said['value'] }
  | { readonly ok: false; readonly problems: Omit<CsvProblem, 'line'>[] } {
  if (input === undefined) return { ok: true, value: null };
  const [first = ''] = columns;
  const reading = readStatementValue(field, input);
  if (!reading.ok) {
    const problems = reading.problems.map(({ path, message }) => ({ column: columnOf(columns, path), message }));
    return { ok: false, problems };
  }
  if (field === 'window' && !plans.has(String(reading.value))) {
    const message = `there is no plan "${reading.value}".${didYouMean(String(reading.value), plans.names)}`;
    return { ok: false, problems: [{ column: first, message }] };
  }
  return reading;
}

/** The column of a part of a field, e.g. `owner_contact` of `contact`. */
function columnOf(columns: readonly string[], path: string): string {
  const part = path.split('.')[0] ?? '';
  return columns.find((column) => part !== '' && column.endsWith(`_${part}`)) ?? columns[0] ?? '';
}

/**
 * Puts the lines of each server together, in the order of their first lines. A server may stand in several lines as long as they do not
 * contradict each other: two owners of one server are a problem of the later line. `keyOf`: what tells servers apart, whatever they are called.
 */
export function mergeLines(
  lines: readonly CsvLine[],
  keyOf: (name: string) => string,
): { readonly servers: readonly CsvServer[]; readonly problems: readonly CsvProblem[] } {
  interface Merged extends CsvServer {
    readonly fields: Map<InventoryField, { readonly line: number; readonly said: Said }>;
  }
  const merged = new Map<string, Merged>();
  const problems: CsvProblem[] = [];
  for (const { line, name, said } of lines) {
    const key = keyOf(name);
    const server = merged.get(key) ?? { name, line, statements: [], fields: new Map() };
    merged.set(key, server);
    for (const { field, value, columns } of said) {
      const former = server.fields.get(field);
      if (former === undefined) server.fields.set(field, { line, said: { field, value } });
      else if (!sameValue(former.said.value, value)) {
        const { title } = INVENTORY_FIELDS[field];
        const message = `${name} has another ${title.toLowerCase()} in line ${former.line}`;
        problems.push({ line, column: columns[0] ?? '', message });
      }
    }
  }
  const servers = [...merged.values()].map(({ name, line, fields }) => ({
    name,
    line,
    statements: [...fields.values()].map(({ said }) => said),
  }));
  return { servers, problems };
}
