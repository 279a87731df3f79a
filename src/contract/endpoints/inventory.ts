import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Instant, Name, PageQuery, Person, page, Reference, Sentence } from '#contract/values.ts';
import type { MeasuredField } from '#domain/fleet/completeness.ts';
import type { InventoryField, Source } from '#domain/fleet/inventory.ts';
import type { Role } from '#domain/fleet/roles.ts';

const Field = z.enum([
  'roles',
  'applications',
  'owner',
  'environment',
  'tier',
  'exposure',
  'support',
  'redundancyGroup',
  'needs',
  'restartAfter',
  'window',
  'backup',
  'hours',
  'healthChecks',
  'operatingSystem',
  'model',
  'directoryEntry',
  'notes',
] as const satisfies readonly InventoryField[]);
const RoleName = z.enum([
  'domain-controller',
  'file-server',
  'sql-server',
  'exchange',
  'cluster-node',
  'application',
  'iis',
  'rds',
  'hyper-v',
  'backup',
  'monitoring',
] as const satisfies readonly Role[]);
const Measured = z.enum([
  'owner',
  'window',
  'roles',
  'tier',
  'environment',
  'support',
  'needs',
] as const satisfies readonly MeasuredField[]);
const SourceName = z.enum([
  'person',
  'csv',
  'directory',
  'systeminfo',
  'registration',
] as const satisfies readonly Source[]);

const MachineName = z.object({ server: Reference.describe('name, or server id') });
const OfCustomer = z.object({
  customer: Reference.optional().describe('where several customers have a server of the name'),
});
const who = Person.optional().describe("who decides; default: the token's name");

const Machine = z.object({
  machineId: z.guid(),
  name: z.string(),
  customer: z.string(),
  /** Absent: not enrolled. */
  serverId: z.guid().optional(),
  roles: z.array(RoleName).readonly(),
  owner: z.string().optional(),
  environment: z.string().optional(),
  tier: z.string().optional(),
  /** Its plan: its own or its customer's. */
  window: z.string().optional(),
  missing: z.array(Measured).readonly(),
  conflicts: z.array(Field).readonly(),
});

/** What one source says of a field; `text` as an inventory file has it. */
const Statement = z.object({ source: SourceName, value: z.unknown(), text: z.string(), who: z.string(), at: Instant });

const Recovery = z.object({ who: z.string(), how: z.string(), minutes: z.number().int() });
const RoleDefaults = z.object({
  role: RoleName,
  title: z.string(),
  /** Place within a wave; lower ones go first. */
  rank: z.number().int(),
  healthChecks: z.array(z.string()).readonly(),
  backup: z.object({ text: z.string(), evidence: z.array(z.string()).readonly() }),
  recovery: Recovery,
  /** The customer said itself how its servers of this role come back. */
  ownRecovery: z.boolean(),
  neverTogether: z.string(),
});

const ShownMachine = Machine.extend({
  /** Of how many servers one may be down at a time; its redundancy group, and those that its roles bring. */
  groups: z.array(z.string()).readonly(),
  fields: z.array(
    Statement.extend({
      field: Field,
      title: z.string(),
      /** What other sources say, by how much they are believed. */
      others: z.array(Statement.extend({ disagrees: z.boolean() })),
    }),
  ),
  defaults: z.array(RoleDefaults),
});

export const listInventory = endpoint({
  method: 'GET',
  path: '/inventory',
  summary: 'Servers that are known, enrolled or not, with what matters of them',
  query: PageQuery.extend({
    customer: Reference.optional(),
    search: Reference.optional().describe('a part of the name'),
    role: RoleName.optional(),
    enrolled: z.enum(['true', 'false']).optional(),
    missing: z
      .enum(['any', ...Measured.options])
      .optional()
      .describe('only those of which this, or anything, is unknown'),
  }),
  result: page(Machine),
});
export const showMachine = endpoint({
  method: 'GET',
  path: '/inventory/servers/:server',
  summary: 'What is known of a server: what is believed, who said it, and what others say',
  params: MachineName,
  query: OfCustomer,
  result: ShownMachine,
});
export const setInventory = endpoint({
  method: 'PATCH',
  path: '/inventory/servers/:server',
  summary: "Say what is so, by a person's word; null takes that word back",
  params: MachineName,
  query: OfCustomer,
  body: z.strictObject({
    fields: z.partialRecord(Field, z.unknown()),
    /** Add the server where the customer has none of the name. */
    add: z.boolean().default(false),
    who,
    why: Sentence,
  }),
  result: ShownMachine,
});
export const removeFromInventory = endpoint({
  method: 'DELETE',
  path: '/inventory/servers/:server',
  summary: 'Forget a server that is not enrolled, with its history and its evidence of backups',
  params: MachineName,
  query: OfCustomer.extend({ who, why: Sentence }),
  result: Machine,
});
export const inventoryHistory = endpoint({
  method: 'GET',
  path: '/inventory/servers/:server/history',
  summary: 'Everything that was ever said of a server, the latest first',
  params: MachineName,
  query: PageQuery.extend(OfCustomer.shape),
  result: page(
    Statement.extend({ field: Field, title: z.string(), endedAt: Instant.optional(), endedBy: z.string().optional() }),
  ),
});
export const listInventoryConflicts = endpoint({
  method: 'GET',
  path: '/inventory/conflicts',
  summary: 'Where sources disagree and nobody has settled it',
  query: PageQuery.extend({ customer: Reference.optional() }),
  result: page(
    z.object({
      name: z.string(),
      customer: z.string(),
      conflicts: z.array(
        z.object({ field: Field, title: z.string(), believed: Statement, others: z.array(Statement) }),
      ),
    }),
  ),
});
export const settleConflict = endpoint({
  method: 'POST',
  path: '/inventory/servers/:server/settle',
  summary: "Settle what sources disagree on: what this one says becomes a person's word",
  params: MachineName,
  query: OfCustomer,
  body: z.strictObject({ field: Field, source: SourceName, who, why: Sentence }),
  result: ShownMachine,
});

export const importInventory = endpoint({
  method: 'POST',
  path: '/inventory/import',
  summary: 'Take an inventory file (CSV): tells every change; only `apply` makes them, all or none',
  query: z.object({
    customer: Reference,
    apply: z.enum(['true', 'false']).default('false'),
    after: z.string().max(400).optional(),
    limit: z.coerce.number().int().min(1).max(10_000).default(1000).describe('servers whose changes are told'),
  }),
  body: z.strictObject({ text: z.string(), who, why: Sentence.default('inventory file') }),
  result: page(
    z.object({
      line: z.number().int(),
      name: z.string(),
      added: z.boolean(),
      changes: z.array(
        z.object({
          field: Field,
          title: z.string(),
          /** What is believed before; absent: nothing was known. */
          from: z.string().optional(),
          /** What the file says; absent: it takes back what an earlier one said. */
          to: z.string().optional(),
          /** What is believed afterwards, where it is not what the file says. */
          believed: z.string().optional(),
          /** Another source says something else. */
          conflict: z.boolean(),
        }),
      ),
    }),
  ).extend({
    applied: z.boolean(),
    /** Servers in the file: those that are new, those that change, those of which it says nothing new; and those with a conflict. */
    counts: z.object({
      servers: z.number().int(),
      added: z.number().int(),
      changed: z.number().int(),
      unchanged: z.number().int(),
      conflicts: z.number().int(),
    }),
  }),
});
export const exportInventory = endpoint({
  method: 'GET',
  path: '/inventory/export',
  summary: 'What is believed of the servers of a customer, as lines of an inventory file (CSV)',
  query: PageQuery.extend({ customer: Reference }),
  result: page(z.string()).extend({ header: z.string() }),
});

const Group = z.object({
  name: z.string(),
  /** So many of them may be down at a time. */
  atOnce: z.number().int(),
  members: z.number().int(),
});
export const listGroups = endpoint({
  method: 'GET',
  path: '/inventory/groups',
  summary: 'Groups of servers of which only so many may be down at a time',
  query: PageQuery.extend({ customer: Reference }),
  result: page(Group),
});
export const setGroup = endpoint({
  method: 'PUT',
  path: '/inventory/groups/:group',
  summary: 'Say how many servers of a redundancy group may be down at a time',
  params: z.object({ group: z.string().min(1).max(255) }),
  query: z.object({ customer: Reference }),
  body: z.strictObject({ atOnce: z.number().int().min(1).max(1000), who, why: Sentence }),
  result: Group.omit({ members: true }),
});

export const listRoles = endpoint({
  method: 'GET',
  path: '/inventory/roles',
  summary: 'What roles bring: order, health checks, backup rule, recovery path, what never happens together',
  query: OfCustomer,
  result: z.object({ items: z.array(RoleDefaults) }),
});
export const setRecovery = endpoint({
  method: 'PUT',
  path: '/inventory/roles/:role/recovery',
  summary: "Say how a customer's servers of a role come back; null: as it is shipped",
  params: z.object({ role: RoleName }),
  query: z.object({ customer: Reference }),
  body: z.strictObject({
    recovery: z.strictObject({ who: Person, how: Sentence, minutes: z.number().int().min(1).max(10_080) }).nullable(),
    who,
    why: Sentence,
  }),
  result: RoleDefaults,
});

const GapKind = z.enum([
  'missing',
  'never-scanned',
  'stopped',
  'not-enrolled',
  'shared-id',
  'shared-name',
  'unknown-name',
  'cycle',
  'ungrouped-node',
]);
const Days = z.coerce
  .number()
  .int()
  .min(1)
  .max(365)
  .default(7)
  .describe('without a scan for so long counts as stopped');
export const listGaps = endpoint({
  method: 'GET',
  path: '/inventory/gaps/:kind',
  summary: 'Servers of which something is unknown, that do not come, or that contradict each other',
  params: z.object({ kind: GapKind }),
  query: PageQuery.extend({ customer: Reference.optional(), days: Days }),
  result: page(z.object({ name: z.string(), customer: Name.optional(), text: z.string() })),
});
export const inventoryCompleteness = endpoint({
  method: 'GET',
  path: '/inventory/completeness',
  summary: 'How much is known of the servers of each customer, and how many gaps there are',
  query: z.object({ customer: Reference.optional(), days: Days }),
  result: z.object({
    items: z.array(
      z.object({
        customer: z.string(),
        servers: z.number().int(),
        complete: z.number().int(),
        percent: z.number().int(),
        missing: z.record(Measured, z.number().int()),
      }),
    ),
    gaps: z.array(z.object({ kind: GapKind, title: z.string(), servers: z.number().int() })),
  }),
});
