import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { SourceChange } from '#contract/source-change.ts';
import { Instant, Name, Person, Reference } from '#contract/values.ts';

const Customer = Reference.describe('name');
const DirectoryName = z.object({ directory: Reference.describe('name') });
const who = Person.optional().describe('default: the name of the token');
const Line = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters');
const DistinguishedName = Line.regex(
  /^[A-Za-z0-9.-]+\s*=/,
  'a distinguished name such as OU=Servers,DC=corp,DC=example',
);
const Url = z.url({ protocol: /^ldaps?$/ }).max(500);
const Role = z.enum([
  ...(['domain-controller', 'file-server', 'sql-server', 'rds', 'hyper-v', 'iis', 'exchange', 'backup'] as const),
  ...(['monitoring', 'cluster-node', 'application'] as const),
]);

/** What an organizational unit says of the servers below it; of several the nearest one that says something of a field. */
const Mapping = z.strictObject({
  ou: DistinguishedName,
  environment: z.enum(['production', 'staging', 'test', 'development']).exactOptional(),
  tier: z.enum(['critical', 'high', 'medium', 'low']).exactOptional(),
  exposure: z.enum(['internet', 'internal']).exactOptional(),
  roles: z.array(Role).min(1).max(11).exactOptional().describe('besides those that a computer itself shows'),
  group: Name.exactOptional().describe('target group of enrolled servers that have none'),
});

const Setup = {
  urls: z
    .array(Url)
    .min(1)
    .max(8)
    .describe('ldaps://dc1.corp.example, or ldap://… (StartTLS), in the order in which they are tried'),
  user: Line.describe('distinguished name, user@domain or DOMAIN\\user'),
  base: DistinguishedName.describe('below which computers are looked for'),
  filter: z
    .string()
    .regex(/^\(.+\)$/s, 'a filter in brackets, e.g. (operatingSystem=*Server*)')
    .max(2000)
    .describe('which computers; default: those with a server’s operating system'),
  ca: z
    .string()
    .max(64 * 1024)
    .describe('PEM of further roots that a domain controller’s certificate may chain to'),
  staleDays: z
    .int()
    .min(0)
    .max(3650)
    .describe('who has not logged on for so many days is not there; 0: whatever it did'),
  mappings: z.array(Mapping).max(500),
  enabled: z.boolean().describe('read each day by itself'),
} as const;
const Password = z.string().min(1).max(1000);

const Counts = z.object({
  entries: z.number().int().describe('computers that were read'),
  servers: z.number().int(),
  skipped: z.number().int().describe('computers that are not taken for servers'),
  added: z.number().int(),
  changed: z.number().int(),
  left: z.number().int().describe('servers that the directory told of before'),
  conflicts: z.number().int().describe('servers of which another source says something else'),
});

const Directory = z.object({
  name: Name,
  customer: z.string(),
  ...Setup,
  filter: z.string(),
  ca: z.undefined().optional(),
  ownRoots: z.boolean().describe('trusts roots that the operator gave'),
  changedAt: Instant,
  reading: z.object({ entries: z.number().int() }).optional().describe('goes on now'),
  lastRun: z
    .object({
      startedBy: z.string(),
      startedAt: Instant,
      endedAt: Instant.optional(),
      outcome: z.enum(['running', 'done', 'stopped', 'failed']),
      code: z.string().optional(),
      message: z.string().optional(),
      counts: Counts.optional(),
    })
    .optional(),
});

export const listDirectories = endpoint({
  method: 'GET',
  path: '/directories',
  summary: 'Active Directories that tell of customers’ computers, and how each stands',
  result: z.object({ items: z.array(Directory) }),
});
export const showDirectory = endpoint({
  method: 'GET',
  path: '/directories/:directory',
  summary: 'One directory, its mappings and its latest reading',
  params: DirectoryName,
  result: Directory,
});
export const addDirectory = endpoint({
  method: 'POST',
  path: '/directories',
  summary: 'Add an Active Directory of a customer; its password is kept sealed and never shown',
  body: z.strictObject({
    name: Name,
    customer: Customer,
    ...Setup,
    filter: Setup.filter.optional(),
    ca: Setup.ca.optional(),
    staleDays: Setup.staleDays.default(90),
    mappings: Setup.mappings.default([]),
    enabled: Setup.enabled.default(true),
    password: Password,
    who,
  }),
  result: Directory,
});
export const changeDirectory = endpoint({
  method: 'PATCH',
  path: '/directories/:directory',
  summary: 'Change how a directory is read; null takes filter or roots away',
  params: DirectoryName,
  body: z.strictObject({
    urls: Setup.urls.optional(),
    user: Setup.user.optional(),
    base: Setup.base.optional(),
    filter: Setup.filter.nullable().optional(),
    ca: Setup.ca.nullable().optional(),
    staleDays: Setup.staleDays.optional(),
    mappings: Setup.mappings.optional(),
    enabled: Setup.enabled.optional(),
    password: Password.optional(),
    who,
  }),
  result: Directory,
});
export const removeDirectory = endpoint({
  method: 'DELETE',
  path: '/directories/:directory',
  summary: 'Remove a directory; what it said of servers stays',
  params: DirectoryName,
  query: z.object({ who }),
  result: z.object({ removed: Name }),
});

export const syncDirectory = endpoint({
  method: 'POST',
  path: '/directories/:directory/sync',
  summary: 'Read a directory now, and take its word; a dry run only shows what would change',
  params: DirectoryName,
  body: z.strictObject({
    dryRun: z.boolean().default(true),
    acceptLeft: z.boolean().default(false).describe('it is true that most servers have left'),
    who,
  }),
  result: z.object({
    dryRun: z.boolean(),
    counts: Counts,
    /** The first 5,000, by name. */
    changes: z.array(
      z.object({ name: z.string(), kind: z.enum(['added', 'changed', 'left']), fields: z.array(SourceChange) }),
    ),
    /** The first 1,000. */
    skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
  }),
});
export const stopDirectory = endpoint({
  method: 'POST',
  path: '/directories/:directory/stop',
  summary: 'Stop the reading of a directory; nothing is changed by it',
  params: DirectoryName,
  result: z.object({ stopping: z.boolean().describe('false: none goes on in this process') }),
});
