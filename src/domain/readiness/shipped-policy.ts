import type { Demands, ReadinessPolicy } from '#domain/readiness/readiness-policy.ts';

const CRITICAL: Demands = {
  backupHours: 24,
  restorePointHours: 24,
  restoreTestDays: 90,
  pendingRestartHours: 72,
  diskFreeMegabytes: 10 * 1024,
  contactHours: 60,
  failures: 2,
  clockMinutes: 5,
  tls: true,
};
const ORDINARY: Demands = { failures: 3, diskFreeMegabytes: 5 * 1024 };

/** What is asked where a customer has no readiness policy of its own; of a server whose tier nobody told, nothing. */
export const SHIPPED_READINESS: ReadinessPolicy = {
  name: 'shipped',
  tiers: {
    critical: CRITICAL,
    high: { ...CRITICAL, backupHours: 48, restorePointHours: 48, restoreTestDays: 180 },
    medium: ORDINARY,
    low: ORDINARY,
    unknown: {},
  },
};
