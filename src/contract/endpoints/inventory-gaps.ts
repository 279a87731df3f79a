import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Measured } from '#contract/inventory-values.ts';
import { Name, PageQuery, page, Reference } from '#contract/values.ts';

const GapKind = z.enum([
  'missing',
  'never-scanned',
  'stopped',
  'not-enrolled',
  'shared-id',
  'shared-name',
  'unknown-name',
  'cycle',
  'ungrouped-node',
]);
const Days = z.coerce
  .number()
  .int()
  .min(1)
  .max(365)
  .default(7)
  .describe('without a scan for so long counts as stopped');
export const listGaps = endpoint({
  method: 'GET',
  path: '/inventory/gaps/:kind',
  summary: 'Servers of which something is unknown, that do not come, or that contradict each other',
  params: z.object({ kind: GapKind }),
  query: PageQuery.extend({ customer: Reference.optional(), days: Days }),
  result: page(z.object({ name: z.string(), customer: Name.optional(), text: z.string() })),
});
export const inventoryCompleteness = endpoint({
  method: 'GET',
  path: '/inventory/completeness',
  summary: 'How much is known of the servers of each customer, and how many gaps there are',
  query: z.object({ customer: Reference.optional(), days: Days }),
  result: z.object({
    items: z.array(
      z.object({
        customer: z.string(),
        servers: z.number().int(),
        complete: z.number().int(),
        percent: z.number().int(),
        missing: z.record(Measured, z.number().int()),
      }),
    ),
    gaps: z.array(z.object({ kind: GapKind, title: z.string(), servers: z.number().int() })),
  }),
});
