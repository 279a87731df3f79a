import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc, utc } from '#cli/output/moments.ts';
import { SCOPE_OPTIONS, scopeOf, whom } from '#cli/scope.ts';
import { addWork, endWork, listWork } from '#contract/endpoints/planned-work.ts';
import { CodedError } from '#contract/errors.ts';

const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const KINDS = [
  'cumulative',
  'dotnet',
  'definitions',
  'drivers',
  'firmware',
  'agents',
  'third-party',
  'emergency',
] as const;
const OUTCOMES = ['done', 'failed', 'dropped'] as const;
const STATES = ['open', 'ended'] as const;
const { all: _all, ...WHOM } = SCOPE_OPTIONS;

export const workAdd = command({
  name: 'work add',
  group: 'Calendar',
  summary: 'Plan what another tool installs, e.g. firmware, in the same windows.',
  more: 'The updates come first in a window, then planned work in the order of --not-before as long as it fits; what does not fit stands in the next window.',
  positionals: { title: { value: 'TITLE', description: 'what is installed' } },
  options: {
    ...WHOM,
    kind: { type: 'string', choices: KINDS, required: true, description: 'kind of patching' },
    tool: { type: 'string', value: 'NAME', required: true, description: 'what installs it' },
    minutes: { type: 'string', value: 'N', required: true, description: 'expected length, a restart included' },
    'not-before': {
      type: 'string',
      value: 'INSTANT',
      description: 'it stands in the first window from here on; default: now',
    },
    restarts: { type: 'boolean', description: 'the server restarts for it' },
    who: WHO,
  },
  async run({ args, options, service }) {
    const { customer, group, server, tool, restarts, who } = options;
    const scope = scopeOf({ all: false, customer, group, server });
    const kind = KINDS.find((one) => one === options.kind);
    if (scope === 'all' || !kind) throw new CodedError('usage.wrong', 'name --customer or --server, and --kind');
    const minutes = wholeNumber(options.minutes, '--minutes');
    const optional = defined({ customer, group, server, notBefore: options['not-before'], who });
    return service.call(addWork, { body: { scope, kind, title: args.title, tool, minutes, restarts, ...optional } });
  },
  show: (work) =>
    `Planned for ${whom(work)}: ${work.title}, ${work.minutes} minutes, in the first window from ${utc(work.notBefore)} on that has room.\nNote what became of it with: work done ${work.workId}`,
});

export const workList = command({
  name: 'work list',
  group: 'Calendar',
  summary: 'What other tools install in the same windows, and what became of it.',
  options: {
    customer: { type: 'string', value: 'NAME', description: 'only of this customer' },
    server: { type: 'string', value: 'NAME', description: 'only what is done on this server' },
    state: { type: 'string', choices: STATES, description: 'only these; default: all' },
    ...LIST_OPTIONS,
  },
  run({ options, service }) {
    const { customer, server } = options;
    const state = STATES.find((one) => one === options.state);
    return listed(options, (query) =>
      service.call(listWork, { query: { ...query, ...defined({ customer, server, state }) } }),
    );
  },
  show(list, page) {
    const columns = [
      { title: 'Work' },
      { title: 'For' },
      { title: 'Kind' },
      { title: 'What' },
      { title: 'Tool' },
      { title: 'Minutes', right: true },
      { title: 'Not before' },
      { title: 'Restarts' },
      { title: 'Outcome' },
    ] as const;
    const rows = list.items.map((work) => [
      ...[work.workId, whom(work), work.kind, work.title, work.tool, work.minutes, shortUtc(work.notBefore)],
      ...[work.restarts ? 'yes' : 'no', work.ended ? `${work.ended.outcome}, ${work.ended.who}` : 'open'],
    ]);
    return table(page, columns, rows, 'No planned work.') + andMore(list);
  },
});

export const workDone = command({
  name: 'work done',
  group: 'Calendar',
  summary: 'Note what became of planned work.',
  positionals: { work: { value: 'ID', description: 'the id, as `work list` prints it' } },
  options: {
    outcome: { type: 'string', choices: OUTCOMES, description: 'default: done' },
    note: { type: 'string', description: 'what there is to say of it, for the record' },
    who: WHO,
  },
  run({ args, options: { note, who, ...options }, service }) {
    const outcome = OUTCOMES.find((one) => one === options.outcome);
    return service.call(endWork, { params: args, body: defined({ outcome, note, who }) });
  },
  show: (work) => `Noted: ${work.title} for ${whom(work)} is ${work.ended?.outcome ?? 'open'}.`,
});
