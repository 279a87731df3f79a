import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { AskedScope, ShownScope } from '#contract/scope.ts';
import { Guid, Instant, PageQuery, Person, page, Reference, Sentence } from '#contract/values.ts';

const who = Person.optional().describe('default: the name of the token');
const Kind = z.enum([
  ...(['cumulative', 'dotnet', 'definitions', 'drivers', 'firmware', 'agents', 'third-party', 'emergency'] as const),
]);
const Outcome = z.enum(['done', 'failed', 'dropped']);
const Minutes = z.int().min(1).max(1440);

const Work = ShownScope.extend({
  workId: z.guid(),
  kind: Kind,
  title: z.string(),
  tool: z.string(),
  minutes: z.number().int(),
  notBefore: Instant,
  restarts: z.boolean(),
  who: z.string(),
  at: Instant,
  ended: z.object({ at: Instant, who: z.string(), outcome: Outcome }).optional(),
});

export const addWork = endpoint({
  method: 'POST',
  path: '/work',
  summary: 'Plan what another tool installs, e.g. firmware: it stands in the same windows as the updates',
  body: AskedScope.extend({
    scope: z.enum(['customer', 'group', 'server']),
    kind: Kind,
    title: Sentence,
    tool: Person.describe('what installs it'),
    minutes: Minutes.describe('expected length, a restart included'),
    notBefore: Instant.optional().describe('it stands in the first window from here on; default: now'),
    restarts: z.boolean().default(false),
    who,
  }).strict(),
  result: Work,
});
export const listWork = endpoint({
  method: 'GET',
  path: '/work',
  summary: 'Planned work, what may be done first coming first',
  query: PageQuery.extend({
    customer: Reference.optional(),
    server: Reference.optional().describe('only what is done on this server'),
    state: z.enum(['open', 'ended']).optional(),
  }),
  result: page(Work),
});
export const endWork = endpoint({
  method: 'POST',
  path: '/work/:work/end',
  summary: 'Note what became of planned work',
  params: z.object({ work: Guid }),
  body: z.strictObject({ outcome: Outcome.default('done'), note: Sentence.optional(), who }),
  result: Work,
});
