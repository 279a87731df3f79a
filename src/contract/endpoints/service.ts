import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Instant, PageQuery, page } from '#contract/values.ts';

export const status = endpoint({
  method: 'GET',
  path: '/status',
  summary: 'How the service and the fleet stand',
  result: z.object({
    version: z.string(),
    at: Instant,
    clock: z.enum(['real', 'simulated']),
    cycle: z.string(),
    nextPatchTuesday: Instant,
    catalogue: z.object({
      revisions: z.number().int(),
      deployable: z.number().int(),
      approved: z.number().int(),
      review: z.number().int(),
    }),
    policyVersion: z.number().int(),
    servers: z.object({
      total: z.number().int(),
      unassigned: z.number().int(),
      withoutPlan: z.number().int(),
      compliant: z.number().int(),
      notCompliant: z.number().int(),
      pendingRestart: z.number().int(),
      failed: z.number().int(),
      unknown: z.number().int(),
    }),
    clients: z.array(z.string()).describe('what clients may write into WUServer'),
    warnings: z.array(z.string()),
  }),
});

export const showClock = endpoint({
  method: 'GET',
  path: '/clock',
  summary: "The service's clock",
  result: z.object({ clock: z.enum(['real', 'simulated']), at: Instant }),
});
export const moveClock = endpoint({
  method: 'POST',
  path: '/clock',
  summary: 'Move a simulated clock forward; answers when the service has settled',
  body: z.union([
    z.strictObject({ to: Instant }),
    z.strictObject({ advance: z.string().regex(/^P/, 'an ISO 8601 duration such as PT1H').max(40) }),
  ]),
  result: z.object({ clock: z.literal('simulated'), at: Instant }),
});

export const listRecords = endpoint({
  method: 'GET',
  path: '/records',
  summary: 'The append-only record: who, what, when, on which facts',
  query: PageQuery.extend({ customer: z.string().max(255).optional().describe('default: the service itself') }),
  result: page(
    z.object({
      number: z.number().int(),
      at: Instant,
      clock: z.enum(['real', 'simulated']),
      who: z.string(),
      what: z.string(),
      subject: z.unknown(),
      facts: z.unknown(),
      hash: z.string(),
    }),
  ),
});
export const verifyRecords = endpoint({
  method: 'POST',
  path: '/records/verification',
  summary: 'Check the hash chain of every customer',
  result: z.object({
    chains: z.array(
      z.object({
        customer: z.string(),
        records: z.number().int(),
        intact: z.boolean(),
        firstBroken: z.number().int().optional(),
      }),
    ),
  }),
});
