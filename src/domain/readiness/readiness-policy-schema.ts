import { z } from 'zod';
import { pathText } from '#domain/approval/yaml-file.ts';
import { TIERS } from '#domain/fleet/inventory.ts';
import { FIELD_NAMES } from '#domain/fleet/inventory-schema.ts';
import type { Demands, ReadinessPolicy } from '#domain/readiness/readiness-policy.ts';

/** What is wrong in a readiness policy, and where: `tiers.critical.backupHours`; empty for the whole. */
export interface ReadinessPolicyProblem {
  readonly path: string;
  readonly message: string;
}

export type ReadinessPolicyCheck =
  | { readonly ok: true; readonly policy: ReadinessPolicy }
  | { readonly ok: false; readonly problems: readonly ReadinessPolicyProblem[] };

/** `unknown`: servers whose tier nobody told. */
export const TIER_NAMES = [...TIERS, 'unknown'] as const;

const YEAR_HOURS = 366 * 24;
const demandSchemas = {
  backupHours: wholeNumber(1, YEAR_HOURS),
  restorePointHours: wholeNumber(1, YEAR_HOURS),
  restoreTestDays: wholeNumber(1, 3 * 366),
  pendingRestartHours: wholeNumber(0, YEAR_HOURS),
  diskFreeMegabytes: wholeNumber(1, 1024 * 1024),
  contactHours: wholeNumber(24, YEAR_HOURS),
  failures: wholeNumber(1, 100),
  clockMinutes: wholeNumber(1, 24 * 60),
  tls: z.boolean('Allowed: true, false.'),
  supported: z.boolean('Allowed: true, false.'),
  known: z
    .array(z.enum(FIELD_NAMES, `Allowed: ${FIELD_NAMES.join(', ')}.`), 'A list of fields of the inventory.')
    .refine((fields) => new Set(fields).size === fields.length, 'A field is named twice.'),
} satisfies Record<keyof Demands, z.ZodType>;
export const DEMAND_NAMES = Object.keys(demandSchemas) as (keyof Demands)[];

/** What is left out is not asked; a tier that is left out asks for nothing. */
const tier = z.strictObject(optional(demandSchemas), 'A map of demands.').default({});

/** A readiness policy as people and files write it. */
export const readinessPolicySchema = z.strictObject({
  name: z.string('Text.').trim().min(1, 'It has no letters.').max(100, 'At most 100 characters.'),
  tiers: z.strictObject(
    { critical: tier, high: tier, medium: tier, low: tier, unknown: tier },
    `A map of the tiers ${TIER_NAMES.join(', ')}.`,
  ),
}) satisfies z.ZodType<ReadinessPolicy>;

/** A readiness policy from unknown data, or everything that is wrong with it. */
export function checkReadinessPolicy(input: unknown): ReadinessPolicyCheck {
  const read = readinessPolicySchema.safeParse(input);
  if (read.success) return { ok: true, policy: read.data };
  return { ok: false, problems: read.error.issues.map(({ path, message }) => ({ path: pathText(path), message })) };
}

/** Members that may be left out; the type says what `fromEntries` forgets. */
function optional<const Shape extends Record<string, z.ZodType>>(shape: Shape) {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, z.exactOptional(schema)])) as {
    readonly [Name in keyof Shape]: z.ZodExactOptional<Shape[Name]>;
  };
}

function wholeNumber(from: number, to: number): z.ZodInt {
  const message = `A whole number from ${from} to ${to}.`;
  return z.int(message).min(from, message).max(to, message);
}
