import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { fields, hanging, table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import { type Page, strong } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import {
  inventoryHistory,
  listInventory,
  removeFromInventory,
  settleConflict,
  showMachine,
} from '#contract/endpoints/inventory.ts';
import { FIELD, fieldNamed } from './inventory-fields.ts';

export const SERVER = { value: 'SERVER', description: 'its name, the first label of it, or its server id' } as const;
export const CUSTOMER = {
  type: 'string',
  value: 'NAME',
  description: 'its customer, where several have a server of the name',
} as const;
export const WHO = { type: 'string', value: 'NAME', description: "who says so; default: the token's name" } as const;
export const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const MISSING = ['any', 'owner', 'window', 'roles', 'tier', 'environment', 'support', 'needs'] as const;
const ROLES = listInventory.query?.shape.role.unwrap().options ?? [];
const SOURCES = ['person', 'csv', 'directory', 'systeminfo', 'registration'] as const;

export const inventoryList = command({
  name: 'inventory list',
  group: 'Inventory',
  summary: 'Servers that are known, enrolled or not, with what matters of them.',
  options: {
    customer: { type: 'string', value: 'NAME', description: 'only those of this customer' },
    search: { type: 'string', value: 'TEXT', description: 'only those with this in their name' },
    role: { type: 'string', choices: ROLES, description: 'only those with this role' },
    missing: { type: 'string', choices: MISSING, description: 'only those of which this, or anything, is unknown' },
    'not-enrolled': { type: 'boolean', description: 'only those under whose name no agent asks' },
    ...LIST_OPTIONS,
  },
  run({ options, service }) {
    const { customer, search } = options;
    const wanted = {
      ...defined({ customer, search }),
      ...defined({
        role: ROLES.find((one) => one === options.role),
        missing: MISSING.find((one) => one === options.missing),
      }),
      ...(options['not-enrolled'] ? { enrolled: 'false' as const } : {}),
    };
    return listed(options, (query) => service.call(listInventory, { query: { ...query, ...wanted } }));
  },
  show(list, page) {
    const columns = [
      { title: 'Server' },
      { title: 'Customer' },
      { title: 'Roles' },
      { title: 'Tier' },
      { title: 'Environment' },
      { title: 'Owner' },
      { title: 'Window' },
      { title: 'Unknown' },
      { title: 'Notes' },
    ] as const;
    const rows = list.items.map(
      ({ name, customer, roles, tier, environment, owner, window, missing, conflicts, serverId }) => {
        const notes = [
          ...(serverId === undefined ? ['not enrolled'] : []),
          ...(conflicts.length > 0 ? [many(conflicts.length, 'conflict')] : []),
        ];
        return [
          name,
          customer,
          roles.join(', '),
          tier,
          environment,
          owner,
          window,
          missing.join(', '),
          notes.join(', '),
        ];
      },
    );
    return table(page, columns, rows, 'No servers are known yet.') + andMore(list);
  },
});

export const inventoryShow = command({
  name: 'inventory show',
  group: 'Inventory',
  summary: 'What is known of a server, who said it, what others say, and what its roles bring.',
  positionals: { server: SERVER },
  options: { customer: CUSTOMER },
  run: ({ args, options: { customer }, service }) =>
    service.call(showMachine, { params: args, query: defined({ customer }) }),
  show: machineText,
});

export const inventoryHistoryOf = command({
  name: 'inventory history',
  group: 'Inventory',
  summary: 'Everything that was ever said of a server, the latest first.',
  positionals: { server: SERVER },
  options: { customer: CUSTOMER, ...LIST_OPTIONS },
  run: ({ args, options, service }) =>
    listed(options, (query) =>
      service.call(inventoryHistory, { params: args, query: { ...query, ...defined({ customer: options.customer }) } }),
    ),
  show(list, page) {
    const columns = [
      { title: 'From' },
      { title: 'To' },
      { title: 'What' },
      { title: 'Value' },
      { title: 'Source' },
      { title: 'Who' },
    ] as const;
    const rows = list.items.map(({ at, endedAt, title, text, source, who }) => {
      return [shortUtc(at), shortUtc(endedAt), title, text, source, who];
    });
    return table(page, columns, rows, 'Nothing was said of it yet.') + andMore(list);
  },
});

export const inventorySettle = command({
  name: 'inventory settle',
  group: 'Inventory',
  summary: 'Settle what sources disagree on: what one of them says becomes your word.',
  more: 'To settle it with something that none of them says, use `inventory set`.',
  positionals: { server: SERVER, field: FIELD },
  options: {
    source: { type: 'string', choices: SOURCES, required: true, description: 'who is right' },
    customer: CUSTOMER,
    who: WHO,
    why: WHY,
  },
  run({ args, options: { customer, source, who, why }, service }) {
    const chosen = SOURCES.find((one) => one === source) ?? 'person';
    const body = { field: fieldNamed(args.field), source: chosen, why, ...defined({ who }) };
    return service.call(settleConflict, { params: { server: args.server }, query: defined({ customer }), body });
  },
  show: machineText,
});

export const inventoryRemove = command({
  name: 'inventory remove',
  group: 'Inventory',
  summary: 'Forget a server that is not enrolled, with its history and its evidence of backups.',
  positionals: { server: SERVER },
  options: { customer: CUSTOMER, who: WHO, why: WHY },
  run: ({ args, options: { customer, who, why }, service }) =>
    service.call(removeFromInventory, { params: args, query: { why, ...defined({ customer, who }) } }),
  show: ({ name, customer }) => `Forgotten: ${name} of ${customer}. The record keeps what was known.`,
});

/** A server of the inventory in full. */
export function machineText(machine: EndpointResult<typeof showMachine>, page: Page): string {
  const head = fields(page, [
    ['Server', machine.name],
    ['Customer', machine.customer],
    ['Enrolled', machine.serverId ?? 'no: no agent asks under this name'],
    ['One at a time with', machine.groups.length === 0 ? undefined : machine.groups.join(', ')],
    ['Unknown', machine.missing.length === 0 ? 'nothing that is measured' : machine.missing.join(', ')],
  ]);
  const rows = machine.fields.flatMap(({ title, text, source, who, at, others }) => [
    [title, text, source, who, shortUtc(at)],
    ...others
      .filter(({ disagrees }) => disagrees)
      .map((other) => ['  but', other.text, other.source, other.who, shortUtc(other.at)]),
  ]);
  const columns = [
    { title: 'What' },
    { title: 'Value' },
    { title: 'Source' },
    { title: 'Who' },
    { title: 'Since' },
  ] as const;
  const roles = machine.defaults.map((role) => roleText(role, page));
  return [head, table(page, columns, rows, 'Nothing is known of it yet.'), ...roles].join('\n\n');
}

type RoleDefaults = EndpointResult<typeof showMachine>['defaults'][number];

/** What a role brings. */
export function roleText({ title, role, rank, ...defaults }: RoleDefaults, page: Page): string {
  const { healthChecks, backup, recovery, ownRecovery, neverTogether } = defaults;
  const origin = ownRecovery ? "the customer's own" : 'as shipped';
  return [
    strong(page, `${title} (${role}), place ${rank} in its wave`),
    hanging(page, '  Recovery        ', `${recovery.who}, ${recovery.minutes} min (${origin}): ${recovery.how}`),
    hanging(page, '  Backup          ', `${backup.text} Evidence: ${backup.evidence.join(', ')}.`),
    hanging(page, '  Health checks   ', `${healthChecks.join('; ')}.`),
    hanging(page, '  Never together  ', neverTogether),
  ].join('\n');
}
