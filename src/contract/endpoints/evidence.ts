import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Evidence, EvidenceKind } from '#contract/evidence.ts';
import { Instant, PageQuery, Person, page, Reference } from '#contract/values.ts';

const Text = z
  .string()
  .trim()
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters');
const who = Person.optional().describe('default: the name of the token');

export const addEvidence = endpoint({
  method: 'POST',
  path: '/evidence',
  summary: 'Tell of backups, restore points and restore tests; all of them are kept, or, where one is wrong, none',
  body: z.strictObject({
    customer: Reference,
    who,
    evidence: z
      .array(
        z.strictObject({
          server: Reference.describe('DNS name, or its first label'),
          kind: EvidenceKind,
          ok: z.boolean(),
          at: Instant.describe('when it ended'),
          job: Text.default(''),
          detail: Text.default(''),
        }),
      )
      .min(1)
      .max(1000),
  }),
  /** What was known already is not added again. */
  result: z.object({ added: z.number().int(), known: z.number().int() }),
});

/** Of a file: some 50,000 lines. */
const LARGEST_FILE = 16 * 1024 * 1024;

export const importEvidence = endpoint({
  method: 'POST',
  path: '/evidence/import',
  summary: "Read evidence from a CSV file or from Veeam's sessions; without apply nothing is kept",
  body: z.strictObject({
    customer: Reference,
    who,
    text: z.string().max(LARGEST_FILE),
    apply: z.boolean().default(false),
    zone: z.string().max(64).optional().describe("IANA zone of times without an offset; default: the customer's"),
    kind: EvidenceKind.optional().describe(
      "what Veeam's sessions are evidence of; default: a backup and its restore point",
    ),
    dates: z.enum(['day-first', 'month-first']).optional().describe('default: what the dates of the file show'),
  }),
  result: z.object({
    form: z.enum(['csv', 'veeam']),
    zone: z.string(),
    applied: z.boolean(),
    /** Lines that were understood, and those of runs that have not ended. */
    lines: z.number().int(),
    running: z.number().int(),
    servers: z.number().int(),
    added: z.number().int(),
    known: z.number().int(),
    /** The first hundred. */
    problems: z.array(z.object({ line: z.number().int(), message: z.string() })),
    problemCount: z.number().int(),
  }),
});

export const listEvidence = endpoint({
  method: 'GET',
  path: '/evidence',
  summary: 'What is on record of a server, the latest first',
  query: PageQuery.extend({ customer: Reference, server: Reference, kind: EvidenceKind.optional() }),
  result: page(Evidence),
});
