import type { CycleRow } from './cycle-table.ts';
import { shortName } from './known-updates.ts';
import type { Scenario } from './scenario.ts';
import type { Excuse, Settlement, Violation } from './settlement.ts';
import type { StoryResult } from './story.ts';

/** Characters of a line. */
const WIDTH = 100;

/** What stands above the story. */
export function titleText({ servers, customers, from, to }: Scenario): string {
  const regions = new Set(servers.map(({ region }) => region.name));
  return [
    'SECOND TUESDAY: two months of patching on a SIMULATED CLOCK. Nothing here is evidence.',
    `${servers.length} virtual servers of ${customers.length} customers in ${regions.size} regions, ` +
      `${dayOf(from)} to ${dayOf(to)} (UTC).`,
    '',
  ].join('\n');
}

/** One event of note, wrapped. */
export function eventText(at: Temporal.Instant, text: string): string {
  const local = at.toZonedDateTimeISO('UTC');
  const weekday = local.toLocaleString('en-GB', { weekday: 'short' });
  return wrapped(`${local.toPlainDate()} ${weekday}  `, text);
}

/** The result as a manager reads it: one row for each customer and cycle, then what is open and why. */
export function closingText({ table, settlement, evidence }: StoryResult): string {
  const { scans, installations, restarts } = evidence.ledger.counts;
  return [
    '',
    'How it ended (simulated clock)',
    '',
    ...tableLines(table),
    '',
    wrapped(
      '',
      `In their week: everything approved of Patch Tuesday installed by the first window of the server's own release week. Days: median from Patch Tuesday.`,
    ),
    '',
    wrapped(
      '',
      `${number(scans)} scans, ${number(installations)} installations, ${number(restarts)} restarts. Of ` +
        `${number(settlement.due)} updates that were due on a server, ${number(settlement.installed)} are installed and ` +
        `${number(settlement.excused.length)} have a coded reason.`,
    ),
    ...excuseLines(settlement.excused),
    '',
    verdictText(settlement),
    ...settlement.violations.map(violationText),
    '',
  ].join('\n');
}

/** The sentence that everything comes down to. */
function verdictText({ violations }: Settlement): string {
  return violations.length === 0
    ? 'No server installed or restarted outside its window or before its week; nothing due is unexplained.'
    : `${violations.length} VIOLATIONS:`;
}

function violationText({ server, update, rule, detail }: Violation): string {
  return wrapped(
    '  ',
    `${rule}: ${server}, ${update === undefined ? 'an unknown update' : shortName(update)}: ${detail}`,
  );
}

const COLUMNS = [
  'Customer',
  'Cycle',
  'Servers',
  'In week',
  'Later',
  'Failed',
  'Not managed',
  'Days',
  'Outside',
] as const;

function tableLines(rows: readonly CycleRow[]): readonly string[] {
  const cells = rows.map((row) => [
    row.customer,
    row.cycle,
    ...[row.servers, row.inWeek, row.later, row.failed, row.notManaged].map(String),
    row.medianDays === undefined ? '-' : row.medianDays.toFixed(1),
    String(row.violations),
  ]);
  const widths = COLUMNS.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(COLUMNS), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(line)];
}

/** The reasons, each with how many servers and updates it covers. */
function excuseLines(excused: readonly Excuse[]): readonly string[] {
  const groups = Map.groupBy(excused, ({ code, text }) => `${code}: ${text}`);
  return [...groups].map(([reason, members]) => {
    const servers = [...new Set(members.map(({ server }) => server))];
    const named = servers.length === 1 ? servers[0] : `${servers.length} servers`;
    const updates = [...new Set(members.map(({ update }) => shortName(update)))];
    return wrapped('  ', `${named}, ${updates.length === 1 ? updates[0] : `${updates.length} updates`}: ${reason}`);
  });
}

function dayOf(at: Temporal.Instant): string {
  return at.toZonedDateTimeISO('UTC').toPlainDate().toString();
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** Text behind a lead, on as many lines as it needs; the next lines begin below the first word. */
function wrapped(lead: string, text: string): string {
  const lines = [lead];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? '';
    const isStart = last.trim() === '' || last === lead;
    const longer = isStart ? `${last}${word}` : `${last} ${word}`;
    if (longer.length <= WIDTH || isStart) lines[lines.length - 1] = longer;
    else lines.push(`${' '.repeat(lead.length)}${word}`);
  }
  return lines.join('\n');
}
