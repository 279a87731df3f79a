import * as z from 'zod';
import { Instant } from '#contract/values.ts';

/** A server that was told to install an update, and has not said that it did. */
export const Holder = z.object({
  serverId: z.guid(),
  dnsName: z.string(),
  customer: z.string().optional(),
  toldAt: Instant,
  deadline: Instant.optional(),
  /** What its agent last said of the update. */
  state: z.enum(['needed', 'downloaded', 'pending-restart', 'failed']).optional(),
  lastSync: Instant.optional(),
  /** When it is expected to ask again, and to hear that the offer has ended; absent of one that never finished a scan. */
  nextScan: z
    .object({
      from: Instant,
      until: Instant,
      by: z.enum(['agent', 'settings-task']),
      /** The time is over, and it did not come. */
      overdue: z.boolean(),
    })
    .optional(),
});
