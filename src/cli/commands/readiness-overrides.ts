import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc, utc } from '#cli/output/moments.ts';
import { addOverride, endOverride, listOverrides } from '#contract/endpoints/readiness.ts';
import { CodedError } from '#contract/errors.ts';

const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const STATES = ['in-force', 'expired', 'ended'] as const;
const CHECKS = [
  'inventory',
  'support',
  'backup',
  'restore-point',
  'restore-test',
  'pending-restart',
  'disk',
  'contact',
  'failures',
  'clock',
  'tls',
] as const;

export const readinessOverride = command({
  name: 'readiness override',
  group: 'Readiness',
  summary: 'Let a server go although some checks fail, until an instant.',
  positionals: { server: { value: 'SERVER', description: 'id, client id or DNS name' } },
  options: {
    checks: { type: 'string', value: 'LIST', required: true, description: `with commas between: ${CHECKS.join(', ')}` },
    expires: { type: 'string', value: 'INSTANT', required: true, description: 'at most 30 days ahead' },
    why: WHY,
    who: WHO,
  },
  async run({ args: { server }, options: { checks, expires, why, who }, service }) {
    return service.call(addOverride, { body: { server, checks: checksOf(checks), expires, why, ...defined({ who }) } });
  },
  show: ({ server, checks, expires, overrideId }) =>
    `${server} goes without ${checks.join(', ')} until ${utc(expires)}. End it with: readiness end ${overrideId}`,
});

export const readinessOverrides = command({
  name: 'readiness overrides',
  group: 'Readiness',
  summary: 'Overrides in force, expired and ended, the latest first.',
  options: {
    customer: { type: 'string', value: 'NAME', description: 'only of this customer' },
    server: { type: 'string', value: 'NAME', description: 'only of this server' },
    state: { type: 'string', choices: STATES, description: 'only these; default: all' },
    ...LIST_OPTIONS,
  },
  run({ options: { customer, server, state: given, ...list }, service }) {
    const state = STATES.find((one) => one === given);
    return listed(list, (query) =>
      service.call(listOverrides, { query: { ...query, ...defined({ customer, server, state }) } }),
    );
  },
  show(list, page) {
    const columns = [
      { title: 'Override' },
      { title: 'State' },
      { title: 'Server' },
      { title: 'Checks' },
      { title: 'To' },
      { title: 'Who' },
      { title: 'Why' },
    ] as const;
    const rows = list.items.map(({ overrideId, state, server, checks, expires, ended, who, why }) => [
      overrideId,
      ended ? `ended by ${ended.who}` : state,
      server,
      checks.join(', '),
      shortUtc(ended?.at ?? expires),
      who,
      why,
    ]);
    return table(page, columns, rows, 'No overrides.') + andMore(list);
  },
});

export const readinessEnd = command({
  name: 'readiness end',
  group: 'Readiness',
  summary: 'End an override before its time.',
  positionals: { override: { value: 'ID', description: 'the id, as `readiness overrides` prints it' } },
  options: { why: WHY, who: WHO },
  run: ({ args, options: { why, who }, service }) =>
    service.call(endOverride, { params: args, query: { why, ...defined({ who }) } }),
  show: ({ server, checks }) => `Ended: ${server} needs ${checks.join(', ')} again.`,
});

function checksOf(text: string): (typeof CHECKS)[number][] {
  return text.split(',').map((word) => {
    const check = CHECKS.find((one) => one === word.trim());
    if (check === undefined)
      throw new CodedError('usage.wrong', `--checks: "${word.trim()}" is not one of ${CHECKS.join(', ')}`);
    return check;
  });
}
