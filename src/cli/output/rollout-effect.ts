import { many } from '#cli/output/amounts.ts';
import { fields, hanging, table } from '#cli/output/layout.ts';
import { type Page, strong } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import type { checkRolloutPlan, diffRolloutPlans, rolloutCoverage } from '#contract/endpoints/rollout.ts';

type Effect = NonNullable<EndpointResult<typeof checkRolloutPlan>['effect']>;
type Coverage = Pick<EndpointResult<typeof rolloutCoverage>, 'combinations' | 'covered' | 'holes'>;
type Changes = EndpointResult<typeof diffRolloutPlans>['changes'];

const HOLES_SHOWN = 20;

/** What a rollout plan comes to: servers by wave, those that no rule places, holes in the coverage, changes. */
export function rolloutEffectText(effect: Effect, page: Page): string {
  const { waves, unplaced, notManaged, moved, coverage, warnings, changes } = effect;
  const columns = [
    { title: 'Wave' },
    { title: 'Title' },
    { title: 'Servers', right: true },
    { title: 'Before', right: true },
  ] as const;
  const rows = waves.map(({ wave, title, servers, before }) => [wave, title, servers, before]);
  const more = unplaced.servers > unplaced.names.length ? ', …' : '';
  return [
    table(page, columns, rows, 'No waves.'),
    fields(page, [
      [
        'Placed nowhere',
        unplaced.servers === 0 ? undefined : `${many(unplaced.servers, 'server')}: ${unplaced.names.join(', ')}${more}`,
      ],
      [
        'Take no part yet',
        notManaged === 0 ? undefined : `${many(notManaged, 'server')} not managed, or without a plan`,
      ],
      ['Change their wave', moved === 0 ? undefined : many(moved, 'server')],
    ]),
    ...warnings.map((warning) => hanging(page, 'Note: ', warning)),
    coverageText(coverage, page, HOLES_SHOWN),
    ...(changes.length === 0 ? [] : [strong(page, 'What changes in the plan'), changesText(changes, page)]),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** Which combinations in later waves no pilot stands for, at most so many of them. */
export function coverageText({ combinations, covered, holes }: Coverage, page: Page, most: number): string {
  const heading = `Coverage: ${covered} of ${many(combinations, 'combination')} of system, role and applications in later waves have a pilot.`;
  const columns = [
    { title: 'Servers', right: true },
    { title: 'Without a pilot' },
    { title: 'Role' },
    { title: 'Applications' },
    { title: 'Waves' },
  ] as const;
  const rows = holes
    .slice(0, most)
    .map(({ servers, os, role, applications, waves }) => [
      servers,
      os,
      role ?? 'not known',
      applications.join(', '),
      waves.join(', '),
    ]);
  const hidden = combinations - covered - rows.length;
  return [
    hanging(page, '', heading),
    ...(rows.length === 0 ? [] : [table(page, columns, rows, '')]),
    ...(hidden > 0 ? [`${hidden} more are not shown.`] : []),
  ].join('\n');
}

/** What two plans say differently. */
export function changesText(changes: Changes, page: Page): string {
  const rows = changes.map(({ path, from, to }) => [path, from ?? '(not there)', to ?? '(not there)']);
  return table(page, [{ title: 'Where' }, { title: 'From' }, { title: 'To' }], rows, 'They say the same.');
}
