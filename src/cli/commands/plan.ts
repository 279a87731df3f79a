import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { defined } from '#cli/members.ts';
import { fields, table } from '#cli/output/layout.ts';
import { utc } from '#cli/output/moments.ts';
import { listPlans, putPlan, showPlan } from '#contract/endpoints/fleet.ts';
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

export const planSet = command({
  name: 'plan set',
  group: 'Customers and servers',
  summary: 'Add or change a plan; what is left out follows from the release week.',
  more: 'A plan is written as a whole: name all that differs from the preset, also when it exists. docs/calendar.md explains the terms.',
  positionals: { name: NAME },
  options: {
    kind: { type: 'string', choices: ['weekly', 'nightly'], description: 'nightly: every night from 01:00 to 05:00' },
    'release-week': {
      type: 'string',
      choices: ['1', '2', '3', '4'],
      description: '1 early, 2 default, 3 delayed, 4 Managed Operations',
    },
    weekday: { type: 'string', value: 'DAY', description: 'sunday, or 1 (Monday) to 7 (Sunday)' },
    hour: { type: 'string', value: 'H', description: 'whole local hour at which the window opens, 0 to 23' },
    'window-minutes': { type: 'string', value: 'N', description: 'length of the window, 60 to 1440' },
    'lead-hours': {
      type: 'string',
      value: 'N',
      description: 'how long before the window the offer is served, 0 to 144',
    },
    'run-minutes': { type: 'string', value: 'N', description: 'expected length of install and restart' },
    'soak-days': { type: 'string', value: 'N', description: 'age of a revision before this plan takes it' },
    'follow-up': { type: 'string', choices: ['yes', 'no'], description: 'weekly windows after the primary one' },
  },
  run({ args, options, service }) {
    const number = (name: 'hour' | 'release-week' | 'window-minutes' | 'lead-hours' | 'run-minutes' | 'soak-days') =>
      wholeNumber(options[name], `--${name}`);
    const kind = options.kind === 'weekly' || options.kind === 'nightly' ? options.kind : undefined;
    const followUp = options['follow-up'];
    const body = defined({
      kind,
      releaseWeek: number('release-week'),
      weekday: weekdayOf(options.weekday),
      hour: number('hour'),
      windowMinutes: number('window-minutes'),
      leadHours: number('lead-hours'),
      runMinutes: number('run-minutes'),
      soakDays: number('soak-days'),
      followUp: followUp === undefined ? undefined : followUp === 'yes',
    });
    return service.call(putPlan, { params: { plan: args.name }, body });
  },
  show: (plan, page) =>
    fields(page, [
      ['Plan', plan.name],
      ['Kind', plan.kind],
      ['Release week', plan.releaseWeek],
      [
        'Window',
        `${plan.kind === 'nightly' ? 'every night' : DAYS[plan.weekday - 1]}, ${String(plan.hour).padStart(2, '0')}:00 for ${plan.windowMinutes} minutes`,
      ],
      ['Lead', `${plan.leadHours} h`],
      ['Run', `${plan.runMinutes} minutes`],
      ['Soak', `${plan.soakDays} days`],
      ['Follow-up', plan.followUp ? 'yes' : 'no'],
    ]),
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

/** ISO weekday from its number, its English name, or the first letters of it. */
function weekdayOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-7]$/.test(text)) return Number(text);
  const at = text.length < 3 ? -1 : DAYS.findIndex((day) => day.startsWith(text.toLowerCase()));
  if (at === -1) throw new CodedError('usage.wrong', `--weekday: "${text}" is not a weekday`);
  return at + 1;
}
