import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Instant, PageQuery, Person, page, Reference, Sentence, Sha1 } from '#contract/values.ts';

const UpdateRow = z.object({
  updateId: z.guid(),
  revisionNumber: z.number().int(),
  title: z.string(),
  kb: z.string().optional(),
  class: z.string(),
  classification: z.string().optional(),
  products: z.array(z.string()),
  severity: z.string().optional(),
  published: Instant,
  reboot: z.string(),
  removable: z.boolean(),
  /** Bytes of all files. */
  size: z.number(),
  expired: z.boolean(),
  superseded: z.boolean(),
  verdict: z.enum(['approve', 'not-approve', 'review']),
  rule: z.string(),
  links: z.object({ knowledgeBase: z.url().optional(), securityUpdateGuide: z.url().optional() }),
});

export const listUpdates = endpoint({
  method: 'GET',
  path: '/catalogue/updates',
  summary: 'Updates that can be approved',
  query: PageQuery.extend({
    search: z.string().max(200).optional().describe('part of title, or KB'),
    verdict: z.enum(['approve', 'not-approve', 'review']).optional(),
  }),
  result: page(UpdateRow),
});
export const showUpdate = endpoint({
  method: 'GET',
  path: '/catalogue/updates/:update',
  summary: 'One update with its relations, files and verdict',
  params: z.object({ update: Reference }),
  result: UpdateRow.extend({
    reason: z.string(),
    /** Persons' words over the policy; without a customer: for all. */
    persons: z.array(
      z.object({
        decision: z.string(),
        customer: z.string().optional(),
        who: z.string(),
        why: z.string(),
        at: Instant,
      }),
    ),
    supersedes: z.array(z.string()),
    supersededBy: z.array(z.string()),
    prerequisites: z.array(z.array(z.string())),
    files: z.array(
      z.object({
        name: z.string(),
        size: z.number(),
        sha1: z.string(),
        sha256: z.string().optional(),
        held: z.boolean(),
        microsoft: z.boolean(),
      }),
    ),
    eula: z.string().optional(),
    eulaAccepted: z.boolean(),
    texts: z.array(z.object({ language: z.string(), title: z.string() })),
    revisions: z.array(z.number().int()),
  }),
});
/** Documents come in batches, so that progress shows and a lost connection loses one batch at the most. */
export const importDocuments = endpoint({
  method: 'POST',
  path: '/catalogue/imports',
  summary: 'Import whole upd:Update documents; malformed ones are named and skipped, nothing half-imported stays',
  body: z.strictObject({
    source: Person.describe('where the documents come from, for the record'),
    documents: z
      .array(z.strictObject({ name: z.string().min(1).max(1000), xml: z.string().max(96 * 1024 * 1024) }))
      .max(500),
    fileUrls: z
      .array(z.strictObject({ sha1: Sha1, url: z.string().max(2048) }))
      .max(5_000)
      .default([])
      .describe('where Microsoft has payload files, so that clients can fetch them there'),
  }),
  result: z.object({
    imported: z.number().int(),
    unchanged: z.number().int(),
    skipped: z.array(
      z.object({
        name: z.string(),
        code: z.enum(['import.malformed', 'import.conflict', 'import.url-refused']),
        message: z.string(),
        /** What exactly is malformed, e.g. `update.bad-guid`. */
        problem: z.string().optional(),
        line: z.number().int().optional(),
        column: z.number().int().optional(),
      }),
    ),
    urls: z.number().int().describe('payload files whose URL is known now'),
  }),
});
export const contentMissing = endpoint({
  method: 'GET',
  path: '/content/missing',
  summary: 'Payload files of approved updates that are not held here',
  query: PageQuery,
  result: page(z.object({ sha1: z.string(), name: z.string(), size: z.number(), microsoft: z.string().optional() })),
});

const Problem = z.object({ line: z.number().int(), column: z.number().int(), path: z.string(), message: z.string() });
const Change = z.object({
  updateId: z.guid(),
  title: z.string(),
  from: z.string(),
  to: z.string(),
  fromRule: z.string(),
  toRule: z.string(),
  target: z.string(),
});
const yaml = z
  .string()
  .min(1)
  .max(256 * 1024);
const version = z.coerce.number().int().min(1).max(2_147_483_647);
const count = z.number().int();

const Reach = { offered: count, withdrawn: count, holding: count };
/** What follows for servers: how many are newly offered something that they need, how many no longer, and who holds that offer already. */
const Effect = z.object({
  offered: z.object({ updates: count, servers: count }),
  withdrawn: z.object({ updates: count, servers: count, holding: count }),
  updates: z
    .array(
      z.object({
        updateId: z.guid(),
        title: z.string(),
        ...Reach,
        customers: z.array(z.object({ customer: z.string(), ...Reach })).describe('the first 50'),
        moreCustomers: count,
      }),
    )
    .describe('the 200 that reach most servers'),
  moreUpdates: count,
});
const PolicyVersion = z.object({
  version: z.number().int(),
  state: z.enum(['in-force', 'waiting', 'former', 'passed-over']),
  who: z.string(),
  why: z.string(),
  at: Instant,
  approvedBy: z.string().optional(),
  approvedAt: Instant.optional(),
});

export const showPolicy = endpoint({
  method: 'GET',
  path: '/policy',
  summary: 'The approval policy in force, an earlier version, or the one that was in force on a day',
  query: z.object({
    version: version.optional(),
    asOf: z.union([Instant, z.iso.date()]).optional().describe('an instant, or a day: its end in UTC'),
  }),
  result: PolicyVersion.extend({ yaml: z.string() }),
});
export const listPolicies = endpoint({
  method: 'GET',
  path: '/policy/versions',
  summary: 'All versions of the policy',
  query: PageQuery,
  result: page(PolicyVersion),
});
export const testPolicy = endpoint({
  method: 'POST',
  path: '/policy/test',
  summary:
    'What would change under another policy, or under a version that waits: verdicts, and the servers that they reach',
  body: z.union([z.strictObject({ yaml }), z.strictObject({ version })]),
  result: z.object({
    problems: z.array(Problem),
    changes: z.array(Change).describe('the first 500'),
    changed: count,
    compared: count,
    effect: Effect.optional().describe('absent where the policy does not read'),
    waits: z.boolean().describe('a new version waits until another person approves it'),
  }),
});
export const putPolicy = endpoint({
  method: 'PUT',
  path: '/policy',
  summary:
    'Add a version of the policy; it is in force at once, or waits for another person where the one in force says so',
  body: z.strictObject({ yaml, who: Person.optional(), why: Sentence }),
  result: z.object({ version: count, changes: count, waits: z.boolean(), effect: Effect }),
});
export const approvePolicy = endpoint({
  method: 'POST',
  path: '/policy/versions/:version/approval',
  summary: 'Put a version that waits in force, as another person than its author',
  params: z.object({ version }),
  body: z.strictObject({ who: Person.optional(), why: Sentence }),
  result: z.object({ version: count, changes: count, effect: Effect }),
});
