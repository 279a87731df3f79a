import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import { listHookRuns, listHooks, removeHook, retryHook, setHook } from '#contract/endpoints/hooks.ts';
import { CodedError } from '#contract/errors.ts';

const CUSTOMER = { type: 'string', value: 'NAME', required: true, description: 'whose hook it is' } as const;
const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const HOOK = { hook: { value: 'NAME', description: 'name of the hook' } } as const;
const TIERS = ['critical', 'high', 'medium', 'low'] as const;
const STATES = ['before', 'open', 'after', 'done', 'failed'] as const;

export const hooksList = command({
  name: 'hooks list',
  group: 'Readiness',
  summary: "What is called before and after the turns of a customer's servers.",
  options: { customer: CUSTOMER },
  run: ({ options, service }) => service.call(listHooks, { query: options }),
  show({ items }, page) {
    const columns = [
      { title: 'Hook' },
      { title: 'For' },
      { title: 'Before' },
      { title: 'After' },
      { title: 'At once', right: true },
    ] as const;
    const rows = items.map(({ name, tiers, before, after, afterHours, mostOpen }) => [
      name,
      tiers?.join(', ') ?? 'all servers',
      before,
      after === undefined ? '' : `${after}, ${afterHours} h after the verification`,
      mostOpen,
    ]);
    return table(page, columns, rows, 'No hooks.');
  },
});

export const hooksSet = command({
  name: 'hooks set',
  group: 'Readiness',
  summary: 'Add a hook: what is called before a turn, and after the verification.',
  more: 'For snapshots: --before takes one, --after deletes it. Calls are signed; the secret is printed when the hook is made. docs/readiness.md has the form of a call.',
  positionals: HOOK,
  options: {
    customer: CUSTOMER,
    before: { type: 'string', value: 'URL', required: true, description: 'https; http only to this machine' },
    after: { type: 'string', value: 'URL', description: 'called with what --before answered' },
    'after-hours': { type: 'string', value: 'N', description: 'so long after the verification; default 24' },
    'most-open': { type: 'string', value: 'N', description: 'servers with something open at a time; default 20' },
    timeout: { type: 'string', value: 'SECONDS', description: 'patience with one call, 1–60; default 30' },
    attempts: { type: 'string', value: 'N', description: 'calls of a step before it is given up; default 5' },
    tiers: { type: 'string', value: 'LIST', description: `only for these, with commas between: ${TIERS.join(', ')}` },
    'new-secret': { type: 'boolean', description: 'make a new secret' },
    why: WHY,
    who: WHO,
  },
  async run({ args, options, service }) {
    const { customer, before, after, why, who, tiers } = options;
    const limits = {
      afterHours: wholeNumber(options['after-hours'], '--after-hours'),
      mostOpen: wholeNumber(options['most-open'], '--most-open'),
      timeoutSeconds: wholeNumber(options.timeout, '--timeout'),
      attempts: wholeNumber(options.attempts, '--attempts'),
      tiers: tiers === undefined ? undefined : tiersOf(tiers),
    };
    const body = { customer, before, why, newSecret: options['new-secret'], ...defined({ after, who, ...limits }) };
    return service.call(setHook, { params: args, body });
  },
  show: ({ name, secret }) =>
    secret === undefined ? `Set: ${name}. Its secret stays.` : `Set: ${name}. Its secret, shown this once: ${secret}`,
});

export const hooksRemove = command({
  name: 'hooks remove',
  group: 'Readiness',
  summary: 'Remove a hook.',
  positionals: HOOK,
  options: {
    customer: CUSTOMER,
    abandon: { type: 'boolean', description: 'also while it has something open, which then stays so' },
    why: WHY,
    who: WHO,
  },
  run({ args, options: { customer, abandon, why, who }, service }) {
    const query = { customer, why, ...defined({ who, abandon: abandon ? 'true' : undefined }) };
    return service.call(removeHook, { params: args, query });
  },
  show: ({ name }) => `Removed: ${name}.`,
});

export const hooksRuns = command({
  name: 'hooks runs',
  group: 'Readiness',
  summary: 'What a hook did for which server, the latest first.',
  positionals: HOOK,
  options: {
    customer: CUSTOMER,
    state: { type: 'string', choices: STATES, description: 'only these' },
    ...LIST_OPTIONS,
  },
  run({ args, options: { customer, state: given, ...list }, service }) {
    const state = STATES.find((one) => one === given);
    return listed(list, (query) =>
      service.call(listHookRuns, { params: args, query: { ...query, customer, ...defined({ state }) } }),
    );
  },
  show(list, page) {
    const columns = [
      { title: 'Server' },
      { title: 'Campaign' },
      { title: 'State' },
      { title: 'Opened' },
      { title: 'Closed' },
      { title: 'Calls', right: true },
      { title: 'Reference' },
      { title: 'Error' },
    ] as const;
    const rows = list.items.map(({ server, campaign, state, openedAt, closedAt, attempts, reference, lastError }) => [
      ...[server, campaign, state, shortUtc(openedAt), shortUtc(closedAt), attempts, reference, lastError],
    ]);
    return table(page, columns, rows, 'It was called for no server.') + andMore(list);
  },
});

export const hooksRetry = command({
  name: 'hooks retry',
  group: 'Readiness',
  summary: 'Begin the steps anew that a hook gave up.',
  positionals: HOOK,
  options: {
    customer: CUSTOMER,
    server: { type: 'string', value: 'NAME', description: 'only of this server' },
    why: WHY,
    who: WHO,
  },
  run: ({ args, options: { customer, server, why, who }, service }) =>
    service.call(retryHook, { params: args, body: { customer, why, ...defined({ server, who }) } }),
  show: ({ retried }) => `${many(retried, 'run')} begun anew.`,
});

function tiersOf(text: string): (typeof TIERS)[number][] {
  return text.split(',').map((word) => {
    const tier = TIERS.find((one) => one === word.trim());
    if (tier === undefined)
      throw new CodedError('usage.wrong', `--tiers: "${word.trim()}" is not one of ${TIERS.join(', ')}`);
    return tier;
  });
}
