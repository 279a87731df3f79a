import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { bytes } from '#cli/output/amounts.ts';
import { fields, table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import { care as careEndpoint, listNotices, testMail } from '#contract/endpoints/operation.ts';

export const mailList = command({
  name: 'mail',
  alias: 'mail list',
  group: 'Service',
  summary: 'Mail to owners: before restarts and on failures.',
  options: LIST_OPTIONS,
  run: ({ options, service }) => listed(options, (query) => service.call(listNotices, { query })),
  show(list, page) {
    const columns = [
      { title: 'At' },
      { title: 'State' },
      { title: 'To' },
      { title: 'Customer' },
      { title: 'Subject' },
      { title: 'Last error' },
    ] as const;
    const rows = list.items.map(({ at, state, recipient, customer, subject, lastError }) => {
      return [shortUtc(at), state.replaceAll('-', ' '), recipient, customer, subject, lastError ?? ''];
    });
    const none = 'No mail. Owners get some when a customer or a server has --owner-mail.';
    return table(page, columns, rows, none) + andMore(list);
  },
});

export const mailTest = command({
  name: 'mail test',
  group: 'Service',
  summary: 'Send a mail now, to see that the mail server takes it.',
  positionals: { to: { value: 'ADDRESS', description: 'to whom' } },
  run: ({ args: { to }, service }) => service.call(testMail, { body: { to } }),
  show: ({ to }) => `The mail server took a mail to ${to}.`,
});

export const care = command({
  name: 'care',
  group: 'Service',
  summary: 'What the service does for its database by itself.',
  run: ({ service }) => service.call(careEndpoint),
  show({ eventRetentionDays, runs, tables }, page) {
    const rounds = runs.map(({ job, began, ended, outcome }) => {
      const did = Object.entries(outcome).map(([name, value]) => `${name} ${shown(value)}`);
      return [job, shortUtc(began), ended ? shortUtc(ended) : 'under way', did.join(', ')];
    });
    const sizes = tables.map(({ name, rows, deadRows, bytes: size }) => [name, rows, deadRows, bytes(size)]);
    const size = [
      { title: 'Table' },
      { title: 'Rows', right: true },
      { title: 'Dead', right: true },
      { title: 'Size', right: true },
    ] as const;
    return [
      fields(page, [['Events are kept', `${eventRetentionDays} days`]]),
      table(page, [{ title: 'Care' }, { title: 'Began' }, { title: 'Ended' }, { title: 'What' }], rounds, 'None yet.'),
      table(page, size, sizes, 'No tables.'),
    ].join('\n\n');
  },
});

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.join(' ');
  return String(value);
}
