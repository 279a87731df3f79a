import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Field, Measured, OfCustomer, RoleDefaults, RoleName, SourceName, Who } from '#contract/inventory-values.ts';
import { Instant, PageQuery, page, Reference, Sentence } from '#contract/values.ts';

const MachineName = z.object({ server: Reference.describe('name, or server id') });

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
    who: Who,
    why: Sentence,
  }),
  result: ShownMachine,
});
export const removeFromInventory = endpoint({
  method: 'DELETE',
  path: '/inventory/servers/:server',
  summary: 'Forget a server that is not enrolled, with its history and its evidence of backups',
  params: MachineName,
  query: OfCustomer.extend({ who: Who, why: Sentence }),
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
  body: z.strictObject({ field: Field, source: SourceName, who: Who, why: Sentence }),
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
  body: z.strictObject({ text: z.string(), who: Who, why: Sentence.default('inventory file') }),
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
