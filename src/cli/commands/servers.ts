import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined, modeOf } from '#cli/members.ts';
import { fields, hanging, table } from '#cli/output/layout.ts';
import { shortUtc, utc } from '#cli/output/moments.ts';
import { type Page, strong } from '#cli/output/page.ts';
import { updateName } from '#cli/update-name.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { changeServer, listServers, showServer } from '#contract/endpoints/fleet.ts';
import { serverUpdates } from '#contract/endpoints/now.ts';
import { CodedError } from '#contract/errors.ts';

const INHERITED = ['zone', 'plan', 'mode', 'region', 'group', 'owner'] as const;
const COMPLIANCE = ['compliant', 'not-compliant', 'pending-restart', 'failed', 'unknown'] as const;
const SORTS = ['name', 'last-contact'] as const;
const SERVER = { value: 'SERVER', description: 'DNS name, server id or client id' } as const;

export const serversList = command({
  name: 'servers list',
  group: 'Customers and servers',
  summary: 'Servers and how they stand.',
  options: {
    customer: { type: 'string', value: 'NAME', description: 'only those of this customer' },
    search: { type: 'string', value: 'TEXT', description: 'only those with this in their DNS name' },
    compliance: { type: 'string', choices: COMPLIANCE, description: 'only those that stand so' },
    plan: { type: 'string', value: 'NAME', description: 'only those on this plan' },
    os: { type: 'string', value: 'SYSTEM', description: 'only this system, e.g. "Windows Server 2019"' },
    sort: { type: 'string', choices: SORTS, description: 'default: name; last-contact: the newest first' },
    ...LIST_OPTIONS,
  },
  run({ options: { limit, after, compliance, sort, ...filter }, service }) {
    const wanted = defined({ ...filter, compliance: oneOf(COMPLIANCE, compliance), sort: oneOf(SORTS, sort) });
    return listed({ limit, after }, async (query) => {
      let page = await service.call(listServers, { query: { ...query, ...wanted } });
      while (page.items.length === 0 && page.next !== undefined)
        // it looked at as many as it may in one call, and found none
        page = await service.call(listServers, { query: { ...query, ...wanted, after: page.next } });
      return page;
    });
  },
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

export const serversUpdates = command({
  name: 'servers updates',
  group: 'Customers and servers',
  summary: 'What a server lacks, has failed, waits for or is offered.',
  positionals: { server: SERVER },
  options: { installed: { type: 'boolean', description: 'list what is installed too' } },
  run: ({ args, options: { installed }, service }) =>
    service.call(serverUpdates, { params: args, query: { installed: installed ? 'true' : 'false' } }),
  show({ updates }, page) {
    if (updates.length === 0) return 'Nothing is open: no update is needed, failed, pending or offered.';
    return updates
      .map(({ state, kb, title, headline, result, meaning }) => {
        const last = result === undefined ? [] : [hanging(page, '  ', `Last error ${result}: ${meaning}`)];
        return [
          strong(page, hanging(page, `${STATES[state]}  `, updateName({ kb, title }))),
          hanging(page, '  ', headline),
          ...last,
        ].join('\n');
      })
      .join('\n');
  },
});

const STATES: Readonly<Record<EndpointResult<typeof serverUpdates>['updates'][number]['state'], string>> = {
  failed: 'FAILED',
  'pending-restart': 'to restart',
  needed: 'needed',
  downloaded: 'downloaded',
  unknown: 'offered',
  installed: 'installed',
};

export const serversChange = command({
  name: 'servers change',
  group: 'Customers and servers',
  summary: 'Assign a server to a customer, or give it settings of its own.',
  positionals: { server: SERVER },
  options: {
    customer: { type: 'string', value: 'NAME', description: 'the customer it belongs to' },
    zone: { type: 'string', value: 'ZONE', description: 'time zone, e.g. Europe/London' },
    plan: { type: 'string', value: 'NAME', description: 'plan; see `plan list`' },
    mode: { type: 'string', choices: ['observe', 'managed'], description: 'observe: evaluate only, offer nothing' },
    region: { type: 'string', value: 'NAME', description: 'region that serves it; see `regions list`' },
    group: { type: 'string', value: 'NAME', description: 'target group within the customer' },
    owner: { type: 'string', value: 'MAIL', description: 'who is told of its restarts and failures' },
    inherit: {
      type: 'string',
      value: 'WHAT',
      description: `${INHERITED.join(', ')} (with commas): back to the customer's; a group to the one that the server names`,
    },
  },
  run({ args, options: { inherit, mode, owner: ownerMail, ...own }, service }) {
    const { owner, ...inherited } = inheritedBy(inherit);
    const body = {
      ...defined({ ...own, ownerMail, mode: modeOf(mode) }),
      ...inherited,
      ...(owner === null ? { ownerMail: null } : {}),
    };
    if (Object.keys(body).length === 0)
      throw new CodedError('usage.wrong', 'name what to change; --help lists the options');
    return service.call(changeServer, { params: { server: args.server }, body });
  },
  show: serverText,
});

/** One of the values that an option allows; the others are refused before. */
function oneOf<const Value extends string>(values: readonly Value[], text: string | undefined): Value | undefined {
  return values.find((value) => value === text);
}

function inheritedBy(text: string | undefined): { readonly [K in (typeof INHERITED)[number]]?: null } {
  const names = text?.split(',').map((name) => name.trim()) ?? [];
  for (const name of names) {
    if (!INHERITED.some((one) => one === name))
      throw new CodedError('usage.wrong', `--inherit: "${name}" is not one of ${INHERITED.join(', ')}`);
  }
  return Object.fromEntries(names.map((name) => [name, null]));
}

const SETTINGS = {
  current: 'as its plan asks',
  outdated: 'outdated: not what its plan asks for; without the settings task, enrol it anew',
  unknown: 'unknown: it reported none',
} as const;

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
    ['Region', server.region],
    ['Target group', server.group],
    ['Settings', server.settings && SETTINGS[server.settings]],
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
