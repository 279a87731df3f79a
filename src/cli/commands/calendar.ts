import { command } from '#cli/command.ts';
import { readText } from '#cli/files.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { lateness } from '#cli/output/lateness.ts';
import { fields, table } from '#cli/output/layout.ts';
import { calendarFeed, importCalendar, listCalendarConflicts } from '#contract/endpoints/calendar.ts';

const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const LARGEST_FILE = 5_000_000;
const SHOWN_CHANGES = 20;

export const calendarImport = command({
  name: 'calendar import',
  group: 'Calendar',
  summary: 'Freezes from a business calendar, an .ics file; again to bring them up to date.',
  more: 'Import the same calendar again under the same --name to bring it up to date. A file with any problem changes nothing: each problem is named with its line. docs/calendar.md explains it.',
  positionals: { file: { value: 'FILE.ics', description: 'iCalendar text, at most 5 MB' } },
  options: {
    customer: { type: 'string', value: 'NAME', description: 'for the servers of this customer' },
    group: { type: 'string', value: 'NAME', description: 'with --customer: only this target group' },
    server: { type: 'string', value: 'NAME', description: 'for this server: id, client id or DNS name' },
    name: { type: 'string', value: 'NAME', required: true, description: 'of the calendar, e.g. holidays' },
    match: { type: 'string', value: 'TEXT', description: 'only events of this category, or with it in their title' },
    'dry-run': { type: 'boolean', description: 'only show what would change' },
    why: { type: 'string', required: true, description: 'the reason, for the record' },
    who: WHO,
  },
  async run({ args: { file }, options, service }) {
    const { customer, group, server, name, match, why, who, 'dry-run': dryRun } = options;
    const ics = await readText(file, LARGEST_FILE);
    const body = { name, ics, dryRun, why, ...defined({ customer, group, server, match, who }) };
    return service.call(importCalendar, { body });
  },
  show(result, page) {
    const { added, changed, lifted, unchanged, skipped, kept, changes, notes } = result;
    const shown = changes.slice(0, SHOWN_CHANGES);
    const more = added + changed + lifted - shown.length;
    return [
      fields(page, [
        [
          kept ? 'Imported' : 'Would change',
          `${added} added, ${changed} changed, ${lifted} lifted, ${unchanged} as before`,
        ],
        ['Left out', many(skipped, 'event')],
      ]),
      ...shown.map(({ change, name, words }) => `  ${change}: ${name}, ${words}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
      ...notes.map((note) => `Note: ${note}`),
      'Windows of the coming year:',
      lateness(result, page),
      ...(kept ? [] : ['Nothing was kept.']),
    ].join('\n');
  },
});

export const calendarFeedCommand = command({
  name: 'calendar feed',
  group: 'Calendar',
  summary: 'A new address for the calendar of a customer: its windows and freezes.',
  more: 'Whoever has the address can read the calendar, and nothing else. The former address ends at once.',
  positionals: { customer: { value: 'CUSTOMER', description: 'name or id' } },
  options: { who: WHO },
  run: ({ args, options: { who }, service }) => service.call(calendarFeed, { params: args, body: defined({ who }) }),
  show: ({ customer, path }) =>
    `The calendar of ${customer} is at ${path}, below the address of the console. It is shown this once; run the command again for another one.`,
});

export const calendarConflicts = command({
  name: 'calendar conflicts',
  group: 'Calendar',
  summary: 'Servers whose windows conflict with freezes, own hours or backups, and what to do.',
  options: {
    customer: { type: 'string', value: 'NAME', description: 'only servers of this customer' },
    ...LIST_OPTIONS,
  },
  run({ options, service }) {
    const { customer } = options;
    return listed(options, (query) =>
      service.call(listCalendarConflicts, { query: { ...query, ...defined({ customer }) } }),
    );
  },
  show(list, page) {
    const columns = [
      { title: 'Server' },
      { title: 'Customer' },
      { title: 'Plan' },
      { title: 'First' },
      { title: 'Conflict' },
      { title: 'What to do' },
    ] as const;
    const rows = list.items.flatMap(({ dnsName, customer, plan, conflicts }) =>
      conflicts.map(({ text, advice, window }, n) => [
        ...(n === 0 ? [dnsName, customer, plan] : [undefined, undefined, undefined]),
        window.local,
        text,
        advice,
      ]),
    );
    return table(page, columns, rows, 'No conflicts in the coming year.') + andMore(list);
  },
});
