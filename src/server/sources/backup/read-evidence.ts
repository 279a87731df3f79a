import { didYouMean } from '#domain/approval/did-you-mean.ts';
import {
  backupRun,
  EVIDENCE_KINDS,
  type Evidence,
  type EvidenceKind,
  toldInstant,
} from '#domain/readiness/evidence.ts';
import { type DateOrder, dateOrder, needsOrder, readMoment } from '#server/sources/backup/moments.ts';
import { type LineProblem, readTable, type TableLine } from '#server/sources/backup/read-table.ts';

/** What one line of a file tells of one server, whose name is in lower case. */
export interface EvidenceLine {
  readonly line: number;
  readonly server: string;
  readonly evidence: readonly Evidence[];
}

/** A file, or all that is wrong with it. */
export interface EvidenceReading {
  readonly form: EvidenceForm;
  readonly lines: readonly EvidenceLine[];
  /** Lines about runs that have not ended. */
  readonly running: number;
  readonly problems: readonly LineProblem[];
}

/** `csv`: our own columns; `veeam`: sessions of Veeam Backup & Replication. */
export type EvidenceForm = 'csv' | 'veeam';

export interface EvidenceReadingOptions {
  /** Of times without an offset. */
  readonly zone: string;
  readonly now: Temporal.Instant;
  /** What the sessions of a Veeam export are evidence of; default: a backup and its restore point. */
  readonly kind?: EvidenceKind | undefined;
  /** Of dates with slashes; default: what the dates of the file show. */
  readonly order?: DateOrder | undefined;
}

/** Where each form has what is needed, by the columns' names in order of preference. */
const COLUMNS: Readonly<
  Record<EvidenceForm, Readonly<Record<'server' | 'at' | 'result' | 'job' | 'detail', readonly string[]>>>
> = {
  csv: { server: ['server'], at: ['at'], result: ['result', 'ok'], job: ['job'], detail: ['detail'] },
  veeam: {
    server: ['vmname', 'vm', 'objectname', 'object', 'machinename', 'machine', 'server', 'computer', 'name'],
    at: [
      'endtime',
      'endtimelocal',
      'stoptime',
      'stoptimelocal',
      'end',
      'starttime',
      'starttimelocal',
      'creationtime',
      'start',
    ],
    result: ['status', 'result'],
    job: ['jobname', 'job'],
    detail: ['details', 'reason', 'failuremessage'],
  },
};
const NEEDED = ['server', 'at', 'result'] as const;

const RESULTS: ReadonlyMap<string, 'ok' | 'warning' | 'failed' | 'running'> = new Map([
  ...words('ok', ['ok', 'success', 'succeeded', 'true', 'yes']),
  ...words('warning', ['warning']),
  ...words('failed', ['failed', 'failure', 'error', 'false', 'no']),
  ...words('running', ['inprogress', 'pending', 'running', 'working', 'starting', 'none', 'idle']),
]);
/** A job, a detail: their beginnings are kept. */
const LONGEST = 200;
const CONTROL = /\p{Cc}+/gu;

/** Reads evidence from a table of our own columns or from Veeam's sessions. Every line is read, so that all problems are told. */
export function readEvidence(file: string, options: EvidenceReadingOptions): EvidenceReading {
  const table = readTable(file);
  if (!table.ok) return { form: 'csv', lines: [], running: 0, problems: table.problems };
  const form = table.columns.includes('kind') ? 'csv' : 'veeam';
  const places = Object.fromEntries(
    Object.entries(COLUMNS[form]).map(([what, names]) => [what, names.find((name) => table.columns.includes(name))]),
  );
  const missing = NEEDED.filter((what) => places[what] === undefined);
  if (missing.length > 0) {
    const message = missing.map((what) => `no column for ${what}: one of ${COLUMNS[form][what].join(', ')}`).join('; ');
    return { form, lines: [], running: 0, problems: [{ line: 1, message }] };
  }
  const cellsOf = ({ cells }: TableLine): Cells => ({
    server: cells.get(places.server ?? '') ?? '',
    at: cells.get(places.at ?? '') ?? '',
    result: cells.get(places.result ?? '') ?? '',
    job: text(cells.get(places.job ?? '')),
    detail: text(cells.get(places.detail ?? '')),
    kind: cells.get('kind') ?? '',
  });
  const rows = table.lines.map((line) => ({ line: line.line, cells: cellsOf(line) }));
  const order = orderOf(rows, options);
  if (!order.ok) return { form, lines: [], running: 0, problems: [order.problem] };
  const read = rows.map(({ line, cells }) => ({
    line,
    read: readLine(form, cells, { ...options, order: order.order }),
  }));
  return {
    form,
    lines: read.flatMap(({ line, read: { server, evidence = [] } }) =>
      server !== undefined && evidence.length > 0 ? [{ line, server, evidence }] : [],
    ),
    running: read.filter(({ read: { running } }) => running).length,
    problems: read.flatMap(({ line, read: { problem } }) =>
      problem === undefined ? [] : [{ line, message: problem }],
    ),
  };
}

type Cells = Readonly<Record<'server' | 'at' | 'result' | 'job' | 'detail' | 'kind', string>>;

interface LineRead {
  readonly server?: string;
  readonly evidence?: readonly Evidence[];
  readonly running?: true;
  readonly problem?: string;
}

type Order = { readonly ok: true; readonly order: DateOrder } | { readonly ok: false; readonly problem: LineProblem };

function orderOf(rows: readonly { line: number; cells: Cells }[], { order }: EvidenceReadingOptions): Order {
  if (order !== undefined) return { ok: true, order };
  const shown = dateOrder(rows.map(({ cells }) => cells.at));
  if (shown === 'day-first' || shown === 'month-first') return { ok: true, order: shown };
  const first = rows.find(({ cells }) => needsOrder(cells.at));
  if (!first) return { ok: true, order: 'day-first' };
  const message =
    shown === 'mixed'
      ? 'some dates of the file have the day first, others the month'
      : `"${first.cells.at.slice(0, 40)}": nothing in the file shows whether day or month comes first; say so`;
  return { ok: false, problem: { line: first.line, message } };
}

function readLine(form: EvidenceForm, cells: Cells, options: EvidenceReadingOptions & { order: DateOrder }): LineRead {
  const { job, detail } = cells;
  const server = cells.server.toLowerCase();
  if (!/^[a-z0-9_]([a-z0-9_.-]{0,253}[a-z0-9_])?$/.test(server)) return { problem: noServer(form, cells) };
  const result = RESULTS.get(cells.result.toLowerCase().replaceAll(/[^a-z]/g, ''));
  if (result === undefined)
    return { problem: `"${cells.result.slice(0, 40)}" is no result: success, warning or failed` };
  if (result === 'running') return { running: true };
  const moment = readMoment(cells.at, options.zone, options.order);
  if (!moment) return { problem: `"${cells.at.slice(0, 40)}" is no time that reads` };
  const told = toldInstant(moment, options.now);
  if (!told.ok && told.problem === 'is in the future')
    return { problem: `${moment} is in the future; is the zone ${options.zone} right?` };
  if (!told.ok) return { problem: `"${cells.at.slice(0, 40)}" ${told.problem}` };
  const run = {
    ok: result !== 'failed',
    at: told.at,
    job,
    detail: result === 'warning' ? detail || 'Warning' : detail,
  };
  if (form === 'veeam')
    return { server, evidence: options.kind === undefined ? backupRun(run) : [{ ...run, kind: options.kind }] };
  const kind = EVIDENCE_KINDS.find((one) => one === cells.kind.toLowerCase());
  if (!kind) {
    const hint = didYouMean(cells.kind.toLowerCase(), EVIDENCE_KINDS);
    return { problem: `"${cells.kind.slice(0, 40)}" is not one of ${EVIDENCE_KINDS.join(', ')}.${hint}` };
  }
  return { server, evidence: [{ ...run, kind }] };
}

/** A session of a whole job has the job's name, with blanks and brackets, where one of a server has the server's. */
function noServer(form: EvidenceForm, { server, job }: Cells): string {
  if (form === 'veeam' && job !== '' && server.startsWith(job))
    return `"${server.slice(0, 60)}" is a job, not a server; export the task sessions, which name each server`;
  return `"${server.slice(0, 60)}" is not the name of a server`;
}

function text(cell: string | undefined): string {
  return (cell ?? '').replaceAll(CONTROL, ' ').trim().slice(0, LONGEST);
}

function words<Meaning extends string>(meaning: Meaning, spelled: readonly string[]): [string, Meaning][] {
  return spelled.map((word) => [word, meaning]);
}
