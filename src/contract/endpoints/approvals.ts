import * as z from 'zod';
import { ACCEPTANCE } from '#contract/acceptance.ts';
import { endpoint } from '#contract/endpoint.ts';
import { Guid, Instant, PageQuery, Person, page, Reference, Sentence } from '#contract/values.ts';

const Update = z.object({
  updateId: z.guid(),
  revisionNumber: z.number().int(),
  title: z.string(),
  kb: z.string().optional(),
});

/** Who has the last word: a person for one server, for a customer, for all customers, or the policy. */
const Level = z.enum(['server', 'customer', 'all-customers', 'policy']);
const Verdict = z.enum(['approve', 'not-approve', 'review']);
const who = Person.optional().describe('default: the name of the token');

/** Who asked for an update beyond the policy, and who took the responsibility. */
const Request = z.object({
  requestedBy: z.string(),
  requestedAt: Instant,
  acceptedBy: z.string(),
  acceptance: z.string(),
});

/** What a fact about an approval says besides the update. */
const Said = z.object({
  verdict: Verdict,
  level: Level,
  customer: z.string().optional(),
  server: z.string().optional(),
  /** The policy's rule, or a person. */
  who: z.string(),
  why: z.string(),
  /** The policy that was in force. */
  policyVersion: z.number().int().optional(),
  request: Request.optional(),
});

/** How many owners said of a set with the update that it worked, did not, or that they cannot tell. */
const Tests = z.object({ worked: z.number().int(), didNot: z.number().int(), cannotTell: z.number().int() });

/** An owner's word on a set with the update. */
const Test = z.object({
  at: Instant,
  customer: z.string(),
  /** E.g. `2025-10 #1`. */
  campaign: z.string(),
  owner: z.string(),
  result: z.enum(['worked', 'did-not', 'cannot-tell']),
  builds: z.array(z.number().int()),
  note: z.string(),
  who: z.string(),
});

export const listApprovals = endpoint({
  method: 'GET',
  path: '/approvals',
  summary: 'What was approved on any day, by whom, why, and under which version of the policy',
  query: PageQuery.extend({
    asOf: z.union([Instant, z.iso.date()]).optional().describe('an instant, or a day: its end in UTC; default: now'),
    customer: Reference.optional().describe(
      'what holds for this customer; default: what holds for all, and every word besides',
    ),
    verdict: Verdict.optional(),
  }),
  result: page(Update.extend({ since: Instant, ...Said.shape, tests: Tests.optional() })).extend({ asOf: Instant }),
});
export const approvalHistory = endpoint({
  method: 'GET',
  path: '/approvals/:update',
  summary: 'Every fact about the approval of one update, the latest first',
  params: z.object({ update: Reference }),
  query: PageQuery,
  result: page(
    Said.extend({
      at: Instant,
      /** `verdict`: what holds for all changed. `word`: a person said so. `ended`: that word no longer holds. */
      fact: z.enum(['verdict', 'word', 'ended']),
      revisionNumber: z.number().int().optional(),
    }),
  ).extend({ update: Update, tests: z.array(Test).describe('the latest 100') }),
});
export const decidePerson = endpoint({
  method: 'POST',
  path: '/approvals',
  summary: "A person's word on an update: it overrides the policy, for all, for one customer or for one server",
  body: z.strictObject({
    update: Reference,
    decision: z.enum(['approve', 'decline']),
    customer: Reference.optional(),
    server: Reference.optional().describe('only for this server of the customer'),
    who,
    why: Sentence,
  }),
  result: Update.extend({ decision: z.string() }),
});
export const requestApproval = endpoint({
  method: 'POST',
  path: '/approvals/requests',
  summary: "Approve what a customer asked for beyond the policy, at the customer's own responsibility",
  body: z.strictObject({
    update: Reference,
    customer: Reference,
    server: Reference.optional().describe("only for this server; default: all of the customer's"),
    requestedBy: Person.describe('who asked for it'),
    requestedAt: z.union([Instant, z.iso.date()]).describe('when; a day means its beginning in UTC'),
    acceptedBy: Person.describe('who accepts the responsibility for the customer'),
    acceptance: z.literal(ACCEPTANCE, 'must be the words of the acceptance, as they stand here').describe(ACCEPTANCE),
    who,
    why: Sentence,
  }),
  result: Update.extend({
    level: Level,
    customer: z.string(),
    server: z.string().optional(),
    request: Request,
    /** What follows, in one sentence. */
    effect: z.string(),
  }),
});
export const withdrawPerson = endpoint({
  method: 'DELETE',
  path: '/approvals/:update',
  summary: "Take a person's word back; the next level decides again",
  params: z.object({ update: Reference }),
  query: z.object({ customer: Reference.optional(), server: Reference.optional(), who, why: Sentence }),
  result: Update,
});
export const acceptEula = endpoint({
  method: 'POST',
  path: '/eulas/:eula/acceptance',
  summary: 'Accept licence terms for all servers',
  params: z.object({ eula: Guid }),
  body: z.strictObject({ who: Person.optional() }),
  result: z.object({ eula: z.guid(), updates: z.number().int() }),
});
