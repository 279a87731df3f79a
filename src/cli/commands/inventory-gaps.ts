import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { table } from '#cli/output/layout.ts';
import type { Page } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { listInventoryConflicts } from '#contract/endpoints/inventory.ts';
import { inventoryCompleteness, listGaps } from '#contract/endpoints/inventory-gaps.ts';
import { CodedError } from '#contract/errors.ts';

const KINDS = listGaps.params?.shape.kind.options ?? [];
const OF_CUSTOMER = { type: 'string', value: 'NAME', description: 'only those of this customer' } as const;

export const inventoryGaps = command({
  name: 'inventory gaps',
  group: 'Inventory',
  summary: 'How much is known of the servers, and what is missing or wrong.',
  more: `Without a kind: how many there are of each. Kinds: ${KINDS.join(', ')}.`,
  positionals: { kind: { value: 'KIND', description: 'list the servers of this kind', optional: true } },
  options: {
    customer: OF_CUSTOMER,
    days: { type: 'string', value: 'N', description: 'without a scan for so long a server has stopped; default 7' },
    ...LIST_OPTIONS,
  },
  async run({ args, options, service }) {
    const wanted = defined({ customer: options.customer, days: wholeNumber(options.days, '--days') });
    if (args.kind === undefined) return service.call(inventoryCompleteness, { query: wanted });
    const kind = KINDS.find((one) => one === args.kind);
    if (kind === undefined)
      throw new CodedError('usage.wrong', `there is no kind "${args.kind}"; there are ${KINDS.join(', ')}`);
    return listed(options, (query) => service.call(listGaps, { params: { kind }, query: { ...query, ...wanted } }));
  },
  show(result, page) {
    if ('gaps' in result) return completenessText(result, page);
    const rows = result.items.map(({ name, customer, text }) => [name, customer, text]);
    const columns = [{ title: 'Server' }, { title: 'Customer' }, { title: 'What' }] as const;
    return table(page, columns, rows, 'None.') + andMore(result);
  },
});

export const inventoryConflicts = command({
  name: 'inventory conflicts',
  group: 'Inventory',
  summary: 'Where sources disagree and nobody has settled it yet.',
  more: 'The first value is believed meanwhile. `inventory settle` says who is right.',
  options: { customer: OF_CUSTOMER, ...LIST_OPTIONS },
  run: ({ options, service }) =>
    listed(options, (query) =>
      service.call(listInventoryConflicts, { query: { ...query, ...defined({ customer: options.customer }) } }),
    ),
  show(list, page) {
    const columns = [
      { title: 'Server' },
      { title: 'Customer' },
      { title: 'What' },
      { title: 'Believed' },
      { title: 'Others say' },
    ] as const;
    const rows = list.items.flatMap(({ name, customer, conflicts }) =>
      conflicts.map(({ title, believed, others }) => [
        name,
        customer,
        title,
        `${believed.text} (${believed.source})`,
        others.map(({ text, source }) => `${text} (${source})`).join('; '),
      ]),
    );
    return table(page, columns, rows, 'No conflicts: the sources agree, or somebody has settled it.') + andMore(list);
  },
});

function completenessText({ items, gaps }: EndpointResult<typeof inventoryCompleteness>, page: Page): string {
  const known = items.map(({ customer, servers, complete, percent, missing }) => {
    const unknown = Object.entries(missing).filter(([, count]) => count > 0);
    return [
      customer,
      servers,
      `${percent} %`,
      complete,
      unknown.map(([field, count]) => `${field} ${count}`).join(', '),
    ];
  });
  const columns = [
    { title: 'Customer' },
    { title: 'Servers', right: true },
    { title: 'Known', right: true },
    { title: 'Complete', right: true },
    { title: 'Unknown of how many' },
  ] as const;
  const kinds = gaps.map(({ kind, title, servers }) => [kind, servers, title]);
  const kindColumns = [{ title: 'Kind' }, { title: 'Servers', right: true }, { title: 'What' }] as const;
  return [table(page, columns, known, 'No servers are known yet.'), table(page, kindColumns, kinds, '')].join('\n\n');
}
