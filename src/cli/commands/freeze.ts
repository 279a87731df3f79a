import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { lateness } from '#cli/output/lateness.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import { SCOPE_OPTIONS, scopeOf, whom } from '#cli/scope.ts';
import type { EndpointCall } from '#contract/endpoint.ts';
import { addFreeze, liftFreeze, listFreezes } from '#contract/endpoints/calendar.ts';
import { CodedError } from '#contract/errors.ts';

const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const STATES = ['in-force', 'past'] as const;

export const freezeAdd = command({
  name: 'freeze add',
  group: 'Calendar',
  summary: 'Install nothing for a while, once or again and again.',
  more: 'Give one of: --start and --end; --from and --to as days (2025-12-24) or as days of each year (12-24); --last-days and --first-days of each month. Days are those of each server, the last one included. --dry-run shows what it would take away and keeps nothing. docs/calendar.md explains it.',
  positionals: { name: { value: 'NAME', description: 'what it is, e.g. "Year end"' } },
  options: {
    ...SCOPE_OPTIONS,
    start: { type: 'string', value: 'INSTANT', description: 'once: from this instant, e.g. 2026-01-05T06:00:00Z' },
    end: { type: 'string', value: 'INSTANT', description: 'once: to this instant; at most 400 days' },
    from: { type: 'string', value: 'DAY', description: 'first day, YYYY-MM-DD, or MM-DD of each year' },
    to: { type: 'string', value: 'DAY', description: 'last day, in the same form' },
    'last-days': { type: 'string', value: 'N', description: 'the last days of each month' },
    'first-days': { type: 'string', value: 'N', description: 'the first days of each month' },
    'dry-run': { type: 'boolean', description: 'only show what it would take away' },
    why: WHY,
    who: WHO,
  },
  async run({ args: { name }, options, service }) {
    const { all, customer, group, server, why, who, 'dry-run': dryRun } = options;
    const scope = scopeOf({ all, customer, group, server });
    const body = { scope, name, rule: ruleOf(options), dryRun, why, ...defined({ customer, group, server, who }) };
    return service.call(addFreeze, { body });
  },
  show: (freeze, page) =>
    [
      freeze.freezeId === undefined
        ? `Would freeze ${whom(freeze)}: ${freeze.words}. Nothing was kept.`
        : `Frozen: ${whom(freeze)}, ${freeze.words}. Lift it with: freeze lift ${freeze.freezeId}`,
      'Windows of the coming year:',
      lateness(freeze, page),
      ...freeze.warnings.map((warning) => `Warning: ${warning}`),
    ].join('\n'),
});

export const freezeList = command({
  name: 'freeze list',
  group: 'Calendar',
  summary: 'Freezes in force and past.',
  options: {
    state: { type: 'string', choices: STATES, description: 'only these; default: all' },
    customer: { type: 'string', value: 'NAME', description: 'those that reach servers of this customer' },
    source: { type: 'string', value: 'NAME', description: 'of this imported calendar, or "person"' },
    ...LIST_OPTIONS,
  },
  run({ options, service }) {
    const state = STATES.find((one) => one === options.state);
    const { customer, source } = options;
    return listed(options, (query) =>
      service.call(listFreezes, { query: { ...query, ...defined({ state, customer, source }) } }),
    );
  },
  show(list, page) {
    const columns = [
      { title: 'Freeze' },
      { title: 'State' },
      { title: 'For' },
      { title: 'Name' },
      { title: 'When' },
      { title: 'Source' },
      { title: 'Who' },
      { title: 'Since' },
    ] as const;
    const rows = list.items.map((freeze) => [
      freeze.freezeId,
      freeze.lifted ? `lifted by ${freeze.lifted.who}` : freeze.state,
      whom(freeze),
      freeze.name,
      freeze.words,
      freeze.source,
      freeze.who,
      shortUtc(freeze.at),
    ]);
    return table(page, columns, rows, 'No freezes.') + andMore(list);
  },
});

export const freezeLift = command({
  name: 'freeze lift',
  group: 'Calendar',
  summary: 'End a freeze. One from an imported calendar comes back with the next import.',
  positionals: { freeze: { value: 'ID', description: 'the id, as `freeze list` prints it' } },
  options: { why: WHY, who: WHO },
  run: ({ args, options: { why, who }, service }) =>
    service.call(liftFreeze, { params: args, query: { why, ...defined({ who }) } }),
  show: (freeze) => `Lifted: "${freeze.name}" of ${whom(freeze)}. Other freezes stay in force.`,
});

type Rule = NonNullable<EndpointCall<typeof addFreeze>['body']>['rule'];

const DAY_OF_YEAR = /^\d\d-\d\d$/;

function ruleOf(given: {
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly 'last-days': string | undefined;
  readonly 'first-days': string | undefined;
}): Rule {
  const { start, end, from, to, 'last-days': last, 'first-days': first } = given;
  const forms = [start ?? end, from ?? to, last ?? first].filter((one) => one !== undefined).length;
  if (forms !== 1)
    throw new CodedError(
      'usage.wrong',
      'say when: --start with --end, --from with --to, or --last-days and --first-days',
    );
  if (start !== undefined && end !== undefined) return { kind: 'once', start, end };
  if (from !== undefined && to !== undefined) return { kind: DAY_OF_YEAR.test(from) ? 'yearly' : 'dates', from, to };
  if (last !== undefined || first !== undefined)
    return {
      kind: 'month-end',
      lastDays: wholeNumber(last ?? '0', '--last-days'),
      firstDays: wholeNumber(first ?? '0', '--first-days'),
    };
  throw new CodedError('usage.wrong', '--start goes with --end, and --from with --to');
}
