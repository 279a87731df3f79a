import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { roleText, WHO, WHY } from '#cli/commands/inventory.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { table } from '#cli/output/layout.ts';
import { listGroups, listRoles, setGroup, setRecovery } from '#contract/endpoints/inventory-groups.ts';
import { CodedError } from '#contract/errors.ts';

const OF_CUSTOMER = { type: 'string', value: 'NAME', required: true, description: 'whose servers they are' } as const;
const ROLES = setRecovery.params?.shape.role.options ?? [];

export const inventoryGroups = command({
  name: 'inventory groups',
  group: 'Inventory',
  summary: 'Groups of servers of which only so many may be down at a time.',
  more: 'A group comes of the redundancy group in the inventory, and of domain controllers (dc: and their domain). `inventory limit` changes how many.',
  options: { customer: OF_CUSTOMER, ...LIST_OPTIONS },
  run: ({ options, service }) =>
    listed(options, (query) => service.call(listGroups, { query: { ...query, customer: options.customer } })),
  show(list, page) {
    const columns = [
      { title: 'Group' },
      { title: 'Servers', right: true },
      { title: 'At a time', right: true },
    ] as const;
    const rows = list.items.map(({ name, members, atOnce }) => [name, members, atOnce]);
    return table(page, columns, rows, 'No groups: every server goes by its wave alone.') + andMore(list);
  },
});

export const inventoryLimit = command({
  name: 'inventory limit',
  group: 'Inventory',
  summary: 'Say how many servers of a redundancy group may be down at a time.',
  positionals: { group: { value: 'GROUP', description: 'as `inventory groups` lists it' } },
  options: {
    customer: OF_CUSTOMER,
    'at-once': { type: 'string', value: 'N', required: true, description: '1 to 1000' },
    who: WHO,
    why: WHY,
  },
  run({ args, options: { customer, who, why, 'at-once': atOnce }, service }) {
    const body = { atOnce: wholeNumber(atOnce, '--at-once'), why, ...defined({ who }) };
    return service.call(setGroup, { params: args, query: { customer }, body });
  },
  show: ({ name, atOnce }) => `Of ${name}, ${atOnce} may be down at a time.`,
});

export const inventoryRoles = command({
  name: 'inventory roles',
  group: 'Inventory',
  summary: 'What roles bring: order, health checks, backup rule, recovery path.',
  options: { customer: { type: 'string', value: 'NAME', description: 'with the recovery paths of this customer' } },
  run: ({ options: { customer }, service }) => service.call(listRoles, { query: defined({ customer }) }),
  show: ({ items }, page) => items.map((role) => roleText(role, page)).join('\n\n'),
});

export const inventoryRecovery = command({
  name: 'inventory recovery',
  group: 'Inventory',
  summary: "Say how a customer's servers of a role come back when an update broke them.",
  positionals: { role: { value: 'ROLE', description: 'as `inventory roles` lists it' } },
  options: {
    customer: OF_CUSTOMER,
    by: { type: 'string', value: 'NAME', description: 'who does it' },
    how: { type: 'string', value: 'TEXT', description: 'how, in a sentence or two' },
    minutes: { type: 'string', value: 'N', description: 'how long it takes' },
    shipped: { type: 'boolean', description: 'back to the path that is shipped' },
    who: WHO,
    why: WHY,
  },
  run({ args, options: { customer, by, how, minutes, shipped, who, why }, service }) {
    const role = ROLES.find((one) => one === args.role);
    if (role === undefined)
      throw new CodedError('usage.wrong', `there is no role "${args.role}"; there are ${ROLES.join(', ')}`);
    const recovery = shipped ? null : pathOf(by, how, wholeNumber(minutes, '--minutes'));
    return service.call(setRecovery, {
      params: { role },
      query: { customer },
      body: { recovery, why, ...defined({ who }) },
    });
  },
  show: roleText,
});

function pathOf(who: string | undefined, how: string | undefined, minutes: number | undefined) {
  if (who === undefined || how === undefined || minutes === undefined)
    throw new CodedError('usage.wrong', 'give --by, --how and --minutes, or --shipped');
  return { who, how, minutes };
}
