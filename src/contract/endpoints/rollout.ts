import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Instant, PageQuery, Person, page, Reference, Sentence } from '#contract/values.ts';

const params = z.object({ customer: Reference });
const count = z.number().int();
const version = z.coerce.number().int().min(1).max(2_147_483_647);
const text = z
  .string()
  .min(1)
  .max(256 * 1024)
  .describe('a rollout plan in YAML or JSON');
const who = Person.optional().describe('default: the name of the token');

const Version = z.object({
  version: count,
  state: z.enum(['in-force', 'waiting', 'former', 'passed-over']),
  who: z.string(),
  why: z.string(),
  at: Instant,
  approvedBy: z.string().optional(),
  approvedAt: Instant.optional(),
});

const Plan = z.object({
  text: z.string().describe('as a file of YAML, defaults filled in'),
  plan: z.looseObject({ name: z.string() }).describe('the same as data'),
});

const Change = z.object({ path: z.string(), from: z.string().optional(), to: z.string().optional() });

/** What no pilot stands for. */
const Coverage = z.object({
  /** Combinations of operating system, role and application stack in later waves, and those of them that have a pilot. */
  combinations: count,
  covered: count,
  holes: z
    .array(
      z.object({
        os: z.string(),
        role: z.string().optional(),
        applications: z.array(z.string()).readonly(),
        servers: count,
        waves: z.array(z.string()).readonly(),
      }),
    )
    .readonly()
    .describe('the 200 with most servers'),
});

/** What a plan comes to with the servers of today. */
const Effect = z.object({
  waves: z.array(z.object({ wave: z.string(), title: z.string(), servers: count, before: count.optional() })),
  unplaced: z.object({ servers: count, names: z.array(z.string()).describe('the first 50') }),
  /** Those of all these that are not managed, or have no plan: they take no part yet. */
  notManaged: count,
  /** Servers that another wave than before takes. */
  moved: count,
  coverage: Coverage,
  warnings: z.array(z.string()).describe('what is allowed, and may still not be meant'),
  changes: z.array(Change).describe('what the plan says that the one in force does not, and the other way round'),
});

export const showRolloutPlan = endpoint({
  method: 'GET',
  path: '/customers/:customer/rollout',
  summary: 'The rollout plan of a customer that is in force, or another version of it',
  params,
  query: z.object({ version: version.optional() }),
  result: Version.extend(Plan.shape),
});
export const shippedRolloutPlan = endpoint({
  method: 'GET',
  path: '/rollout-plans/shipped',
  summary: 'The shipped rollout plan of four waves, to begin with',
  result: Plan,
});
export const listRolloutPlans = endpoint({
  method: 'GET',
  path: '/customers/:customer/rollout/versions',
  summary: 'All versions of a rollout plan',
  params,
  query: PageQuery,
  result: page(Version),
});
export const diffRolloutPlans = endpoint({
  method: 'GET',
  path: '/customers/:customer/rollout/changes',
  summary: 'What changes from one version of a rollout plan to another',
  params,
  query: z.object({ from: version, to: version.optional().describe('default: the one in force') }),
  result: z.object({ from: count, to: count, changes: z.array(Change) }),
});
export const checkRolloutPlan = endpoint({
  method: 'POST',
  path: '/customers/:customer/rollout/check',
  summary: 'What a rollout plan would come to: servers by wave, those that no rule places, holes in the coverage',
  params,
  body: z.strictObject({ text }),
  result: z.object({
    problems: z.array(z.object({ line: count, column: count, path: z.string(), message: z.string() })),
    effect: Effect.optional().describe('absent where the plan does not read'),
    waits: z.boolean().describe('a new version waits until another person approves it'),
  }),
});
export const putRolloutPlan = endpoint({
  method: 'PUT',
  path: '/customers/:customer/rollout',
  summary: 'Add a version of a rollout plan; it is in force at once, or waits for another person where a plan says so',
  params,
  body: z.strictObject({ text, who, why: Sentence }),
  result: z.object({ version: count, waits: z.boolean(), effect: Effect }),
});
export const approveRolloutPlan = endpoint({
  method: 'POST',
  path: '/customers/:customer/rollout/versions/:version/approval',
  summary: 'Put a version that waits in force, as another person than its author',
  params: params.extend({ version }),
  body: z.strictObject({ who, why: Sentence }),
  result: z.object({ version: count, effect: Effect }),
});
export const rolloutCoverage = endpoint({
  method: 'GET',
  path: '/customers/:customer/rollout/coverage',
  summary: 'Which operating systems, roles and application stacks in later waves have no pilot',
  params,
  query: z.object({ version: version.optional().describe('default: the plan in force') }),
  result: Coverage.extend({ version: count, servers: count, unplaced: count }),
});
export const placeServer = endpoint({
  method: 'GET',
  path: '/servers/:server/wave',
  summary: 'The wave into which the rollout plan of its customer places a server, and by which rule',
  params: z.object({ server: Reference.describe('server id, client id or DNS name') }),
  result: z.object({
    server: z.string(),
    customer: z.string(),
    version: count,
    /** Absent: no rule places it, so it is offered nothing of these kinds. */
    wave: z.object({ place: count, name: z.string(), title: z.string() }).optional(),
    /** The rule's place in the plan, from 1, and its conditions in words. */
    rule: z.object({ place: count, words: z.string() }).optional(),
    kinds: z.array(z.string()),
  }),
});
