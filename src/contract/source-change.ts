import * as z from 'zod';

/** What a source's word changes on one field of the inventory, as text for people. */
export const SourceChange = z.object({
  field: z.string(),
  title: z.string(),
  from: z.string().optional().describe('what the source said before'),
  to: z.string().optional().describe('what it says now'),
  believed: z
    .object({ source: z.string(), text: z.string() })
    .optional()
    .describe('what somebody says who is believed more; it stays'),
});
