import { z } from 'zod';
import { MATCHER_NAMES, MATCHERS, type MatcherName } from '#domain/approval/matchers.ts';
import type { Policy } from '#domain/approval/policy.ts';
import { type FileProblem, readYamlFile } from '#domain/approval/yaml-file.ts';

export type PolicyReading =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly [FileProblem, ...FileProblem[]] };

const MAX_RULES = 500;

/** One optional key for each matcher of the table. `fromEntries` forgets which schema belongs to which key; the type says it again. */
const conditionSchemas = Object.fromEntries(MATCHER_NAMES.map((name) => [name, MATCHERS[name].schema.optional()])) as {
  readonly [Name in MatcherName]: z.ZodOptional<(typeof MATCHERS)[Name]['schema']>;
};

const conditions = z
  .strictObject(conditionSchemas)
  .readonly()
  .refine((given) => Object.keys(given).length > 0, 'Give at least one condition.');

const rule = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'A name has lower-case letters, digits and hyphens, at most 64.'),
    when: conditions,
    not: conditions.optional(),
    verdict: z.enum(['approve', 'not-approve', 'review'], 'Allowed: approve, not-approve, review.'),
    reason: z.string().trim().min(1, 'Say why, in one sentence.').max(300, 'At most 300 characters.'),
  })
  .readonly();

const policyFile = z
  .strictObject({
    name: z.string().trim().min(1).max(100, 'At most 100 characters.'),
    twoPersons: z.boolean('Allowed: true, false.').optional(),
    rules: z
      .array(rule)
      .min(1, 'A policy has at least one rule.')
      .max(MAX_RULES, `At most ${MAX_RULES} rules.`)
      .readonly(),
  })
  .readonly();

const KEYS = [
  'name',
  'twoPersons',
  'rules',
  'when',
  'not',
  'verdict',
  'reason',
  ...MATCHER_NAMES,
  'from',
  'before',
  'osBuild',
  'productType',
];

/** Reads an approval policy from YAML, or tells every problem with its place. */
export function readPolicy(yaml: string): PolicyReading {
  const reading = readYamlFile(yaml, {
    schema: policyFile,
    keys: KEYS,
    further: (raw) =>
      repeatedNames(raw).map((at) => ({ path: ['rules', at, 'name'], message: 'Another rule has the same name.' })),
  });
  return reading.ok ? { ok: true, policy: reading.value } : reading;
}

/** Indexes of the rules whose name an earlier rule has. */
function repeatedNames(raw: unknown): number[] {
  const named = z.object({ rules: z.array(z.looseObject({ name: z.string() }).catch({ name: '' })) }).safeParse(raw);
  if (!named.success) return [];
  const seen = new Set<string>();
  return named.data.rules.flatMap(({ name }, index) => {
    const isRepeated = name !== '' && seen.has(name);
    seen.add(name);
    return isRepeated ? [index] : [];
  });
}
