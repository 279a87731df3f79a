import * as z from 'zod';
import { Name, Reference } from '#contract/values.ts';

/** Whom a rule for servers reaches. */
const ScopeKind = z.enum(['all', 'customer', 'group', 'server']);

/** A scope as a request names it. */
export const AskedScope = z.object({
  scope: ScopeKind,
  customer: Reference.optional().describe('of the scopes customer and group'),
  group: Name.optional().describe('target group of the customer'),
  server: Reference.optional(),
});

/** A scope as an answer shows it. */
export const ShownScope = z.object({
  scope: ScopeKind,
  customer: z.string().optional(),
  group: z.string().optional(),
  server: z.string().optional(),
});
