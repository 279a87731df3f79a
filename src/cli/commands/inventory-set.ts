import { command } from '#cli/command.ts';
import { CUSTOMER, machineText, SERVER, WHO, WHY } from '#cli/commands/inventory.ts';
import { fieldNamed } from '#cli/commands/inventory-fields.ts';
import { defined } from '#cli/members.ts';
import { setInventory } from '#contract/endpoints/inventory.ts';
import { CodedError } from '#contract/errors.ts';

const LIST = 'with commas; none: it is known that there are none';
const TEXTS = ['environment', 'tier', 'exposure', 'window', 'notes'] as const;

export const inventorySet = command({
  name: 'inventory set',
  group: 'Inventory',
  summary: 'Say what is so of a server: your word is believed first.',
  positionals: { server: SERVER },
  options: {
    customer: CUSTOMER,
    add: { type: 'boolean', description: 'with --customer: add the server, which has not enrolled yet' },
    roles: { type: 'string', value: 'LIST', description: 'with commas; `inventory roles` lists them' },
    applications: { type: 'string', value: 'LIST', description: LIST },
    owner: { type: 'string', value: 'NAME', description: 'who answers for it' },
    'owner-kind': { type: 'string', choices: ['person', 'team'], description: 'default: person' },
    'owner-contact': { type: 'string', value: 'MAIL', description: 'where the owner is told of restarts and failures' },
    environment: { type: 'string', value: 'NAME', description: 'production, staging, test or development' },
    tier: { type: 'string', value: 'TIER', description: 'critical, high, medium or low' },
    exposure: { type: 'string', value: 'WHERE', description: 'internet or internal' },
    support: { type: 'string', value: 'STATUS', description: 'supported, extended or unsupported' },
    'support-until': { type: 'string', value: 'DAY', description: 'its last day' },
    'redundancy-group': { type: 'string', value: 'NAME', description: 'servers that do the same work' },
    needs: { type: 'string', value: 'LIST', description: `servers that go before it, ${LIST}` },
    'restart-after': { type: 'string', value: 'LIST', description: `servers that restart before it, ${LIST}` },
    window: { type: 'string', value: 'PLAN', description: 'its plan; see `plan list`' },
    'backup-tool': { type: 'string', value: 'NAME', description: 'what saves it' },
    'backup-slot': { type: 'string', value: 'SPAN', description: 'when, e.g. "daily 22:00-02:00"' },
    hours: {
      type: 'string',
      value: 'SPANS',
      description: 'when it may be restarted, e.g. "Mon-Fri 20:00-06:00 | Sat,Sun 00:00-24:00"',
    },
    'health-checks': { type: 'string', value: 'LIST', description: 'what shows that it works, with | between' },
    notes: { type: 'string', value: 'TEXT', description: 'one line' },
    clear: {
      type: 'string',
      value: 'FIELDS',
      description: 'with commas: what you take back, so that other sources count again',
    },
    who: WHO,
    why: WHY,
  },
  run({ args, options: { customer, add, clear, who, why, ...own }, service }) {
    const fields = { ...given(own), ...cleared(clear) };
    if (Object.keys(fields).length === 0)
      throw new CodedError('usage.wrong', 'name what to set; --help lists the options');
    const body = { fields, add, why, ...defined({ who }) };
    return service.call(setInventory, { params: args, query: defined({ customer }), body });
  },
  show: machineText,
});

type Own = { readonly [name: string]: string | undefined };

/** The options as fields of the API, still unchecked. */
function given(own: Own): Readonly<Record<string, unknown>> {
  return defined({
    ...Object.fromEntries(TEXTS.map((name) => [name, own[name]])),
    roles: list(own.roles, ','),
    applications: list(own.applications, ','),
    needs: list(own.needs, ','),
    restartAfter: list(own['restart-after'], ','),
    healthChecks: list(own['health-checks'], '|'),
    hours: list(own.hours, '|'),
    redundancyGroup: own['redundancy-group'],
    owner: composed(
      '--owner',
      own.owner,
      { name: own.owner, contact: own['owner-contact'] },
      { kind: own['owner-kind'] ?? 'person' },
    ),
    support: composed('--support', own.support, { status: own.support, until: own['support-until'] }),
    backup: composed('', '', { tool: own['backup-tool'], slot: own['backup-slot'] }),
  });
}

/** Several options as one field; undefined when none is given, `usage.wrong` when only the `main` one is not. */
function composed(option: string, main: string | undefined, parts: Own, defaults: Own = {}): unknown {
  const present = defined(parts);
  if (Object.keys(present).length === 0) return undefined;
  if (main === undefined) throw new CodedError('usage.wrong', `${option}: name it too`);
  return { ...defaults, ...present };
}

function list(text: string | undefined, separator: string): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const items = text.split(separator).map((item) => item.trim());
  return text.trim().toLowerCase() === 'none' ? [] : items.filter((item) => item !== '');
}

function cleared(text: string | undefined): Readonly<Record<string, null>> {
  const names = text?.split(',').map((name) => fieldNamed(name.trim())) ?? [];
  return Object.fromEntries(names.map((name) => [name, null]));
}
