import { command } from '#cli/command.ts';
import { many } from '#cli/output/amounts.ts';
import { fields, hanging, table } from '#cli/output/layout.ts';
import { shortUtc, utc } from '#cli/output/moments.ts';
import { type Page, strong } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { now as endpoint } from '#contract/endpoints/now.ts';

type Now = EndpointResult<typeof endpoint>;

/** The command that goes on from each kind of attention. */
const NEXT: Readonly<Record<Now['attention'][number]['kind'], string>> = {
  review: 'catalogue list --verdict review',
  'campaign-stopped': 'campaigns show NAME, then campaigns resume or close',
  'gate-asks': 'campaigns show NAME, then campaigns test or campaigns go',
  'second-person': 'rollout approve or policy approve',
  'connection-failed': 'hooks runs, or directory show NAME',
  unassigned: 'servers change SERVER --customer NAME',
  'no-plan': 'customers change NAME --plan default',
  failed: 'servers list --compliance failed',
  'pending-restart': 'servers list --compliance pending-restart',
  silent: 'inventory gaps stopped --days 3',
  clones: 'servers clones',
  paused: 'pause list',
  braked: 'brake list',
  'settings-outdated': 'servers report SERVER',
  'catalogue-stale': 'upstream list, or import FOLDER',
};

export const now = command({
  name: 'now',
  group: 'Service',
  summary: 'Where we are in the cycle, what wants a person, which windows open next.',
  run: ({ service }) => service.call(endpoint),
  show: nowText,
});

function nowText({ at, clock, cycle, fleet, catalogue, attention, windows, warnings }: Now, page: Page): string {
  const { total, compliant, notCompliant, pendingRestart, failed, unknown } = fleet;
  const week = cycle.weeks.find(({ start, end }) => start <= at && at < end);
  const imported = catalogue.lastImport === undefined ? 'never' : utc(catalogue.lastImport);
  const lines = fields(page, [
    ['Clock', clock === 'simulated' ? `SIMULATED, it stands at ${utc(at)}` : utc(at)],
    ['Cycle', `${cycle.name}, ${week ? `${week.name} week` : 'no release week'} (UTC)`],
    ['Patch Tuesday', `${utc(cycle.patchTuesday)}; the next one is ${utc(cycle.nextPatchTuesday)}`],
    [
      'Servers',
      `${total}: ${compliant} compliant, ${notCompliant} not compliant, ${pendingRestart} to restart, ${failed} failed, ${unknown} unknown`,
    ],
    ['Updates', `${catalogue.approved} approved, ${catalogue.review} to review; last import ${imported}`],
  ]);
  const warned = warnings.map((warning) => hanging(page, 'Warning: ', warning));
  return [[lines, ...warned].join('\n'), wantedText(attention, page), windowsText(windows, page)].join('\n\n');
}

function wantedText(attention: Now['attention'], page: Page): string {
  if (attention.length === 0) return 'Nothing wants a person.';
  const blocks = attention.map(({ kind, text, examples }) =>
    [
      hanging(page, '- ', `${text} (${kind})`),
      ...examples.map(({ title, detail }) =>
        hanging(page, '    ', detail === undefined ? title : `${title}. ${detail}`),
      ),
      hanging(page, '    ', `Go on with: ${NEXT[kind]}`),
    ].join('\n'),
  );
  return [strong(page, 'What wants a person'), ...blocks].join('\n');
}

function windowsText(windows: Now['windows'], page: Page): string {
  const columns = [
    { title: 'Opens' },
    { title: 'There' },
    { title: 'Plan' },
    { title: 'Servers', right: true },
  ] as const;
  const rows = windows.map(({ start, local, zone, plan, servers }) => {
    return [shortUtc(start), `${local} ${zone}`, plan, servers];
  });
  const head = strong(
    page,
    `Windows of the next 48 hours${rows.length === 0 ? '' : `: ${many(rows.length, 'opening')}`}`,
  );
  return `${head}\n${table(page, columns, rows, 'None opens.')}`;
}
