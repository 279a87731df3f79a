import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined, modeOf } from '#cli/members.ts';
import { fields, table } from '#cli/output/layout.ts';
import { shortUtc, utc } from '#cli/output/moments.ts';
import type { Page } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { changeServer, listServers, showServer } from '#contract/endpoints/fleet.ts';
import { CodedError } from '#contract/errors.ts';

const INHERITED = ['zone', 'plan', 'mode'] as const;
const SERVER = { value: 'SERVER', description: 'DNS name, server id or client id' } as const;

export const serversList = command({
  name: 'servers list',
  group: 'Customers and servers',
  summary: 'Servers and how they stand.',
  options: { customer: { type: 'string', value: 'NAME', description: 'only those of this customer' }, ...LIST_OPTIONS },
  run: ({ options: { customer, ...list }, service }) =>
    listed(list, (query) => service.call(listServers, { query: { ...query, ...defined({ customer }) } })),
  show(list, page) {
    const columns = [
      { title: 'Server' },
      { title: 'State' },
      { title: 'Needed', right: true },
      { title: 'Failed', right: true },
      { title: 'Customer' },
      { title: 'Plan' },
      { title: 'Mode' },
      { title: 'System' },
      { title: 'Last seen' },
    ] as const;
    const rows = list.items.map(({ dnsName, compliance, tally, customer, plan, mode, os, lastSeen }) => {
      return [dnsName, compliance, tally.needed, tally.failed, customer, plan ?? 'none', mode, os, shortUtc(lastSeen)];
    });
    return table(page, columns, rows, 'No servers yet: none has asked.') + andMore(list);
  },
});

export const serversShow = command({
  name: 'servers show',
  group: 'Customers and servers',
  summary: 'One server.',
  positionals: { server: SERVER },
  run: ({ args, service }) => service.call(showServer, { params: { server: args.server } }),
  show: serverText,
});

export const serversChange = command({
  name: 'servers change',
  group: 'Customers and servers',
  summary: 'Assign a server to a customer, or give it a zone, plan or mode of its own.',
  positionals: { server: SERVER },
  options: {
    customer: { type: 'string', value: 'NAME', description: 'the customer it belongs to' },
    zone: { type: 'string', value: 'ZONE', description: 'time zone, e.g. Europe/London' },
    plan: { type: 'string', value: 'NAME', description: 'plan; see `plan list`' },
    mode: { type: 'string', choices: ['observe', 'managed'], description: 'observe: evaluate only, offer nothing' },
    inherit: { type: 'string', value: 'WHAT', description: "zone, plan, mode (with commas): back to the customer's" },
  },
  run({ args, options: { inherit, mode, ...own }, service }) {
    const body = { ...defined({ ...own, mode: modeOf(mode) }), ...inheritedBy(inherit) };
    if (Object.keys(body).length === 0)
      throw new CodedError('usage.wrong', 'name what to change; --help lists the options');
    return service.call(changeServer, { params: { server: args.server }, body });
  },
  show: serverText,
});

function inheritedBy(text: string | undefined): { readonly [K in (typeof INHERITED)[number]]?: null } {
  const names = text?.split(',').map((name) => name.trim()) ?? [];
  for (const name of names) {
    if (!INHERITED.some((one) => one === name))
      throw new CodedError('usage.wrong', `--inherit: "${name}" is not one of ${INHERITED.join(', ')}`);
  }
  return Object.fromEntries(names.map((name) => [name, null]));
}

function serverText(server: EndpointResult<typeof showServer>, page: Page): string {
  const { tally } = server;
  return fields(page, [
    ['Server', server.dnsName],
    ['Id', server.serverId],
    ['Client id', server.clientId],
    ['Customer', server.customer ?? 'none: `servers change --customer` assigns it'],
    ['System', `${server.os}${server.osBuild === undefined ? '' : `, build ${server.osBuild}`}`],
    ['Zone', server.zone],
    ['Plan', server.plan ?? 'none: it is listed, never patched'],
    ['Mode', server.mode],
    ['State', server.compliance],
    [
      'Updates',
      `${tally.installed} installed, ${tally.needed} needed, ${tally.downloaded} downloaded, ${tally.pendingRestart} to restart, ${tally.failed} failed`,
    ],
    ['First seen', utc(server.firstSeen)],
    ['Last seen', utc(server.lastSeen)],
    ['Last sync', server.lastSync === undefined ? 'never' : utc(server.lastSync)],
    ['Last status', server.lastStatus === undefined ? 'never' : utc(server.lastStatus)],
  ]);
}
