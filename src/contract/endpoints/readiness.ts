import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Evidence } from '#contract/evidence.ts';
import { Guid, Instant, PageQuery, Person, page, Reference, Sentence } from '#contract/values.ts';

const who = Person.optional().describe('default: the name of the token');
const Check = z.enum([
  'inventory',
  'support',
  'backup',
  'restore-point',
  'restore-test',
  'pending-restart',
  'disk',
  'contact',
  'failures',
  'clock',
  'tls',
]);
const Tier = z.enum(['critical', 'high', 'medium', 'low', 'unknown']);

const Override = z.object({
  overrideId: z.guid(),
  server: z.string(),
  customer: z.string().optional(),
  checks: z.array(Check),
  who: z.string(),
  why: z.string(),
  at: Instant,
  expires: Instant,
  state: z.enum(['in-force', 'expired', 'ended']),
  ended: z.object({ at: Instant, who: z.string() }).optional(),
});

/** One demand of the policy, and what is on record. */
const Assessment = z.object({
  check: Check,
  demanded: z.string(),
  found: z.string(),
  ok: z.boolean(),
  text: z.string(),
  /** The update that failed too often; what is not known of the server. */
  subject: z.string().optional(),
  /** It goes although this is not so. */
  override: z.object({ overrideId: z.guid(), who: z.string(), why: z.string(), expires: Instant }).optional(),
});

export const showReadiness = endpoint({
  method: 'GET',
  path: '/readiness/servers/:server',
  summary: 'What is demanded of a server before its turn, what is on record, and how it is recovered',
  params: z.object({ server: Reference }),
  result: z.object({
    serverId: z.guid(),
    dnsName: z.string(),
    customer: z.string().optional(),
    tier: Tier,
    policy: z.string(),
    zone: z.string(),
    /** Nothing that is demanded is missing, or a person overrode it. */
    ready: z.boolean(),
    checks: z.array(Assessment),
    /** The latest of each kind, whether it went well or not. */
    evidence: z.array(Evidence),
    recovery: z.array(z.object({ role: z.string(), who: z.string(), how: z.string(), minutes: z.number().int() })),
    window: z.object({ start: Instant, end: Instant }).optional(),
  }),
});

export const listReadiness = endpoint({
  method: 'GET',
  path: '/readiness',
  summary: 'Managed servers and what is not ready of them; a page looks at so many servers, and may show fewer',
  query: PageQuery.extend({
    customer: Reference.optional(),
    notReady: z.stringbool().default(false).describe('only those that are not ready'),
  }),
  result: page(
    z.object({
      serverId: z.guid(),
      dnsName: z.string(),
      customer: z.string().optional(),
      tier: Tier,
      ready: z.boolean(),
      findings: z.array(Assessment.pick({ check: true, text: true, subject: true })),
      overridden: z.array(Check),
    }),
  ),
});

const Demands = z.object({
  backupHours: z.number().int().optional(),
  restorePointHours: z.number().int().optional(),
  restoreTestDays: z.number().int().optional(),
  pendingRestartHours: z.number().int().optional(),
  diskFreeMegabytes: z.number().int().optional(),
  contactHours: z.number().int().optional(),
  failures: z.number().int().optional(),
  clockMinutes: z.number().int().optional(),
  tls: z.boolean().optional(),
  supported: z.boolean().optional(),
  known: z.array(z.string()).optional(),
});
const Policy = z.object({
  name: z.string(),
  tiers: z.object({ critical: Demands, high: Demands, medium: Demands, low: Demands, unknown: Demands }),
});

const PolicyOf = z.object({
  customer: Reference.optional().describe('default: the one for all that have none of their own'),
});

export const showReadinessPolicy = endpoint({
  method: 'GET',
  path: '/readiness/policy',
  summary: 'The readiness policy that a customer, or all others, go by',
  query: PolicyOf,
  result: z.object({
    /** Whose it is: a customer's own, the one for all, or, where there is none, the shipped one. */
    of: z.enum(['customer', 'all', 'shipped']),
    policy: Policy,
    version: z.object({ number: z.number().int(), who: z.string(), why: z.string(), at: Instant }).optional(),
  }),
});

/** A policy in YAML or JSON. */
const text = z.string().max(256 * 1024);

/** How many of the servers that go by it are ready, by the policy in force and by the new one. */
const Effect = z.object({ servers: z.number().int(), readyNow: z.number().int(), readyThen: z.number().int() });

export const checkReadinessPolicy = endpoint({
  method: 'POST',
  path: '/readiness/policy/check',
  summary: 'Whether a readiness policy reads, and how many servers would be ready under it; nothing is kept',
  body: z.strictObject({ text, ...PolicyOf.shape }),
  result: z.object({
    problems: z.array(
      z.object({ line: z.number().int(), column: z.number().int(), path: z.string(), message: z.string() }),
    ),
    effect: Effect.optional(),
  }),
});
export const putReadinessPolicy = endpoint({
  method: 'PUT',
  path: '/readiness/policy',
  summary: 'Put a readiness policy in force as a new version',
  body: z.strictObject({ text, ...PolicyOf.shape, who, why: Sentence }),
  result: z.object({ version: z.number().int(), effect: Effect }),
});

export const addOverride = endpoint({
  method: 'POST',
  path: '/readiness/overrides',
  summary: 'Let a server go although some checks fail, until an instant',
  body: z.strictObject({
    server: Reference,
    checks: z.array(Check).min(1).max(Check.options.length),
    expires: Instant.describe('at most 30 days ahead'),
    who,
    why: Sentence,
  }),
  result: Override,
});
export const listOverrides = endpoint({
  method: 'GET',
  path: '/readiness/overrides',
  summary: 'Overrides, the latest first',
  query: PageQuery.extend({
    customer: Reference.optional(),
    server: Reference.optional(),
    state: Override.shape.state.optional(),
  }),
  result: page(Override),
});
export const endOverride = endpoint({
  method: 'DELETE',
  path: '/readiness/overrides/:override',
  summary: 'End an override before its time',
  params: z.object({ override: Guid }),
  query: z.object({ who, why: Sentence }),
  result: Override,
});
