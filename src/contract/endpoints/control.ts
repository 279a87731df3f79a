import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Holder } from '#contract/holder.ts';
import { Consequence } from '#contract/late.ts';
import { AskedScope, ShownScope } from '#contract/scope.ts';
import { Guid, Instant, PageQuery, Person, page, Reference, Sentence } from '#contract/values.ts';

const who = Person.optional().describe('default: the name of the token');

const Pause = z.object({
  pauseId: z.guid(),
  ...ShownScope.shape,
  starts: Instant,
  ends: Instant,
  who: z.string(),
  why: z.string(),
  state: z.enum(['in-force', 'to-come', 'past']),
  lifted: z.object({ at: Instant, who: z.string() }).optional(),
});

export const addPause = endpoint({
  method: 'POST',
  path: '/pauses',
  summary: 'Offer nothing for a while to a server, a target group, a customer or all; answered with what will be late',
  body: z.strictObject({
    ...AskedScope.shape,
    starts: Instant.optional().describe('default: now'),
    ends: Instant.describe('at most 90 days after it starts'),
    who,
    why: Sentence,
  }),
  result: Pause.extend(Consequence.shape),
});
export const listPauses = endpoint({
  method: 'GET',
  path: '/pauses',
  summary: 'Pauses in force, to come and past, with what they make late',
  query: PageQuery.extend({ state: Pause.shape.state.optional() }),
  /** What is late is told of the first 100 of a page that are not over. */
  result: page(Pause.extend(Consequence.partial().shape)),
});
export const liftPause = endpoint({
  method: 'DELETE',
  path: '/pauses/:pause',
  summary: 'End a pause before its time',
  params: z.object({ pause: Guid }),
  query: z.object({ who, why: Sentence }),
  result: Pause,
});

const Update = z.object({
  updateId: z.guid(),
  revisionNumber: z.number().int(),
  title: z.string(),
  kb: z.string().optional(),
});
const Brake = z.object({ update: Update, who: z.string(), why: z.string(), at: Instant });

const Installed = z.object({
  serverId: z.guid(),
  dnsName: z.string(),
  customer: z.string().optional(),
  reportedAt: Instant.optional(),
});

/** How far an update got. */
const Reach = z.object({ holding: z.number().int(), installed: z.number().int() });

export const setBrake = endpoint({
  method: 'POST',
  path: '/brakes',
  summary: 'Offer an update to nobody from now on; answered with the servers that hold the offer already',
  body: z.strictObject({ update: Reference, who, why: Sentence }),
  result: Brake.extend({ ...Reach.shape, holders: page(Holder), installers: page(Installed) }),
});
export const listBrakes = endpoint({
  method: 'GET',
  path: '/brakes',
  summary: 'Updates that are offered to nobody, the latest first',
  result: z.object({ items: z.array(Brake.extend(Reach.shape)) }),
});
export const listHolders = endpoint({
  method: 'GET',
  path: '/brakes/:update/holders',
  summary: 'Servers that hold an offer of an update and have not reported it installed',
  params: z.object({ update: Reference }),
  query: PageQuery,
  result: page(Holder),
});
export const listInstalled = endpoint({
  method: 'GET',
  path: '/brakes/:update/installed',
  summary: 'Servers that report an update as installed',
  params: z.object({ update: Reference }),
  query: PageQuery,
  result: page(Installed),
});
export const liftBrake = endpoint({
  method: 'DELETE',
  path: '/brakes/:update',
  summary: 'Let an update go again',
  params: z.object({ update: Reference }),
  query: z.object({ who, why: Sentence }),
  result: Brake,
});

export const showOrder = endpoint({
  method: 'GET',
  path: '/policy/order',
  summary: 'Which rule wins where several speak, in order',
  result: z.object({
    items: z.array(z.object({ name: z.string(), title: z.string(), rules: z.array(z.string()) })),
  }),
});
