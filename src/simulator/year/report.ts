import { isAllowed } from '../demo/placement.ts';
import { CAUSES, type Cause } from './cause.ts';
import type { YearResult } from './run-year.ts';
import type { Judged } from './witness.ts';

/** What a year came to, for servers with the settings task or without it. */
export interface YearSummary {
  readonly servers: number;
  readonly installations: number;
  /** In a window, or catching up as the plan says. */
  readonly inside: number;
  /** Definitions at any time, and servicing stacks that need no restart in the lead. */
  readonly exempt: number;
  readonly outside: Readonly<Partial<Record<Cause, number>>>;
  /** What `why` said of those outside: its code, or the placement where it said nothing. */
  readonly explained: Readonly<Record<string, number>>;
  readonly due: number;
  readonly installed: number;
  readonly withReason: Readonly<Record<string, number>>;
  /** What must not be, each in a sentence. */
  readonly violations: readonly string[];
}

/** Sums up a year for the servers with the task, or for those without. */
export function summarise(result: YearResult, withTask: boolean): YearSummary {
  const installations = result.installations.filter(({ server }) => server.task === withTask);
  const debts = result.debts.filter(({ server }) => server.task === withTask);
  const outside = installations.filter((judged) => judged.outside !== undefined);
  const open = debts.filter(({ installedAt }) => installedAt === undefined);
  return {
    servers: result.servers.filter(({ task }) => task === withTask).length,
    installations: installations.length,
    inside: installations.filter(({ placement }) => placement === 'window' || placement === 'catch-up').length,
    exempt: installations.filter(({ placement }) => placement === 'definition' || placement === 'servicing-stack')
      .length,
    outside: countBy(outside, (judged) => judged.outside?.cause ?? 'unexplained'),
    explained: countBy(outside, (judged) => judged.outside?.explanation ?? judged.placement),
    due: debts.length,
    installed: debts.length - open.length,
    withReason: countBy(
      open.flatMap(({ reason }) => reason ?? []),
      ({ code }) => code,
    ),
    violations: [
      ...installations.filter((judged) => isViolation(judged, withTask)).map(installationText),
      ...open
        .filter(({ reason }) => reason === undefined)
        .map(({ server, update, headline }) => `due, not installed: ${server.dnsName}, ${update.title}: ${headline}`),
    ],
  };
}

/** What no task can help: a wrong clock moves the schedule, a person is free, and who switches a server off puts its restart off. */
const BEYOND_THE_TASK: readonly Cause[] = ['clock-skew', 'by-hand', 'switched-off'];

/** `why` must explain what lies outside; only of a server whose own clock is wrong the agent's times say that it lay inside. */
function isViolation(judged: Judged, withTask: boolean): boolean {
  const { placement, outside } = judged;
  if (placement === 'not-approved') return true;
  if (outside === undefined) return !isAllowed(placement);
  if (outside.cause === 'unexplained' || outside.told === undefined) return true;
  if (placement !== 'overrun' && outside.explanation === undefined && outside.cause !== 'clock-skew') return true;
  return withTask && !BEYOND_THE_TASK.includes(outside.cause);
}

function installationText({ server, update, record, placement, outside }: Judged): string {
  const at = record.startedAt.toZonedDateTimeISO(server.zone).toString({ smallestUnit: 'minute' });
  const told = outside?.told === undefined ? 'never told of it' : `told of it ${outside.told.at}`;
  return (
    `${placement} (${outside?.cause ?? '-'}): ${server.dnsName}, ${update?.title ?? record.updateId}, ${record.trigger}, ` +
    `${at}, ${told}, deadline ${outside?.told?.deadline ?? 'none'}; why: ${outside?.headline ?? '-'}`
  );
}

function countBy<Item, Key extends string>(items: readonly Item[], keyOf: (item: Item) => Key) {
  const counts: Partial<Record<Key, number>> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts as Record<Key, number>;
}

/** The result as a table, an example for each cause, and everything that must not be. */
export function yearText(result: YearResult): string {
  const columns = [true, false]
    .map((withTask) => ({ withTask, summary: summarise(result, withTask) }))
    .filter(({ summary }) => summary.servers > 0);
  const row = (name: string, value: (summary: YearSummary) => number) =>
    `${name.padEnd(34)}${columns.map(({ summary }) => String(value(summary)).padStart(14)).join('')}`;
  const causes = Object.keys(CAUSES) as Cause[];
  const used = causes.filter((cause) => columns.some(({ summary }) => summary.outside[cause] !== undefined));
  const explanations = [...new Set(columns.flatMap(({ summary }) => Object.keys(summary.explained)))].sort();
  const codes = [...new Set(columns.flatMap(({ summary }) => Object.keys(summary.withReason)))].sort();
  return [
    `${result.from} to ${result.to}, simulated clock; ${result.counts.scans} scans, ${result.counts.restarts} restarts`,
    `${''.padEnd(34)}${columns.map(({ withTask }) => (withTask ? 'with task' : 'without task').padStart(14)).join('')}`,
    row('servers', ({ servers }) => servers),
    row('installations', ({ installations }) => installations),
    row('  inside', ({ inside }) => inside),
    row('  exempt by design', ({ exempt }) => exempt),
    ...used.map((cause) => row(`  outside: ${cause}`, ({ outside }) => outside[cause] ?? 0)),
    ...explanations.map((code) => row(`  why: ${code}`, ({ explained }) => explained[code] ?? 0)),
    row('due', ({ due }) => due),
    row('  installed', ({ installed }) => installed),
    ...codes.map((code) => row(`  reason: ${code}`, ({ withReason }) => withReason[code] ?? 0)),
    row('violations', ({ violations }) => violations.length),
    ...used.flatMap((cause) => exampleOf(result, cause)),
    ...columns.flatMap(({ summary }) => summary.violations.map((text) => `VIOLATION ${text}`)),
    ...result.orderBroken.map((text) => `VIOLATION ${text}`),
  ].join('\n');
}

function exampleOf({ installations }: YearResult, cause: Cause): readonly string[] {
  const example = installations.find(({ outside }) => outside?.cause === cause);
  return example === undefined ? [] : ['', `${cause}: ${CAUSES[cause]}`, `  e.g. ${installationText(example)}`];
}
