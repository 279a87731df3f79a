import * as z from 'zod';
import { Instant } from '#contract/values.ts';

export const EvidenceKind = z.enum(['backup', 'restore-point', 'restore-test']);

/** How one run of a backup, or one restore test, ended. */
export const Evidence = z.object({
  kind: EvidenceKind,
  ok: z.boolean(),
  at: Instant,
  job: z.string(),
  detail: z.string(),
  source: z.enum(['api', 'csv', 'settings-task', 'veeam']),
  who: z.string(),
  receivedAt: Instant,
});
