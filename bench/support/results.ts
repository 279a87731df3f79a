import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** One line of a benchmark's table. */
export type Row = Readonly<Record<string, string | number>>;

/** What every benchmark is told: `--quick` for a try in seconds, `--json FILE` for the figures, and sizes, e.g. `--revisions 5000,20000`. */
export interface Arguments {
  readonly quick: boolean;
  readonly rounds: number;
  list(name: string, quick: readonly number[], full: readonly number[]): readonly number[];
  one(name: string, quick: number, full: number): number;
}

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'string' }, rounds: { type: 'string' } },
  strict: false,
});

export const ARGUMENTS: Arguments = {
  quick: values.quick === true,
  rounds: Number(values.rounds ?? (values.quick ? 3 : 7)),
  list(name, quick, full) {
    const own = given(name);
    return own === undefined ? (values.quick ? quick : full) : own.split(',').map(Number);
  },
  one: (name, quick, full) => Number(given(name) ?? (values.quick ? quick : full)),
};

function given(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

const tables: Record<string, readonly Row[]> = {};

/** Prints a table, and keeps it for `--json`. */
export function table(title: string, rows: readonly Row[]): void {
  tables[title] = rows;
  console.log(`\n${title}`);
  console.table(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, rounded(value)]))),
  );
  if (typeof values.json === 'string') writeFileSync(values.json, `${JSON.stringify(tables, undefined, 2)}\n`);
}

export function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

function rounded(value: string | number): string | number {
  if (typeof value === 'string' || Number.isInteger(value)) return value;
  return Number(value.toPrecision(value >= 100 ? 4 : 3));
}
