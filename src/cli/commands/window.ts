import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc, utc } from '#cli/output/moments.ts';
import { SCOPE_OPTIONS, scopeOf, whom } from '#cli/scope.ts';
import { addWindow, liftWindow, listWindows } from '#contract/endpoints/calendar.ts';

const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const STATES = ['in-force', 'past'] as const;
const { customer: CUSTOMER, group: GROUP, server: SERVER } = SCOPE_OPTIONS;

export const windowAdd = command({
  name: 'window add',
  group: 'Calendar',
  summary: 'Hold a window once, besides those of the plans.',
  more: 'A one-off window that overlaps or touches another window is one with it; a freeze beats it. What is approved and released by then goes in it.',
  options: {
    customer: CUSTOMER,
    group: GROUP,
    server: SERVER,
    start: { type: 'string', value: 'INSTANT', required: true, description: 'e.g. 2026-01-05T06:00:00Z' },
    end: { type: 'string', value: 'INSTANT', required: true, description: '1 to 72 hours after it opens' },
    'dry-run': { type: 'boolean', description: 'only show what it would come to' },
    why: WHY,
    who: WHO,
  },
  async run({ options: { customer, group, server, start, end, why, who, 'dry-run': dryRun }, service }) {
    const scope = scopeOf({ all: false, customer, group, server });
    const body = { scope, start, end, dryRun, why, ...defined({ customer, group, server, who }) };
    return service.call(addWindow, { body });
  },
  show: (window) =>
    [
      `${window.windowId === undefined ? 'Would open' : 'Opens'} for ${whom(window)} (${many(window.servers, 'server')}): ${utc(window.start)} to ${utc(window.end)}.`,
      window.windowId === undefined ? 'Nothing was kept.' : `Take it back with: window lift ${window.windowId}`,
      window.rule,
      ...window.warnings.map((warning) => `Warning: ${warning}`),
    ].join('\n'),
});

export const windowList = command({
  name: 'window list',
  group: 'Calendar',
  summary: 'One-off windows to come, open and past.',
  options: {
    state: { type: 'string', choices: STATES, description: 'only these; default: all' },
    customer: { type: 'string', value: 'NAME', description: 'those of this customer' },
    ...LIST_OPTIONS,
  },
  run({ options, service }) {
    const state = STATES.find((one) => one === options.state);
    const { customer } = options;
    return listed(options, (query) =>
      service.call(listWindows, { query: { ...query, ...defined({ state, customer }) } }),
    );
  },
  show(list, page) {
    const columns = [
      { title: 'Window' },
      { title: 'State' },
      { title: 'For' },
      { title: 'Opens' },
      { title: 'Closes' },
      { title: 'Who' },
      { title: 'Why' },
    ] as const;
    const rows = list.items.map((window) => [
      window.windowId,
      window.lifted ? `lifted by ${window.lifted.who}` : window.state,
      whom(window),
      shortUtc(window.start),
      shortUtc(window.end),
      window.who,
      window.why,
    ]);
    return table(page, columns, rows, 'No one-off windows.') + andMore(list);
  },
});

export const windowLift = command({
  name: 'window lift',
  group: 'Calendar',
  summary: 'Take a one-off window back.',
  positionals: { window: { value: 'ID', description: 'the id, as `window list` prints it' } },
  options: { why: WHY, who: WHO },
  run: ({ args, options: { why, who }, service }) =>
    service.call(liftWindow, { params: args, query: { why, ...defined({ who }) } }),
  show: (window) => `Taken back: the window of ${whom(window)} at ${utc(window.start)}.`,
});
