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
  soakDays: z.number().int(),
  followUp: z.boolean(),
});

/** A plan as people write it: what is left out follows from the release week. */
const PlanDraft = Plan.partial().omit({ name: true }).strict();

const Customer = z.object({
  customerId: z.guid(),
  name: Name,
  zone: z.string(),
  region: z.string().optional(),
  plan: z.string().optional(),
  mode: Mode,
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
  compliance: z.enum(['compliant', 'not-compliant', 'pending-restart', 'failed', 'unknown']),
});

const ServerName = z.object({ server: Reference.describe('server id, client id or DNS name') });
const CustomerName = z.object({ customer: Reference.describe('name or id') });
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
    region: Name.optional(),
    plan: Name.nullable().optional(),
    mode: Mode.optional(),
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
  body: PlanDraft,
  result: Plan,
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
  query: PageQuery.extend({ customer: Reference.optional() }),
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
  summary: 'Assign a server, or give it a zone, plan or mode of its own; null returns to the default of its customer',
  params: ServerName,
  body: z.strictObject({
    customer: Reference.optional(),
    zone: zone.nullable().optional(),
    plan: Name.nullable().optional(),
    mode: Mode.nullable().optional(),
  }),
  result: Server,
});
