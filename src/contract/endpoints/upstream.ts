import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Guid, Instant, Name, PageQuery, page, Reference } from '#contract/values.ts';

const Kind = z.enum(['microsoft', 'wsus', 'second-tuesday']);
const Url = z.url({ protocol: /^https?$/ }).max(2048);
const Languages = z
  .array(z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a short name such as en or zh-cn'))
  .max(100)
  .describe('short names; none: all languages');
const IntervalMinutes = z.number().int().min(15).max(44_640);
const Pem = z.string().max(64 * 1024);
const UpstreamName = z.object({ upstream: Reference.describe('name') });

const Run = z.object({
  runId: z.number().int(),
  startedBy: z.string(),
  startedAt: Instant,
  endedAt: Instant.optional(),
  /** `interrupted`: its process ended in the middle; the next pull goes on there. */
  outcome: z.enum(['running', 'done', 'stopped', 'failed', 'interrupted']),
  phase: z.enum(['connect', 'categories', 'updates', 'end']),
  listed: z.number().int().describe('revisions that it wanted'),
  done: z.number().int().describe('of these'),
  imported: z.number().int(),
  unchanged: z.number().int(),
  refused: z.number().int().describe('put into quarantine; the rest went on'),
  requests: z.number().int(),
  bytes: z.number().describe('of answers, as they came over the wire'),
  rate: z.number().optional().describe('revisions a second, while it runs'),
  note: z.string().optional().describe('what it waits for, when it does'),
  code: z.string().optional(),
  message: z.string().optional(),
  warnings: z.array(z.string()),
});

const Upstream = z.object({
  name: Name,
  kind: Kind,
  url: z.string(),
  languages: z.array(z.string()),
  enabled: z.boolean().describe('pulled by itself'),
  intervalMinutes: z.number().int(),
  ownRoots: z.boolean().describe('trusts roots that the operator gave'),
  account: z.object({ name: z.string(), guid: z.guid() }).describe('how we call ourselves there'),
  chosen: z.object({ products: z.number().int(), classifications: z.number().int() }),
  /** Revisions that were listed and are not in yet. */
  pending: z.number().int(),
  /** Revisions that were listed and could not be taken. */
  quarantined: z.number().int(),
  nextPull: Instant.optional().describe('by the wall clock; absent while it is disabled'),
  failures: z.number().int().describe('pulls that failed since the last one that went well'),
  lastSuccess: Instant.optional(),
  run: Run.optional().describe('the latest'),
  warnings: z.array(z.string()),
});

export const listUpstreams = endpoint({
  method: 'GET',
  path: '/upstreams',
  summary: 'Servers that metadata is pulled from, and how each stands',
  result: z.object({ items: z.array(Upstream) }),
});
export const showUpstream = endpoint({
  method: 'GET',
  path: '/upstreams/:upstream',
  summary: 'One upstream server and its latest pull',
  params: UpstreamName,
  result: Upstream,
});
export const addUpstream = endpoint({
  method: 'POST',
  path: '/upstreams',
  summary: 'Add an upstream server: Microsoft, a WSUS server, or another Second Tuesday',
  body: z.strictObject({
    name: Name,
    kind: Kind.default('wsus'),
    url: Url.optional().describe('its root; may be left out for Microsoft'),
    languages: Languages.default([]),
    enabled: z.boolean().default(true),
    intervalMinutes: IntervalMinutes.default(360),
    ca: Pem.optional().describe('PEM of further roots that its certificate may chain to'),
  }),
  result: Upstream,
});
export const changeUpstream = endpoint({
  method: 'PATCH',
  path: '/upstreams/:upstream',
  summary: 'Change address, languages, schedule or trusted roots; null takes the roots away',
  params: UpstreamName,
  body: z.strictObject({
    url: Url.optional(),
    languages: Languages.optional(),
    enabled: z.boolean().optional(),
    intervalMinutes: IntervalMinutes.optional(),
    ca: Pem.nullable().optional(),
  }),
  result: Upstream,
});
export const removeUpstream = endpoint({
  method: 'DELETE',
  path: '/upstreams/:upstream',
  summary: 'Remove an upstream server; what was pulled stays in the catalogue',
  params: UpstreamName,
  result: z.object({ removed: Name }),
});

const Category = z.object({
  id: z.guid(),
  title: z.string(),
  type: z.enum(['Company', 'ProductFamily', 'Product', 'UpdateClassification']),
  parent: z.guid().optional(),
  depth: z.number().int().describe('in the tree; what belongs to a category follows it'),
  chosen: z.boolean().describe('by itself'),
  included: z.boolean().describe('chosen, or what it belongs to is'),
});
export const listUpstreamCategories = endpoint({
  method: 'GET',
  path: '/upstreams/:upstream/categories',
  summary:
    'Products and classifications that the upstream has listed, with what was chosen, in the order of their tree',
  params: UpstreamName,
  result: z.object({ items: z.array(Category), warnings: z.array(z.string()) }),
});
export const chooseCategories = endpoint({
  method: 'POST',
  path: '/upstreams/:upstream/choice',
  summary: 'Choose what updates are pulled of, by title or id; a family or company stands for all its products',
  params: UpstreamName,
  body: z.strictObject({
    add: z.array(Reference).max(1000).default([]),
    remove: z.array(Reference).max(1000).default([]),
  }),
  result: z.object({ items: z.array(Category), warnings: z.array(z.string()) }),
});

export const startPull = endpoint({
  method: 'POST',
  path: '/upstreams/:upstream/pull',
  summary: 'Begin a pull now; it goes on where an earlier one ended',
  params: UpstreamName,
  body: z.strictObject({
    again: z.boolean().default(false).describe('list everything anew and ask for what is in quarantine once more'),
  }),
  result: z.object({ runId: z.number().int() }),
});
export const stopPull = endpoint({
  method: 'POST',
  path: '/upstreams/:upstream/stop',
  summary: 'Let a pull stop after the batch that it is at; what was pulled stays',
  params: UpstreamName,
  result: z.object({ stopping: z.boolean().describe('false: none was under way') }),
});
export const listPulls = endpoint({
  method: 'GET',
  path: '/upstreams/:upstream/runs',
  summary: 'Pulls of an upstream server, the latest first',
  params: UpstreamName,
  query: PageQuery,
  result: page(Run),
});
export const listQuarantined = endpoint({
  method: 'GET',
  path: '/upstreams/:upstream/quarantine',
  summary: 'Revisions that were listed and could not be taken, with the reason',
  params: UpstreamName,
  query: PageQuery,
  result: page(
    z.object({ updateId: Guid, revisionNumber: z.number().int(), code: z.string(), message: z.string(), at: Instant }),
  ),
});
