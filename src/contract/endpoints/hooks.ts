import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Instant, Name, PageQuery, Person, page, Reference, Sentence } from '#contract/values.ts';

const who = Person.optional().describe('default: the name of the token');
const Tier = z.enum(['critical', 'high', 'medium', 'low']);
const Url = z.url().max(500);
const HookName = z.object({ hook: Name });

const Hook = z.object({
  name: z.string(),
  customer: z.string(),
  tiers: z.array(Tier).optional(),
  before: z.string(),
  after: z.string().optional(),
  afterHours: z.number().int(),
  mostOpen: z.number().int(),
  timeoutSeconds: z.number().int(),
  attempts: z.number().int(),
  changedAt: Instant,
});

export const listHooks = endpoint({
  method: 'GET',
  path: '/hooks',
  summary: "What is called before and after the turns of a customer's servers",
  query: z.object({ customer: Reference }),
  result: z.object({ items: z.array(Hook) }),
});
export const setHook = endpoint({
  method: 'PUT',
  path: '/hooks/:hook',
  summary: 'Add a hook, or write over it; the secret that signs its calls is shown when it is made, and never again',
  params: HookName,
  body: z.strictObject({
    customer: Reference,
    before: Url.describe('https; http only to this machine. A server gets its turn after a good answer'),
    after: Url.optional().describe(
      'called when the server is verified, with the reference that the first call answered',
    ),
    afterHours: z.number().int().min(0).max(720).default(24),
    mostOpen: z.number().int().min(1).max(10_000).default(20),
    timeoutSeconds: z.number().int().min(1).max(60).default(30),
    attempts: z.number().int().min(1).max(20).default(5),
    tiers: z.array(Tier).min(1).max(4).optional().describe('default: all servers'),
    newSecret: z.boolean().default(false),
    who,
    why: Sentence,
  }),
  result: Hook.extend({ secret: z.string().optional() }),
});
export const removeHook = endpoint({
  method: 'DELETE',
  path: '/hooks/:hook',
  summary: 'Remove a hook; one that has something open only with abandon',
  params: HookName,
  query: z.object({ customer: Reference, abandon: z.stringbool().default(false), who, why: Sentence }),
  result: Hook,
});

const State = z.enum(['before', 'open', 'after', 'done', 'failed']);

export const listHookRuns = endpoint({
  method: 'GET',
  path: '/hooks/:hook/runs',
  summary: 'What a hook did for which server, the latest first',
  params: HookName,
  query: PageQuery.extend({ customer: Reference, state: State.optional() }),
  result: page(
    z.object({
      runId: z.guid(),
      server: z.string(),
      campaign: z.string(),
      state: State,
      askedAt: Instant,
      openedAt: Instant.optional(),
      closedAt: Instant.optional(),
      attempts: z.number().int(),
      reference: z.string().optional(),
      lastError: z.string().optional(),
    }),
  ),
});
export const retryHook = endpoint({
  method: 'POST',
  path: '/hooks/:hook/retry',
  summary: 'Begin the steps anew that a hook gave up, of all servers or of one',
  params: HookName,
  body: z.strictObject({ customer: Reference, server: Reference.optional(), who, why: Sentence }),
  result: z.object({ retried: z.number().int() }),
});
