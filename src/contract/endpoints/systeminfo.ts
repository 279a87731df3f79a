import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { SourceChange } from '#contract/source-change.ts';
import { Person, Reference } from '#contract/values.ts';

/** A file in the bytes that it has: its text may be of any code page. */
const File = z.strictObject({
  name: Reference,
  base64: z.base64().max(800_000, 'at most 600,000 bytes'),
});

export const readSysteminfo = endpoint({
  method: 'POST',
  path: '/inventory/systeminfo',
  summary: 'Take what systeminfo printed on servers, in any language; a dry run only shows what would change',
  body: z.strictObject({
    customer: Reference,
    files: z.array(File).min(1).max(500),
    dryRun: z.boolean().default(true),
    who: Person.optional().describe('default: the name of the token'),
  }),
  result: z.object({
    /** False after a dry run, and when a file was not understood: then nothing is written. */
    applied: z.boolean(),
    servers: z.array(
      z.object({
        file: z.string(),
        /** The server's name in the inventory. */
        name: z.string(),
        added: z.boolean(),
        operatingSystem: z.string(),
        build: z.number().int(),
        model: z.string().optional(),
        /** Installed updates that it lists. */
        hotfixes: z.array(z.string()),
        changes: z.array(SourceChange),
      }),
    ),
    /** Files that were not understood, each with the line. */
    problems: z.array(z.object({ file: z.string(), line: z.number().int(), message: z.string() })),
  }),
});
