import { type CsvError, parse } from 'csv-parse/sync';

/** A line of a table: its number in the file, from 1, and its cells by the names of their columns. */
export interface TableLine {
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

/** What is wrong, and in which line. */
export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

export type TableReading =
  | { readonly ok: true; readonly columns: readonly string[]; readonly lines: readonly TableLine[] }
  | { readonly ok: false; readonly problems: readonly LineProblem[] };

const MOST_LINES = 50_000;
const LONGEST_LINE = 64 * 1024;
const DELIMITERS = [',', ';', '\t'] as const;

/**
 * A table of values with a line of headings, separated by comma, semicolon or tab, quoted or not. Headings are known by their letters and digits
 * in lower case: `VM Name` and `VMName` are one; a column whose heading has none is nobody's. A first line `#TYPE …`, as PowerShell writes it,
 * or `sep=…`, as Excel does, is passed over.
 */
export function readTable(file: string): TableReading {
  const text = file
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n') // the parser counts lines by the first kind that it meets
    .replace(/^(?:#TYPE|sep=)[^\n]*/i, '');
  const heading = /[^\r\n]+/.exec(text)?.[0] ?? '';
  const delimiter = DELIMITERS.reduce((best, one) => (times(heading, one) > times(heading, best) ? one : best));
  let records: readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
  try {
    records = parse(text, {
      ...{ delimiter, info: true, relax_column_count: true, skip_empty_lines: true, trim: true },
      ...{ max_record_size: LONGEST_LINE, to: MOST_LINES + 2 },
    }) as unknown as typeof records;
  } catch (error) {
    const { lines, message } = error as CsvError & { readonly lines?: number };
    return { ok: false, problems: [{ line: lines ?? 1, message: `is no table that reads: ${message.slice(0, 200)}` }] };
  }
  const [first, ...others] = records;
  if (!first) return { ok: false, problems: [{ line: 1, message: 'the file is empty' }] };
  if (others.length > MOST_LINES)
    return { ok: false, problems: [{ line: MOST_LINES + 2, message: `the file has more than ${MOST_LINES} lines` }] };
  const columns = first.record.map((name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
  const twice = columns.find((name, at) => name !== '' && columns.indexOf(name) !== at);
  if (twice !== undefined)
    return { ok: false, problems: [{ line: first.info.lines, message: `the column "${twice}" is there twice` }] };
  const wrong = others.filter(({ record }) => record.length > columns.length);
  if (wrong.length > 0) {
    const message = (cells: number) => `has ${cells} cells; the headings are ${columns.length}`;
    return {
      ok: false,
      problems: wrong.map(({ record, info }) => ({ line: info.lines, message: message(record.length) })),
    };
  }
  const lines = others.map(({ record, info }) => ({
    line: info.lines,
    cells: new Map(columns.flatMap((name, at) => (name === '' ? [] : [[name, record[at] ?? '']]))),
  }));
  return { ok: true, columns, lines };
}

function times(text: string, sign: string): number {
  return text.split(sign).length;
}
