import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Instant, PageQuery, page } from '#contract/values.ts';

export const listNotices = endpoint({
  method: 'GET',
  path: '/notices',
  summary: 'Mail to owners: sent, waiting, given up; newest first',
  query: PageQuery,
  result: page(
    z.object({
      noticeId: z.guid(),
      kind: z.enum(['restart', 'failure', 'readiness', 'gate']),
      customer: z.string(),
      recipient: z.string(),
      subject: z.string(),
      body: z.string(),
      at: Instant,
      state: z.enum(['sent', 'waiting', 'given-up', 'no-mail-server']),
      attempts: z.number().int(),
      /** Wall time. */
      sentAt: Instant.optional(),
      lastError: z.string().optional(),
    }),
  ),
});

export const testMail = endpoint({
  method: 'POST',
  path: '/notices/test',
  summary: 'Send a mail now, to see that the mail server takes it',
  body: z.strictObject({ to: z.email().max(254) }),
  result: z.object({ to: z.string() }),
});

export const care = endpoint({
  method: 'GET',
  path: '/care',
  summary: 'What the service does for its database by itself: rounds, tables, sizes',
  result: z.object({
    eventRetentionDays: z.number().int(),
    runs: z.array(
      z.object({
        job: z.string(),
        began: Instant,
        ended: Instant.optional(),
        outcome: z.record(z.string(), z.unknown()),
      }),
    ),
    /** By size; rows are estimates. */
    tables: z.array(
      z.object({
        name: z.string(),
        rows: z.number().int(),
        deadRows: z.number().int(),
        bytes: z.number().int(),
        vacuumedAt: Instant.optional(),
      }),
    ),
  }),
});
