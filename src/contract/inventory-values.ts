import * as z from 'zod';
import { Person, Reference } from '#contract/values.ts';
import type { MeasuredField } from '#domain/fleet/completeness.ts';
import type { InventoryField, Source } from '#domain/fleet/inventory.ts';
import type { Role } from '#domain/fleet/roles.ts';

/** Values that the endpoints of the inventory share. */
export const Field = z.enum([
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
export const RoleName = z.enum([
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
export const Measured = z.enum([
  'owner',
  'window',
  'roles',
  'tier',
  'environment',
  'support',
  'needs',
] as const satisfies readonly MeasuredField[]);
export const SourceName = z.enum([
  'person',
  'csv',
  'directory',
  'systeminfo',
  'registration',
] as const satisfies readonly Source[]);

export const OfCustomer = z.object({
  customer: Reference.optional().describe('where several customers have a server of the name'),
});
export const Who = Person.optional().describe("who decides; default: the token's name");

const Recovery = z.object({ who: z.string(), how: z.string(), minutes: z.number().int() });
export const RoleDefaults = z.object({
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
