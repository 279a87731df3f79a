import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import type { Page } from '#cli/output/page.ts';
import { updateName } from '#cli/update-name.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { liftBrake, listBrakes, listHolders, listInstalled, setBrake } from '#contract/endpoints/control.ts';

const UPDATE = { value: 'UPDATE', description: 'update id, KB number, or part of a title that fits one' } as const;
const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;

export const brakeSet = command({
  name: 'brake set',
  group: 'Decisions',
  summary: 'Offer an update to nobody from now on; lists who holds the offer already.',
  more: 'A server that holds the offer may install it until it asks again: the list says when that is expected.',
  positionals: { update: UPDATE },
  options: { why: WHY, who: WHO },
  run: ({ args, options: { why, who }, service }) =>
    service.call(setBrake, { body: { update: args.update, why, ...defined({ who }) } }),
  show({ update, holding, installed, holders, installers }, page) {
    const rest = (list: { readonly next?: string | undefined }, name: string) =>
      list.next === undefined ? '' : `\nThese are the first; brake ${name} lists all.`;
    return [
      `The brake is on: ${updateName(update)}. It is offered to nobody.`,
      `${many(holding, 'server')} ${holding === 1 ? 'holds' : 'hold'} the offer and may still act on it.`,
      ...(holding > 0 ? [holderTable(holders.items, page) + rest(holders, 'holders')] : []),
      `${many(installed, 'server')} ${installed === 1 ? 'reports' : 'report'} it as installed.`,
      ...(installed > 0 ? [installedTable(installers.items, page) + rest(installers, 'installed')] : []),
    ].join('\n');
  },
});

export const brakeList = command({
  name: 'brake list',
  group: 'Decisions',
  summary: 'Updates that are offered to nobody.',
  run: ({ service }) => service.call(listBrakes),
  show({ items }, page) {
    const columns = [
      { title: 'Since' },
      { title: 'Update' },
      { title: 'Hold the offer', right: true },
      { title: 'Installed', right: true },
      { title: 'Who' },
      { title: 'Why' },
    ] as const;
    const rows = items.map(({ update, at, holding, installed, who, why }) => [
      shortUtc(at),
      updateName(update),
      holding,
      installed,
      who,
      why,
    ]);
    return table(page, columns, rows, 'The brake is on no update.');
  },
});

export const brakeHolders = command({
  name: 'brake holders',
  group: 'Decisions',
  summary: 'Servers that hold the offer of an update, and when each asks again.',
  positionals: { update: UPDATE },
  options: LIST_OPTIONS,
  run: ({ args, options, service }) => listed(options, (query) => service.call(listHolders, { params: args, query })),
  show: (list, page) => holderTable(list.items, page) + andMore(list),
});

export const brakeInstalled = command({
  name: 'brake installed',
  group: 'Decisions',
  summary: 'Servers that report an update as installed.',
  positionals: { update: UPDATE },
  options: LIST_OPTIONS,
  run: ({ args, options, service }) => listed(options, (query) => service.call(listInstalled, { params: args, query })),
  show: (list, page) => installedTable(list.items, page) + andMore(list),
});

export const brakeLift = command({
  name: 'brake lift',
  group: 'Decisions',
  summary: 'Let an update go again.',
  positionals: { update: UPDATE },
  options: { why: WHY, who: WHO },
  run: ({ args, options: { why, who }, service }) =>
    service.call(liftBrake, { params: args, query: { why, ...defined({ who }) } }),
  show: ({ update }) => `The brake is off: ${updateName(update)}. Policy and plans decide again.`,
});

type Holder = EndpointResult<typeof listHolders>['items'][number];
type Installed = EndpointResult<typeof listInstalled>['items'][number];

export function holderTable(holders: readonly Holder[], page: Page): string {
  const columns = [
    { title: 'Server' },
    { title: 'Customer' },
    { title: 'State' },
    { title: 'Told' },
    { title: 'Deadline' },
    { title: 'Asks again' },
  ] as const;
  const rows = holders.map(({ dnsName, customer, state, toldAt, deadline, nextScan }) => [
    dnsName,
    customer,
    state ?? 'unknown',
    shortUtc(toldAt),
    shortUtc(deadline) ?? 'none',
    askedAgain(nextScan),
  ]);
  return table(page, columns, rows, 'No server holds the offer.');
}

function installedTable(servers: readonly Installed[], page: Page): string {
  const columns = [{ title: 'Server' }, { title: 'Customer' }, { title: 'Reported' }] as const;
  const rows = servers.map(({ dnsName, customer, reportedAt }) => [dnsName, customer, shortUtc(reportedAt)]);
  return table(page, columns, rows, 'No server reports it as installed.');
}

function askedAgain(scan: Holder['nextScan']): string {
  if (!scan) return 'unknown: it never finished a scan';
  const { from, until, overdue } = scan;
  return overdue ? `overdue since ${shortUtc(until)}` : `${shortUtc(from)} to ${shortUtc(until)}`;
}
