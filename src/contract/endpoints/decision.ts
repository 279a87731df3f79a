import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Instant, Reference } from '#contract/values.ts';

const Reason = z.object({
  question: z.string(),
  code: z.string(),
  text: z.string(),
  subject: z.string().optional(),
  until: Instant.optional(),
});

const Window = z.object({ start: Instant, end: Instant, cycle: z.string(), primary: z.boolean() });
const Update = z.object({
  updateId: z.guid(),
  revisionNumber: z.number().int(),
  title: z.string(),
  kb: z.string().optional(),
});

/** The whole answer to "why (not)": every question in its order, and what follows by time alone. */
const Why = z.object({
  at: Instant,
  simulated: z.boolean(),
  server: z.object({ serverId: z.guid(), dnsName: z.string(), zone: z.string(), plan: z.string().optional() }),
  update: Update,
  offered: z.boolean(),
  phase: z.enum(['lead', 'window', 'catch-up', 'always']).optional(),
  deadline: Instant.optional(),
  window: Window.optional(),
  /** One sentence. */
  headline: z.string(),
  answers: z.array(z.object({ question: z.string(), held: z.boolean(), text: z.string(), reasons: z.array(Reason) })),
  /** When the answer changes by time alone. */
  nextChange: Instant.optional(),
  /** By when the server's agent will have asked after that change, at the default detection frequency. */
  knownBy: Instant.optional(),
  /** What the server's agent last said of this update; a claim, the best there is. */
  reported: z.object({
    state: z.enum(['needed', 'downloaded', 'installed', 'pending-restart', 'failed', 'not-applicable', 'unknown']),
    provisional: z.boolean(),
    since: Instant.optional(),
    result: z.string().optional(),
    meaning: z.string().optional(),
  }),
  /** The installation lies outside of the windows that the server has now: what explains it. */
  outside: z.object({ code: z.string(), text: z.string() }).optional(),
  /** What it was told last. */
  told: z.object({ at: Instant, deadline: Instant.optional(), withdrawnAt: Instant.optional() }).optional(),
  links: z.object({ knowledgeBase: z.url().optional(), securityUpdateGuide: z.url().optional() }),
});

export const why = endpoint({
  method: 'GET',
  path: '/servers/:server/updates/:update/why',
  summary: 'Why a server is, or is not, offered an update',
  params: z.object({
    server: Reference.describe('server id, client id or DNS name'),
    update: Reference.describe('update id, KB number, or a part of the title that fits one update'),
  }),
  query: z.object({ at: Instant.optional().describe('ask for another instant') }),
  result: Why,
});

export const forecast = endpoint({
  method: 'GET',
  path: '/servers/:server/forecast',
  summary: 'What a server will be offered in the coming weeks, as far as is known today',
  params: z.object({ server: Reference }),
  query: z.object({ weeks: z.coerce.number().int().min(1).max(52).default(8) }),
  result: z.object({
    at: Instant,
    server: z.string(),
    zone: z.string(),
    /** Of a server that is only observed the forecast says what being managed would bring. */
    mode: z.enum(['unassigned', 'observe', 'managed']),
    windows: z.array(
      z.object({
        window: Window,
        leadFrom: Instant,
        local: z.string(),
        /** Known updates that this window may install and that the server does not report as installed. */
        updates: z.array(
          Update.extend({
            needed: z.boolean(),
            /** What of waves, order and readiness must still come to pass. */
            condition: z.object({ code: z.string(), text: z.string() }).optional(),
          }),
        ),
        /** What other tools install in it, after the updates. */
        work: z.array(
          z.object({
            title: z.string(),
            kind: z.string(),
            tool: z.string(),
            restarts: z.boolean(),
            start: Instant,
            end: Instant,
          }),
        ),
      }),
    ),
    /** Known updates that no coming window takes, each with its first reason. */
    held: z.array(Update.extend({ code: z.string(), text: z.string() })),
  }),
});
