import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import {
  type CsvLine,
  type CsvProblem,
  type CsvRecord,
  type PlanNames,
  readHeader,
  readRecord,
} from '#domain/fleet/csv-import.ts';

/** Larger files are refused. */
export const MOST_CSV_BYTES = 20 * 1024 * 1024;
export const MOST_CSV_LINES = 50_000;

/** What a file says, line by line, as far as it is right, and everything that is wrong with it. */
export interface CsvReading {
  readonly lines: readonly CsvLine[];
  readonly problems: readonly CsvProblem[];
}

/** The rest of the process gets its turn after so many bytes. */
const SLICE = 64 * 1024;
/** The reading ends when so many problems were found. */
const MOST_PROBLEMS = 10_000;
const LONGEST_RECORD = 64 * 1024;
const DELIMITERS = [',', ';', '\t'] as const;

/**
 * Reads an inventory file: a header, then a server a line; commas, semicolons or tabs, whichever the header has most of. Every problem is
 * told with its line; after a quotation mark that is never closed nothing can be told apart any more, so that the reading ends there.
 */
export async function readCsv(text: string, plans: PlanNames): Promise<CsvReading> {
  const lines: CsvLine[] = [];
  const problems: CsvProblem[] = [];
  let columns: readonly string[] | undefined;
  for await (const record of records(text, (problem) => problems.push(problem))) {
    if (problems.length >= MOST_PROBLEMS) {
      problems.push({
        line: record.line,
        message: 'this line and what follows was not read: too much is wrong before it',
      });
      break;
    }
    if (record.line > MOST_CSV_LINES + 1) {
      problems.push({ line: record.line, message: `the file has more than ${MOST_CSV_LINES} lines` });
      break;
    }
    if (columns === undefined) {
      const header = readHeader(record);
      problems.push(...header.problems);
      columns = header.columns;
      if (columns) continue;
      break;
    }
    const { read, problems: wrong } = readRecord(columns, record, plans);
    problems.push(...wrong);
    if (read) lines.push(read);
  }
  if (columns === undefined && problems.length === 0) problems.push({ line: 1, message: 'the file is empty' });
  return { lines, problems: problems.sort((a, b) => a.line - b.line) };
}

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark was opened before and never closed',
  CSV_MAX_RECORD_SIZE: `is longer than ${LONGEST_RECORD} bytes, or a quotation mark before it was never closed`,
};

/** The records of a file. The reading ends at the first that does not read as one, which is told to `refuse`. */
async function* records(text: string, refuse: (problem: CsvProblem) => void): AsyncGenerator<CsvRecord> {
  let broken = false;
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(text),
    info: true,
    max_record_size: LONGEST_RECORD,
    record_delimiter: '\n',
    relax_column_count: true, // told by us, with all the others
    relax_quotes: true, // inches and the like
    skip_empty_lines: true,
    skip_records_with_error: true, // an error that is thrown would take the records before it along
    on_skip(error) {
      if (!broken)
        refuse({ line: Number(error?.lines ?? 1), message: REASONS[error?.code ?? ''] ?? 'is not of the form of CSV' });
      broken = true;
      return undefined;
    },
  });
  const lines = text.replaceAll(/\r\n?/g, '\n'); // the parser counts two lines where \r\n stands in a cell
  const source = Readable.from(slices(Buffer.from(lines), () => broken));
  source.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (record.some((cell) => cell.trim() !== '')) yield { line: info.lines, cells: record };
    }
  } finally {
    source.destroy();
  }
}

function* slices(bytes: Uint8Array, isOver: () => boolean): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length && !isOver(); at += SLICE) yield bytes.subarray(at, at + SLICE);
}

function delimiterOf(text: string): string {
  const header = text.slice(0, LONGEST_RECORD).split(/[\r\n]/, 1)[0] ?? '';
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}
