import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { OfCustomer, RoleDefaults, RoleName, Who } from '#contract/inventory-values.ts';
import { PageQuery, Person, page, Reference, Sentence } from '#contract/values.ts';

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
  body: z.strictObject({ atOnce: z.number().int().min(1).max(1000), who: Who, why: Sentence }),
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
    who: Who,
    why: Sentence,
  }),
  result: RoleDefaults,
});
