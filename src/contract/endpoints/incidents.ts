import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Guid, Instant, PageQuery, Person, page, Reference, Sentence } from '#contract/values.ts';

const who = Person.optional().describe('default: the name of the token');

const Incident = z.object({
  incidentId: z.guid(),
  customer: z.string(),
  server: z.string().optional(),
  title: z.string(),
  /** In a ticket system. */
  reference: z.string().optional(),
  who: z.string(),
  openedAt: Instant,
  closed: z.object({ at: Instant, who: z.string() }).optional(),
});

export const openIncident = endpoint({
  method: 'POST',
  path: '/incidents',
  summary: 'Tell of an incident: while it is open, gates that ask for none wait',
  body: z.strictObject({
    customer: Reference,
    server: Reference.optional(),
    title: Sentence,
    reference: Reference.optional().describe('in a ticket system'),
    who,
  }),
  result: Incident,
});
export const listIncidents = endpoint({
  method: 'GET',
  path: '/incidents',
  summary: 'Incidents, the latest first',
  query: PageQuery.extend({
    customer: Reference.optional(),
    open: z.stringbool().default(false).describe('only those that are open'),
  }),
  result: page(Incident),
});
export const closeIncident = endpoint({
  method: 'POST',
  path: '/incidents/:incident/close',
  summary: 'End an incident',
  params: z.object({ incident: Guid }),
  body: z.strictObject({ who, why: Sentence }),
  result: Incident,
});
