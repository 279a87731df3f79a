import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import { listRecords, verifyRecords } from '#contract/endpoints/service.ts';

export const records = command({
  name: 'records',
  alias: 'records list',
  group: 'Decisions',
  summary: 'The append-only record: who, what, when, on which facts.',
  options: {
    customer: { type: 'string', value: 'NAME', description: "this customer's; default: the service's own" },
    ...LIST_OPTIONS,
  },
  run: ({ options: { customer, ...list }, service }) =>
    listed(list, (query) => service.call(listRecords, { query: { ...query, ...defined({ customer }) } })),
  show(list, page) {
    const columns = [
      { title: 'No', right: true },
      { title: 'At' },
      { title: 'Clock' },
      { title: 'Who' },
      { title: 'What' },
      { title: 'Subject' },
      { title: 'Facts' },
    ] as const;
    const rows = list.items.map(({ number, at, clock, who, what, subject, facts }) => {
      return [number, shortUtc(at), clock, who, what, JSON.stringify(subject), JSON.stringify(facts)];
    });
    return table(page, columns, rows, 'No records.') + andMore(list);
  },
});

export const recordsVerify = command({
  name: 'records verify',
  group: 'Decisions',
  summary: 'Check that no record was changed or taken away.',
  run: ({ service }) => service.call(verifyRecords),
  failed: ({ chains }) => chains.some(({ intact }) => !intact),
  show({ chains }, page) {
    const columns = [{ title: 'Chain' }, { title: 'Records', right: true }, { title: 'Intact' }] as const;
    const rows = chains.map(({ customer, records: count, intact, firstBroken }) => {
      return [customer, count, intact ? 'yes' : `NO, from record ${firstBroken ?? 'unknown'} on`];
    });
    return table(page, columns, rows, 'No records.');
  },
});
