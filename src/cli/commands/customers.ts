import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined, modeOf } from '#cli/members.ts';
import { fields, table } from '#cli/output/layout.ts';
import type { Page } from '#cli/output/page.ts';
import type { Service } from '#cli/service.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { addCustomer, changeCustomer, listCustomers, rotateToken } from '#contract/endpoints/fleet.ts';
import { status } from '#contract/endpoints/service.ts';
import { CodedError } from '#contract/errors.ts';

type Customer = EndpointResult<typeof changeCustomer>;

const MODE = {
  type: 'string',
  choices: ['observe', 'managed'],
  description: 'observe: evaluate only, offer nothing',
} as const;
const CUSTOMER = { value: 'CUSTOMER', description: 'name or id' } as const;
const ZONE = { type: 'string', value: 'ZONE', description: 'time zone, e.g. Europe/London' } as const;
const REGION = { type: 'string', value: 'NAME', description: 'region of its servers' } as const;
const OWNER = { type: 'string', value: 'MAIL', description: 'who is told of restarts and failures' } as const;
const PLAN = { type: 'string', value: 'NAME', description: 'plan of its servers; see `plan list`' } as const;

export const customersList = command({
  name: 'customers list',
  group: 'Customers and servers',
  summary: 'Customers with their defaults.',
  options: LIST_OPTIONS,
  run: ({ options, service }) => listed(options, (query) => service.call(listCustomers, { query })),
  show(list, page) {
    const columns = [
      { title: 'Customer' },
      { title: 'Servers', right: true },
      { title: 'Plan' },
      { title: 'Zone' },
      { title: 'Mode' },
      { title: 'Region' },
    ] as const;
    const rows = list.items.map(({ name, servers, plan, zone, mode, region }) => [
      name,
      servers,
      plan ?? 'none',
      zone,
      mode,
      region,
    ]);
    return table(page, columns, rows, 'No customers. `customers add` adds one.') + andMore(list);
  },
});

export const customersAdd = command({
  name: 'customers add',
  group: 'Customers and servers',
  summary: 'Add a customer; prints its enrolment token, this once.',
  positionals: { name: { value: 'NAME', description: 'letters, digits, blanks, dots, hyphens' } },
  options: {
    zone: { ...ZONE, required: true },
    plan: PLAN,
    mode: MODE,
    region: REGION,
    strict: { type: 'boolean', description: 'nobody fetches updates from Microsoft on its servers by hand' },
    owner: OWNER,
  },
  async run({ args, options: { zone, plan, mode, region, strict, owner }, service }) {
    const clients = await clientsOf(service); // before: a failure after it would lose the token
    const own = defined({ plan, region, mode: modeOf(mode), strict: strict || undefined, ownerMail: owner });
    const body = { name: args.name, zone, ...own };
    const { customer, token } = await service.call(addCustomer, { body });
    return { customer, token, wuServer: clients.map((url) => `${url}/${token}`) };
  },
  show: ({ customer, token, wuServer }, page) => `${customerText(customer, page)}\n${tokenText(token, wuServer, page)}`,
});

export const customersChange = command({
  name: 'customers change',
  group: 'Customers and servers',
  summary: "Change a customer's defaults.",
  positionals: { customer: CUSTOMER },
  options: {
    zone: ZONE,
    plan: PLAN,
    'no-plan': { type: 'boolean', description: 'no plan: its servers are listed, never patched' },
    mode: MODE,
    region: REGION,
    'no-region': { type: 'boolean', description: 'no region: each server has the one closest to its zone' },
    strict: {
      type: 'string',
      choices: ['yes', 'no'],
      description: 'yes: nobody fetches updates from Microsoft on its servers by hand',
    },
    owner: OWNER,
    'no-owner': { type: 'boolean', description: 'nobody is told' },
  },
  run({ args, options: { zone, plan, mode, region, strict, owner, ...no }, service }) {
    const body = {
      ...defined({ zone, plan, region, mode: modeOf(mode), ownerMail: owner }),
      ...(strict === undefined ? {} : { strict: strict === 'yes' }),
      ...(no['no-plan'] ? { plan: null } : {}),
      ...(no['no-region'] ? { region: null } : {}),
      ...(no['no-owner'] ? { ownerMail: null } : {}),
    };
    if (Object.keys(body).length === 0)
      throw new CodedError('usage.wrong', 'name what to change; --help lists the options');
    return service.call(changeCustomer, { params: { customer: args.customer }, body });
  },
  show: customerText,
});

export const customersToken = command({
  name: 'customers token',
  group: 'Customers and servers',
  summary: 'Make a new enrolment token; the old one enrols nobody any more.',
  more: 'The old one still proves whose a known server is: servers that are enrolled stay so.',
  positionals: { customer: CUSTOMER },
  async run({ args, service }) {
    const clients = await clientsOf(service);
    const { token } = await service.call(rotateToken, { params: { customer: args.customer } });
    return { token, wuServer: clients.map((url) => `${url}/${token}`) };
  },
  show: ({ token, wuServer }, page) => tokenText(token, wuServer, page),
});

async function clientsOf(service: Service): Promise<readonly string[]> {
  const { clients } = await service.call(status);
  return clients.map((url) => url.replace(/\/+$/, ''));
}

function customerText(customer: Customer, page: Page): string {
  const { name, customerId, zone, plan, mode, region, strict, ownerMail, servers } = customer;
  return fields(page, [
    ['Customer', name],
    ['Id', customerId],
    ['Zone', zone],
    ['Plan', plan ?? 'none: its servers are listed, never patched'],
    ['Mode', mode],
    ['Region', region ?? 'the closest'],
    ['Strict', strict ? 'yes: no updates from Microsoft by hand' : 'no'],
    ['Owner', ownerMail],
    ['Servers', servers],
  ]);
}

function tokenText(token: string, wuServer: readonly string[], page: Page): string {
  return [
    fields(page, [['Token', token], ...wuServer.map((url) => ['WUServer', url] as const)]),
    'Keep it: it is not shown again. Set WUServer and WUStatusServer to this URL, or TargetGroup to the token.',
  ].join('\n');
}
