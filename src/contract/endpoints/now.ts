import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Instant, Reference } from '#contract/values.ts';

/** What wants a person, with how many there are and the few that matter most. */
const Attention = z.object({
  kind: z.enum([
    'review',
    'campaign-stopped',
    'gate-asks',
    'second-person',
    'connection-failed',
    'unassigned',
    'no-plan',
    'failed',
    'pending-restart',
    'silent',
    'clones',
    'paused',
    'braked',
    'settings-outdated',
    'catalogue-stale',
  ]),
  count: z.number().int(),
  /** One sentence for people. */
  text: z.string(),
  examples: z.array(
    z.object({
      title: z.string(),
      detail: z.string().optional(),
      server: z.guid().optional(),
      update: z.guid().optional(),
    }),
  ),
});

const Week = z.object({ name: z.enum(['early', 'default', 'delayed', 'fourth']), start: Instant, end: Instant });

export const now = endpoint({
  method: 'GET',
  path: '/now',
  summary: 'Where we are in the cycle, how the fleet stands, what wants a person',
  result: z.object({
    version: z.string(),
    at: Instant,
    clock: z.enum(['real', 'simulated']),
    cycle: z.object({
      name: z.string(),
      patchTuesday: Instant,
      nextPatchTuesday: Instant,
      /** Release weeks in UTC; each server's own zone shifts them by hours. */
      weeks: z.array(Week),
    }),
    fleet: z.object({
      total: z.number().int(),
      compliant: z.number().int(),
      notCompliant: z.number().int(),
      pendingRestart: z.number().int(),
      failed: z.number().int(),
      unknown: z.number().int(),
      unassigned: z.number().int(),
    }),
    catalogue: z.object({
      revisions: z.number().int(),
      approved: z.number().int(),
      review: z.number().int(),
      lastImport: Instant.optional(),
    }),
    attention: z.array(Attention),
    /** Windows that are open, or open in the next 48 hours, by plan and zone, in order; at most 50. */
    windows: z.array(
      z.object({
        plan: z.string(),
        zone: z.string(),
        start: Instant,
        end: Instant,
        /** In the zone, e.g. `Sunday 2023-10-22 02:00`. */
        local: z.string(),
        primary: z.boolean(),
        servers: z.number().int(),
      }),
    ),
    warnings: z.array(z.string()),
  }),
});

export const serverUpdates = endpoint({
  method: 'GET',
  path: '/servers/:server/updates',
  summary: 'What a server lacks, has failed, waits for or is offered, each with the decision in one line',
  params: z.object({ server: Reference }),
  query: z.object({ installed: z.enum(['true', 'false']).default('false').describe('list what is installed too') }),
  result: z.object({
    at: Instant,
    /** Unsettled ones first, the worst first; at most 2,000. */
    updates: z.array(
      z.object({
        updateId: z.guid(),
        title: z.string(),
        kb: z.string().optional(),
        state: z.enum(['failed', 'pending-restart', 'needed', 'downloaded', 'installed', 'unknown']),
        since: Instant.optional(),
        result: z.string().optional(),
        meaning: z.string().optional(),
        offered: z.boolean(),
        headline: z.string(),
        /** When the answer changes by time alone. */
        nextChange: Instant.optional(),
        restart: z.boolean(),
      }),
    ),
  }),
});
