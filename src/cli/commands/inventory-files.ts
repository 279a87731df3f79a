import { command } from '#cli/command.ts';
import { WHO } from '#cli/commands/inventory.ts';
import { readCsvFile } from '#cli/csv-file.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { table } from '#cli/output/layout.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { exportInventory, importInventory } from '#contract/endpoints/inventory.ts';

const MOST_BYTES = 40 * 1024 * 1024;
const OF_CUSTOMER = { type: 'string', value: 'NAME', required: true, description: 'whose servers they are' } as const;

export const inventoryImport = command({
  name: 'inventory import',
  group: 'Inventory',
  summary: 'Read a CSV file: shows every change, makes them only with --apply.',
  more: 'The first line names the columns: server, and any of roles, applications, owner, owner_kind, owner_contact, environment, tier, exposure, support, support_until, redundancy_group, needs, restart_after, window, backup_tool, backup_slot, hours, health_checks, operating_system, model, directory_entry, notes. Lists have | between; an empty cell says nothing, - takes back what an earlier file said. docs/inventory.md explains each.',
  positionals: { file: { value: 'FILE', description: 'CSV with commas, semicolons or tabs, as UTF-8 or UTF-16' } },
  options: {
    customer: OF_CUSTOMER,
    apply: { type: 'boolean', description: 'make the changes; without it nothing is changed' },
    why: { type: 'string', description: 'the reason, for the record' },
    who: WHO,
  },
  async run({ args, options: { customer, apply, why, who }, service, progress }) {
    const body = { text: await readCsvFile(args.file, MOST_BYTES), ...defined({ why, who }) };
    if (apply) return service.call(importInventory, { query: { customer, apply: 'true' }, body });
    const items: Imported['items'] = [];
    let after: string | undefined;
    for (;;) {
      const query = { customer, limit: 10_000, ...defined({ after }) };
      const { next, ...page } = await service.call(importInventory, { query, body });
      items.push(...page.items);
      if (next === undefined) return { ...page, items };
      after = next;
      progress.say(`inventory import: ${items.length} servers with changes so far`);
    }
  },
  show({ applied, counts, items }, page) {
    const columns = [
      { title: 'Line', right: true },
      { title: 'Server' },
      { title: 'What' },
      { title: 'Is' },
      { title: 'File says' },
      { title: '' },
    ] as const;
    const rows = items.flatMap(({ line, name, added, changes }) => [
      ...(added ? [[line, name, 'new', undefined, undefined, undefined]] : []),
      ...changes.map((one) => [line, name, one.title, one.from, one.to ?? 'takes it back', remark(one)]),
    ]);
    const list = applied || rows.length === 0 ? [] : [table(page, columns, rows, '')];
    return [...list, countsText(applied, counts)].join('\n\n');
  },
});

export const inventoryExport = command({
  name: 'inventory export',
  group: 'Inventory',
  summary: "What is believed of a customer's servers, as the CSV that `inventory import` reads.",
  options: { customer: OF_CUSTOMER },
  keepsLines: true,
  async run({ options: { customer }, service }) {
    const lines: string[] = [];
    for (let after: string | undefined; ; ) {
      const query = { customer, limit: 1000, ...defined({ after }) };
      const { items, header, next } = await service.call(exportInventory, { query });
      lines.push(...(lines.length === 0 ? [header] : []), ...items);
      if (next === undefined) return { csv: lines.join('\n') };
      after = next;
    }
  },
  show: ({ csv }) => csv,
});

type Imported = EndpointResult<typeof importInventory>;
type Change = Imported['items'][number]['changes'][number];

function remark({ conflict, believed, to }: Change): string | undefined {
  const notes = [
    ...(conflict ? ['conflict'] : []),
    ...(believed !== undefined && believed !== to ? [`${believed} stays: a better source says so`] : []),
  ];
  return notes.length === 0 ? undefined : notes.join(': ');
}

function countsText(applied: boolean, { servers, added, changed, unchanged, conflicts }: Imported['counts']): string {
  const parts = [`${added} new`, `${changed} changed`, `${unchanged} as before`, `${conflicts} with a conflict`];
  const what = `${many(servers, 'server')}: ${parts.join(', ')}.`;
  return applied ? `Done. ${what}` : `${what} Nothing was changed: --apply does it.`;
}
