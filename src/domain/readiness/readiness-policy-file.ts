import { type FileReading, readYamlFile } from '#domain/approval/yaml-file.ts';
import { FIELD_NAMES } from '#domain/fleet/inventory-schema.ts';
import type { ReadinessPolicy } from '#domain/readiness/readiness-policy.ts';
import { DEMAND_NAMES, readinessPolicySchema, TIER_NAMES } from '#domain/readiness/readiness-policy-schema.ts';

/** Reads a readiness policy from YAML, of which JSON is a part; every problem is told with its place. */
export function readReadinessPolicy(text: string): FileReading<ReadinessPolicy> {
  return readYamlFile(text, {
    schema: readinessPolicySchema,
    keys: ['name', 'tiers', ...TIER_NAMES, ...DEMAND_NAMES, ...FIELD_NAMES],
    further: () => [],
  });
}
