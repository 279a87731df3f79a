import { command } from '#cli/command.ts';
import { readCsvFile } from '#cli/csv-file.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { addEvidence, importEvidence, listEvidence } from '#contract/endpoints/evidence.ts';

const LARGEST_FILE = 16 * 1024 * 1024;
const KINDS = ['backup', 'restore-point', 'restore-test'] as const;
const CUSTOMER = { type: 'string', value: 'NAME', required: true, description: 'whose server it is' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who tells; default: the token's name" } as const;

export const evidenceImport = command({
  name: 'evidence import',
  group: 'Readiness',
  summary: "Evidence of backups from a CSV file or Veeam's sessions; kept only with --apply.",
  more: 'Columns: server, kind (backup, restore-point, restore-test), result (success, failed), at, job, detail; or those of Get-VBRTaskSession | Export-Csv. docs/readiness.md explains both.',
  positionals: { file: { value: 'FILE', description: 'UTF-8 or UTF-16, with comma, semicolon or tab' } },
  options: {
    customer: CUSTOMER,
    apply: { type: 'boolean', description: 'keep it, when every line is right' },
    zone: { type: 'string', value: 'ZONE', description: "of times without an offset; default: the customer's" },
    kind: {
      type: 'string',
      choices: KINDS,
      description: "what Veeam's sessions show; default: backup and restore point",
    },
    dates: {
      type: 'string',
      choices: ['day-first', 'month-first'],
      description: 'how 10/11/2025 is meant; default: as other dates of the file show',
    },
    who: WHO,
  },
  async run({ args, options: { customer, apply, zone, who, ...options }, service }) {
    const kind = KINDS.find((one) => one === options.kind);
    const dates = options.dates === 'day-first' || options.dates === 'month-first' ? options.dates : undefined;
    const text = await readCsvFile(args.file, LARGEST_FILE);
    return service.call(importEvidence, { body: { customer, text, apply, ...defined({ zone, kind, dates, who }) } });
  },
  failed: ({ problemCount }) => problemCount > 0,
  show(result, page) {
    const { lines, servers, added, known, running, zone, applied, problems, problemCount } = result;
    const counted = `${many(lines, 'line')} about ${many(servers, 'server')}; times without an offset are of ${zone}.`;
    const open = running > 0 ? ` ${many(running, 'run')} not ended yet, passed over.` : '';
    if (problemCount > 0) {
      const columns = [{ title: 'Line', right: true }, { title: 'Problem' }] as const;
      const rows = problems.map(({ line, message }) => [line, message]);
      const more = problemCount > problems.length ? `\n… and ${problemCount - problems.length} more` : '';
      return `${counted}${open} Nothing was kept.\n${table(page, columns, rows, '')}${more}`;
    }
    const told = applied ? `Kept ${added}` : `Would keep ${added} (repeat with --apply)`;
    return `${counted}${open}\n${told}; ${known} known already.`;
  },
});

export const evidenceAdd = command({
  name: 'evidence add',
  group: 'Readiness',
  summary: 'Tell how one backup, or one restore test, of a server ended.',
  positionals: { server: { value: 'SERVER', description: 'DNS name, or its first label' } },
  options: {
    customer: CUSTOMER,
    kind: { type: 'string', choices: KINDS, required: true, description: 'what it was' },
    at: { type: 'string', value: 'INSTANT', required: true, description: 'when it ended, e.g. 2025-11-13T23:42:00Z' },
    failed: { type: 'boolean', description: 'it did not go well' },
    job: { type: 'string', value: 'NAME', description: 'what did it' },
    detail: { type: 'string', value: 'TEXT', description: 'more, in one line' },
    who: WHO,
  },
  run({ args: { server }, options: { customer, at, failed, job, detail, who, ...options }, service }) {
    const kind = KINDS.find((one) => one === options.kind) ?? 'backup';
    const evidence = [{ server, kind, ok: !failed, at, ...defined({ job, detail }) }];
    return service.call(addEvidence, { body: { customer, evidence, ...defined({ who }) } });
  },
  show: ({ added }) => (added > 0 ? 'Kept.' : 'That was known already.'),
});

export const evidenceList = command({
  name: 'evidence list',
  group: 'Readiness',
  summary: 'What is on record of the backups and restore tests of a server, the latest first.',
  positionals: { server: { value: 'SERVER', description: 'DNS name, or its first label' } },
  options: {
    customer: CUSTOMER,
    kind: { type: 'string', choices: KINDS, description: 'only these' },
    ...LIST_OPTIONS,
  },
  run({ args: { server }, options: { customer, kind, ...list }, service }) {
    const only = KINDS.find((one) => one === kind);
    return listed(list, (query) =>
      service.call(listEvidence, { query: { ...query, customer, server, ...defined({ kind: only }) } }),
    );
  },
  show: (list, page) =>
    table(page, EVIDENCE_COLUMNS, list.items.map(evidenceRow), 'Nothing is on record.') + andMore(list),
});

/** Columns of evidence in tables. */
export const EVIDENCE_COLUMNS = [
  { title: 'Kind' },
  { title: 'Ended' },
  { title: 'Result' },
  { title: 'Source' },
  { title: 'Job' },
  { title: 'Detail' },
] as const;

/** One line of it. */
export function evidenceRow(one: EndpointResult<typeof listEvidence>['items'][number]) {
  return [one.kind, shortUtc(one.at), one.ok ? 'ok' : 'FAILED', one.source, one.job, one.detail];
}
