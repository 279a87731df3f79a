import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { TaskReport } from '#contract/settings-task.ts';
import { Instant, Name, Reference } from '#contract/values.ts';

const zone = z.string().max(64).describe('IANA zone, e.g. Europe/London');
const RegionName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{1,15}$/, 'a short name of letters, digits and hyphens, 2 to 16')
  .transform((text) => text.toUpperCase());
const RegionParams = z.object({ region: RegionName.describe('e.g. LON') });

const Region = z.object({
  name: z.string(),
  title: z.string(),
  /** `https://host[:port]` that servers of the region write into WUServer, before the enrolment token. */
  endpoint: z.string(),
  aliases: z.array(z.string()).readonly(),
  zone: z.string(),
  latitude: z.number(),
  longitude: z.number(),
  /** False as long as the endpoint is the example that ships: no server is sent there. */
  isSetUp: z.boolean(),
  /** True when it ships with this version, whatever stands in for it. */
  isShipped: z.boolean(),
});

export const listRegions = endpoint({
  method: 'GET',
  path: '/regions',
  summary: 'Regions: the shipped ones and your own',
  result: z.object({ items: z.array(Region) }),
});
export const closestRegion = endpoint({
  method: 'GET',
  path: '/regions/closest',
  summary: "The region that is closest to a time zone's principal place",
  query: z.object({ zone }),
  result: z.object({ region: Region }),
});
export const putRegion = endpoint({
  method: 'PUT',
  path: '/regions/:region',
  summary: 'Add or change a region; what is left out stays, or follows from the zone',
  params: RegionParams,
  body: z.strictObject({
    title: Name.optional(),
    endpoint: z.string().max(255).optional().describe('https://host or https://host:port'),
    aliases: z.array(RegionName).max(20).optional(),
    zone: zone.optional(),
    latitude: z.number().min(-90).max(90).optional(),
    longitude: z.number().min(-180).max(180).optional(),
  }),
  result: Region,
});
export const removeRegion = endpoint({
  method: 'DELETE',
  path: '/regions/:region',
  summary: 'Remove your own region; a shipped one of the name holds again',
  params: RegionParams,
  result: z.object({ region: Region.optional() }),
});

const Machine = z.object({ machine: z.string(), firstSeen: Instant, lastSeen: Instant });

export const listClones = endpoint({
  method: 'GET',
  path: '/clones',
  summary: 'Servers under whose client id several machines come, and the cure',
  result: z.object({
    items: z.array(
      z.object({
        serverId: z.guid(),
        clientId: z.string(),
        dnsName: z.string(),
        customer: z.string().optional(),
        differ: z.enum(['name', 'hardware']),
        machines: z.array(Machine),
      }),
    ),
    /** PowerShell to run on each clone but one, line by line. */
    cure: z.array(z.string()).readonly(),
  }),
});

export const showServerReport = endpoint({
  method: 'GET',
  path: '/servers/:server/report',
  summary: 'What the settings task of a server last reported: restarts, services, event log, disk, backup',
  params: z.object({ server: Reference.describe('server id, client id or DNS name') }),
  result: z.object({ server: z.string(), at: Instant.optional(), report: TaskReport.optional() }),
});

export const bootstrap = endpoint({
  method: 'POST',
  path: '/customers/:customer/bootstrap',
  summary: "The files with which a customer's servers enrol: registry, PowerShell, group policy, settings task",
  params: z.object({ customer: Reference.describe('name or id') }),
  body: z.strictObject({
    token: z.string().max(100).optional().describe('the enrolment token; needed unless a new one is made'),
    newToken: z.boolean().default(false).describe('make a new token; the old one enrols nobody any more'),
    region: Reference.optional().describe("default: the customer's, else the closest to its zone"),
    plan: Name.optional().describe("default: the customer's"),
    profile: z.enum(['seed', 'plan']).default('plan'),
    weekday: z
      .number()
      .int()
      .min(0)
      .max(7)
      .optional()
      .describe('1 Monday … 7 Sunday, 0 every day; default: of the plan'),
    hour: z.number().int().min(0).max(23).optional().describe('whole local hour; default: of the plan'),
    group: Name.optional().describe('target group that the servers are to name'),
    strict: z.boolean().optional().describe("servers may not fetch from Microsoft by hand; default: the customer's"),
    task: z.boolean().optional().describe('with the settings task; default: yes for the plan profile'),
  }),
  result: z.object({
    customer: z.string(),
    region: z.string().optional(),
    wuServer: z.string(),
    /** Only where a new one was made; it is not shown again. */
    token: z.string().optional(),
    schedule: z.string(),
    files: z.array(z.object({ name: z.string(), encoding: z.enum(['ascii', 'utf-16le']), text: z.string() })),
    warnings: z.array(z.string()),
  }),
});
