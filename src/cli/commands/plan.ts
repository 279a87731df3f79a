import { wholeNumber } from '#cli/arguments.ts';
import { command, type OptionValues } from '#cli/command.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { fields, table } from '#cli/output/layout.ts';
import { shortUtc, utc } from '#cli/output/moments.ts';
import type { Page } from '#cli/output/page.ts';
import type { EndpointCall, EndpointResult } from '#contract/endpoint.ts';
import { checkPlan, listPlans, putPlan, showPlan } from '#contract/endpoints/fleet.ts';
import { status } from '#contract/endpoints/service.ts';
import { CodedError } from '#contract/errors.ts';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const NAME = { value: 'NAME', description: 'the name of the plan' } as const;

export const planList = command({
  name: 'plan list',
  group: 'Customers and servers',
  summary: 'Plans: when servers are patched.',
  run: ({ service }) => service.call(listPlans),
  show: ({ items }, page) =>
    table(
      page,
      [{ title: 'Plan' }, { title: 'In words' }],
      items.map(({ name, words }) => [name, words]),
      'No plans.',
    ),
});

const DRAFT_OPTIONS = {
  kind: { type: 'string', choices: ['weekly', 'nightly'], description: 'nightly: every night from 01:00 to 05:00' },
  'release-week': {
    type: 'string',
    choices: ['1', '2', '3', '4'],
    description: '1 early, 2 default, 3 delayed, 4 Managed Operations',
  },
  weekday: { type: 'string', value: 'DAY', description: 'sunday, or 1 (Monday) to 7 (Sunday)' },
  hour: { type: 'string', value: 'H', description: 'whole local hour at which the window opens, 0 to 23' },
  'window-minutes': { type: 'string', value: 'N', description: 'length of the window, 60 to 1440' },
  'extra-windows': {
    type: 'string',
    value: 'LIST',
    description: 'further weekly windows, each DAY HOUR MINUTES, e.g. "sat 22 240, wed 1 120"; at most six',
  },
  'lead-hours': { type: 'string', value: 'N', description: 'how long before the window the offer is served, 0 to 144' },
  'run-minutes': { type: 'string', value: 'N', description: 'expected length of install and restart' },
  'latest-start-minutes': {
    type: 'string',
    value: 'N',
    description: 'minutes after the opening from which nothing is begun; default: while a run fits',
  },
  'soak-days': { type: 'string', value: 'N', description: 'age of a revision before this plan takes it' },
  'follow-up': { type: 'string', choices: ['yes', 'no'], description: 'weekly windows after the primary one' },
  missed: {
    type: 'string',
    value: 'RULE',
    description: 'a window in which a server was not there: next, skip, or catch-up:HOURS (1 to 72) after its end',
  },
  definitions: {
    type: 'string',
    choices: ['each-scan', 'daily'],
    description: 'daily: definition updates go in at each scan',
  },
  zone: { type: 'string', value: 'ZONE', description: 'time zone of the windows that are shown; default UTC' },
} as const;

export const planSet = command({
  name: 'plan set',
  alias: 'plan put',
  group: 'Customers and servers',
  summary: 'Add or change a plan; what is left out follows from the release week.',
  more: 'A plan is written as a whole: name all that differs from the preset, also when it exists. docs/delivery.md explains the terms.',
  positionals: { name: NAME },
  options: { ...DRAFT_OPTIONS, 'dry-run': { type: 'boolean', description: 'keep nothing; the same as plan check' } },
  async run({ args, options, service }) {
    const endpoint = options['dry-run'] ? checkPlan : putPlan;
    return { kept: !options['dry-run'], ...(await service.call(endpoint, draftOf(args.name, options))) };
  },
  show: ({ kept, ...plan }, page) => (kept ? '' : 'Nothing was kept. It would be:\n') + planText(plan, page),
});

export const planCheck = command({
  name: 'plan check',
  group: 'Customers and servers',
  summary: 'What a plan would come to, and whose next window would change.',
  positionals: { name: NAME },
  options: DRAFT_OPTIONS,
  run: ({ args, options, service }) => service.call(checkPlan, draftOf(args.name, options)),
  show: planText,
});

export const planShow = command({
  name: 'plan show',
  group: 'Customers and servers',
  summary: 'The exact instants of a plan in a cycle and a time zone.',
  positionals: { name: NAME },
  options: {
    cycle: {
      type: 'string',
      value: 'YYYY-MM',
      description: 'the month of the Patch Tuesday; default: the present cycle',
    },
    zone: { type: 'string', value: 'ZONE', description: 'time zone, e.g. Europe/London; default UTC' },
  },
  async run({ args, options, service }) {
    const cycle = options.cycle ?? (await service.call(status)).cycle;
    const zone = options.zone ?? 'Etc/UTC';
    const times = await service.call(showPlan, { params: { plan: args.name, cycle }, query: { zone } });
    return { plan: args.name, cycle, zone, ...times };
  },
  show: ({ plan, cycle, words, local, ...times }, page) =>
    fields(page, [
      ['Plan', `${plan}: ${words}`],
      ['Cycle', cycle],
      ['Patch Tuesday', utc(times.patchTuesday)],
      ['Release week', `${utc(times.releaseWeekStart)} to ${utc(times.releaseWeekEnd)}`],
      ['Offered from', utc(times.leadFrom)],
      ['Window opens', `${utc(times.windowStart)}, ${local.windowStart}`],
      ['Last offer', utc(times.lastOffer)],
      ['Window ends', `${utc(times.windowEnd)}, ${local.windowEnd}`],
    ]),
});

type Draft = OptionValues<typeof DRAFT_OPTIONS>;

/** The call that keeps or checks a plan, from what was written on the command line. */
function draftOf(name: string, options: Draft): EndpointCall<typeof putPlan> {
  const number = (option: NumberOption) => wholeNumber(options[option], `--${option}`);
  const { kind, zone, definitions, 'follow-up': followUp, 'extra-windows': extraWindows } = options;
  const body = defined({
    kind: kind === 'weekly' || kind === 'nightly' ? kind : undefined,
    releaseWeek: number('release-week'),
    weekday: options.weekday === undefined ? undefined : weekdayOf(options.weekday, '--weekday'),
    hour: number('hour'),
    windowMinutes: number('window-minutes'),
    extraWindows: extraWindows === undefined ? undefined : extraWindowsOf(extraWindows),
    leadHours: number('lead-hours'),
    runMinutes: number('run-minutes'),
    latestStartMinutes: number('latest-start-minutes'),
    soakDays: number('soak-days'),
    followUp: followUp === undefined ? undefined : followUp === 'yes',
    missed: options.missed === undefined ? undefined : missedOf(options.missed),
    definitions: definitions === 'each-scan' || definitions === 'daily' ? definitions : undefined,
  });
  return { params: { plan: name }, query: defined({ zone }), body };
}

type NumberOption =
  | 'hour'
  | 'release-week'
  | 'window-minutes'
  | 'lead-hours'
  | 'run-minutes'
  | 'latest-start-minutes'
  | 'soak-days';

type Missed = EndpointResult<typeof putPlan>['missed'];

function missedOf(text: string): Missed {
  if (text === 'next' || text === 'skip') return { kind: text };
  const [kind, hours = '', ...rest] = text.split(':');
  if (kind !== 'catch-up' || rest.length > 0)
    throw new CodedError('usage.wrong', `--missed: "${text}" is not next, skip or catch-up:HOURS`);
  return { kind, hours: wholeNumber(hours, '--missed') };
}

function extraWindowsOf(text: string) {
  if (text.trim() === '') return [];
  return text.split(',').map((window) => {
    const [day, hour, minutes, ...rest] = window.trim().split(/\s+/);
    if (day === undefined || hour === undefined || minutes === undefined || rest.length > 0)
      throw new CodedError('usage.wrong', `--extra-windows: "${window.trim()}" is not DAY HOUR MINUTES`);
    return {
      weekday: weekdayOf(day, '--extra-windows'),
      hour: wholeNumber(hour, '--extra-windows'),
      windowMinutes: wholeNumber(minutes, '--extra-windows'),
    };
  });
}

/** ISO weekday from its number, its English name, or the first letters of it. */
function weekdayOf(text: string, option: string): number {
  if (/^[1-7]$/.test(text)) return Number(text);
  const at = text.length < 3 ? -1 : DAYS.findIndex((day) => day.startsWith(text.toLowerCase()));
  if (at === -1) throw new CodedError('usage.wrong', `${option}: "${text}" is not a weekday`);
  return at + 1;
}

type Plan = EndpointResult<typeof putPlan>;

function planText(plan: Plan, page: Page): string {
  const { overlaps, servers, windows, warnings } = plan;
  const columns = [
    { title: 'Window opens' },
    { title: 'Offered from' },
    { title: 'Nothing begins after' },
    { title: 'Ends' },
    { title: 'Cycle' },
  ] as const;
  const rows = windows.map(({ local, primary, leadFrom, lastOffer, end, cycle }) => [
    primary ? `${local} (primary)` : local,
    shortUtc(leadFrom),
    shortUtc(lastOffer),
    shortUtc(end),
    cycle,
  ]);
  return [
    fields(page, [
      ['Plan', `${plan.name}: ${plan.words}`],
      ['Lead', `${plan.leadHours} h`],
      ['Run', `${plan.runMinutes} minutes`],
      [
        'Latest start',
        plan.latestStartMinutes === undefined ? undefined : `${plan.latestStartMinutes} minutes after the opening`,
      ],
      ['Soak', `${plan.soakDays} days`],
      ['Follow-up', plan.followUp ? 'yes' : 'no'],
      ['Missed window', plan.missed.kind === 'catch-up' ? `catch up within ${plan.missed.hours} h` : plan.missed.kind],
      ['Definitions', plan.definitions],
      [
        'Servers',
        `${many(servers.using, 'server')} on this plan; the next window of ${servers.changed} differs from before`,
      ],
      ['Where windows meet', [overlaps.rule, ...overlaps.notes].join(' ')],
      ...warnings.map((warning) => ['Warning', warning] as const),
    ]),
    `Next windows in ${plan.zone}:`,
    table(page, columns, rows, ''),
  ].join('\n');
}
