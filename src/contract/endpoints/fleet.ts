import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Instant, Mode, Name, PageQuery, page, Reference } from '#contract/values.ts';

const Plan = z.object({
  name: Name,
  kind: z.enum(['weekly', 'nightly']),
  releaseWeek: z.number().int().min(1).max(4),
  weekday: z.number().int().min(1).max(7),
  hour: z.number().int().min(0).max(23),
  windowMinutes: z.number().int(),
  leadHours: z.number(),
  runMinutes: z.number().int(),
  /** Minutes after a window opens from which nothing is begun any more; absent: as long as a run still fits. */
  latestStartMinutes: z.number().int().optional(),
  soakDays: z.number().int(),
  followUp: z.boolean(),
  /** What becomes of a window in which a server was not there. */
  missed: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('next') }),
    z.strictObject({ kind: z.literal('catch-up'), hours: z.number().int() }),
    z.strictObject({ kind: z.literal('skip') }),
  ]),
  definitions: z.enum(['each-scan', 'daily']),
  extraWindows: z
    .array(z.strictObject({ weekday: z.number().int(), hour: z.number().int(), windowMinutes: z.number().int() }))
    .max(20)
    .readonly(),
});

/** A plan as people write it: what is left out follows from the release week. */
const PlanDraft = Plan.partial().omit({ name: true }).strict();

/** What a plan comes to, told before and after it is kept. */
const PlanSummary = z.object({
  words: z.string(),
  /** The zone of the windows below. */
  zone: z.string(),
  /** Its next eight windows. */
  windows: z.array(
    z.object({
      leadFrom: Instant,
      start: Instant,
      /** After it nothing is begun in this window. */
      lastOffer: Instant,
      end: Instant,
      local: z.string(),
      cycle: z.string(),
      primary: z.boolean(),
    }),
  ),
  /** What is allowed, and may still not be meant. */
  warnings: z.array(z.string()),
  /** What holds where windows meet, and which of this plan do. */
  overlaps: z.object({ rule: z.string(), notes: z.array(z.string()) }),
  /** Managed servers that have the plan, and those of them whose next window differs from the one before the change. */
  servers: z.object({ using: z.number().int(), changed: z.number().int() }),
});

const Customer = z.object({
  customerId: z.guid(),
  name: Name,
  zone: z.string(),
  region: z.string().optional(),
  plan: z.string().optional(),
  mode: Mode,
  /** Its servers may not fetch from Microsoft by hand. */
  strict: z.boolean(),
  /** Who is told of restarts and failures. */
  ownerMail: z.string().optional(),
  servers: z.number().int(),
  createdAt: Instant,
});

/** How a server stands over all updates that its agent evaluated. */
const Tally = z.object({
  installed: z.number().int(),
  needed: z.number().int(),
  downloaded: z.number().int(),
  pendingRestart: z.number().int(),
  failed: z.number().int(),
});

const Compliance = z.enum(['compliant', 'not-compliant', 'pending-restart', 'failed', 'unknown']);

const Server = z.object({
  serverId: z.guid(),
  clientId: z.string(),
  dnsName: z.string(),
  customer: z.string().optional(),
  os: z.string(),
  osBuild: z.number().int().optional(),
  zone: z.string(),
  plan: z.string().optional(),
  mode: z.enum(['unassigned', 'observe', 'managed']),
  firstSeen: Instant,
  lastSeen: Instant,
  lastSync: Instant.optional(),
  lastStatus: Instant.optional(),
  tally: Tally,
  compliance: Compliance,
  /** The region that serves it: its own, its customer's, else the closest. */
  region: z.string().optional(),
  /** Target group within the customer. */
  group: z.string().optional(),
  /** Whether its Windows Update settings are those that its plan asks for, as its settings task or its enrolment last reported. */
  settings: z.enum(['current', 'outdated', 'unknown']).optional(),
});

const ServerName = z.object({ server: Reference.describe('server id, client id or DNS name') });
const CustomerName = z.object({ customer: Reference.describe('name or id') });
const OwnerMail = z.email().max(254).describe('who is told of restarts and failures');
const zone = z.string().max(64).describe('IANA zone, e.g. Europe/London');

export const listCustomers = endpoint({
  method: 'GET',
  path: '/customers',
  summary: 'Customers',
  query: PageQuery,
  result: page(Customer),
});
export const addCustomer = endpoint({
  method: 'POST',
  path: '/customers',
  summary: 'Add a customer; the enrolment token is shown this once',
  body: z.strictObject({
    name: Name,
    zone,
    region: Name.optional(),
    plan: Name.optional(),
    mode: Mode.default('managed'),
    strict: z.boolean().default(false),
    ownerMail: OwnerMail.optional(),
  }),
  result: z.object({ customer: Customer, token: z.string() }),
});
export const changeCustomer = endpoint({
  method: 'PATCH',
  path: '/customers/:customer',
  summary: "Change a customer's defaults",
  params: CustomerName,
  body: z.strictObject({
    zone: zone.optional(),
    region: Name.nullable().optional(),
    plan: Name.nullable().optional(),
    mode: Mode.optional(),
    strict: z.boolean().optional(),
    ownerMail: OwnerMail.nullable().optional(),
  }),
  result: Customer,
});
export const rotateToken = endpoint({
  method: 'POST',
  path: '/customers/:customer/token',
  summary: 'A new enrolment token; the old one enrols nobody any more',
  params: CustomerName,
  result: z.object({ token: z.string() }),
});

export const listPlans = endpoint({
  method: 'GET',
  path: '/plans',
  summary: 'Plans: the shipped ones and your own',
  result: z.object({ items: z.array(Plan.extend({ words: z.string() })) }),
});
export const putPlan = endpoint({
  method: 'PUT',
  path: '/plans/:plan',
  summary: 'Add or change a plan',
  params: z.object({ plan: Name }),
  query: z.object({ zone: zone.default('Etc/UTC') }),
  body: PlanDraft,
  result: Plan.extend(PlanSummary.shape),
});
export const checkPlan = endpoint({
  method: 'POST',
  path: '/plans/:plan/check',
  summary: 'What a plan would come to, and for how many servers the next window would change; nothing is kept',
  params: z.object({ plan: Name }),
  query: z.object({ zone: zone.default('Etc/UTC') }),
  body: PlanDraft,
  result: Plan.extend(PlanSummary.shape),
});
export const showPlan = endpoint({
  method: 'GET',
  path: '/plans/:plan/cycles/:cycle',
  summary: 'The exact instants of a plan in a cycle and zone',
  params: z.object({ plan: Name, cycle: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a cycle such as 2025-10') }),
  query: z.object({ zone: zone.default('Etc/UTC') }),
  result: z.object({
    words: z.string(),
    patchTuesday: Instant,
    releaseWeekStart: Instant,
    releaseWeekEnd: Instant,
    leadFrom: Instant,
    windowStart: Instant,
    lastOffer: Instant,
    windowEnd: Instant,
    local: z.object({ windowStart: z.string(), windowEnd: z.string() }),
  }),
});

export const listServers = endpoint({
  method: 'GET',
  path: '/servers',
  summary: 'Servers',
  query: PageQuery.extend({
    customer: Reference.optional(),
    search: Reference.optional().describe('a part of the DNS name'),
    compliance: Compliance.optional(),
    plan: Name.optional(),
    os: z.string().max(60).optional().describe('as the list shows it, e.g. Windows Server 2019'),
    sort: z.enum(['name', 'last-contact']).default('name'),
  }),
  result: page(Server),
});
export const showServer = endpoint({
  method: 'GET',
  path: '/servers/:server',
  summary: 'One server',
  params: ServerName,
  result: Server,
});
export const changeServer = endpoint({
  method: 'PATCH',
  path: '/servers/:server',
  summary: 'Assign a server, or give it settings of its own; null returns to the default of its customer',
  params: ServerName,
  body: z.strictObject({
    customer: Reference.optional(),
    zone: zone.nullable().optional(),
    plan: Name.nullable().optional(),
    mode: Mode.nullable().optional(),
    region: Name.nullable().optional(),
    group: Name.nullable().optional().describe('target group; null: the one that the server names next'),
    ownerMail: OwnerMail.nullable().optional(),
  }),
  result: Server,
});
