import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Holder } from '#contract/holder.ts';
import { Instant, PageQuery, Person, page, Reference, Sentence } from '#contract/values.ts';

const who = Person.optional().describe('default: the name of the token');
const count = z.number().int();
const params = z.object({
  campaign: Reference.describe('its id, or its name such as `2025-10 #1` where only one has it'),
});
const gate = Reference.describe('name of the wave that it stands behind, or `week-2`, `week-3`, `week-4`');

const State = z.enum(['gathering', 'promoting', 'stopped', 'finished', 'closed']);
const MemberState = z.enum(['waiting', 'told', 'verified', 'failed', 'not-needed']);

const Campaign = z.object({
  campaignId: z.guid(),
  customer: z.string(),
  /** E.g. `2025-10 #1`. */
  name: z.string(),
  state: State,
  /** Absent: only order, of a customer without a rollout plan. */
  planVersion: count.optional(),
  openedAt: Instant,
  sealedAt: Instant.optional(),
  endedAt: Instant.optional(),
  stopped: z.object({ at: Instant, who: z.string(), why: z.string() }).optional(),
});

const Figures = z.object({
  servers: count,
  needing: count,
  told: count,
  verified: count,
  failed: count,
  incidents: count,
  worked: count,
  didNot: count,
  cannotTell: count,
  owners: count,
  ownersWorked: count,
});

const Gate = z.object({
  /** What it is called in other calls. */
  gate: z.string(),
  title: z.string(),
  state: z.enum(['waiting', 'open', 'passed']),
  openedAt: Instant.optional(),
  passedAt: Instant.optional(),
  /** Since when enough servers are verified. */
  metSince: Instant.optional(),
  verdict: z.enum(['pass', 'fail', 'inconclusive']).optional(),
  /** Why it waits, failed or passed. */
  line: z.string().optional(),
  /** As they are now. */
  figures: Figures,
});

const Wave = Gate.extend({
  /** How many may be told and not verified; absent: no limit. */
  seats: count.optional(),
  taken: count,
});

const TestResult = z.object({
  gate: z.string(),
  owner: z.string(),
  result: z.enum(['worked', 'did-not', 'cannot-tell']),
  builds: z.array(count),
  note: z.string(),
  who: z.string(),
  at: Instant,
});

export const listCampaigns = endpoint({
  method: 'GET',
  path: '/campaigns',
  summary: 'Campaigns, the latest first',
  query: PageQuery.extend({
    customer: Reference.optional(),
    underWay: z.stringbool().default(false).describe('only those that are not at their end'),
  }),
  result: page(Campaign),
});
export const showCampaign = endpoint({
  method: 'GET',
  path: '/campaigns/:campaign',
  summary: 'A campaign: its set, each wave with its gate, figures and seats, and the owners’ words',
  params,
  result: Campaign.extend({
    updates: z.array(z.object({ updateId: z.guid(), revisionNumber: count, title: z.string(), joinedAt: Instant })),
    waves: z.array(Wave),
    weeks: z.array(Gate),
    /** Servers that no rule places; they are offered nothing of it. */
    unplaced: count,
    tests: z.array(TestResult),
  }),
});
export const campaignServers = endpoint({
  method: 'GET',
  path: '/campaigns/:campaign/servers',
  summary: 'The servers of a campaign by name, with their state, turn, and why they wait',
  params,
  query: PageQuery.extend({
    state: MemberState.optional(),
    wave: Reference.optional().describe('name of a wave; `unplaced`: those that no rule places'),
  }),
  result: page(
    z.object({
      serverId: z.guid(),
      dnsName: z.string(),
      /** Absent: no rule places it. */
      wave: z.string().optional(),
      releaseWeek: count,
      state: MemberState,
      /** The window that it was told for. */
      window: z.object({ start: Instant, end: Instant }).optional(),
      toldAt: Instant.optional(),
      verifiedAt: Instant.optional(),
      failedAt: Instant.optional(),
      held: z.object({ code: z.string(), text: z.string(), subject: z.string().optional() }).optional(),
    }),
  ),
});
export const stopCampaign = endpoint({
  method: 'POST',
  path: '/campaigns/:campaign/stop',
  summary: 'Serve nothing of a campaign any more; answered with the servers that hold its offers already',
  params,
  body: z.strictObject({ who, why: Sentence }),
  result: Campaign.extend({ holders: page(Holder) }),
});
export const campaignHolders = endpoint({
  method: 'GET',
  path: '/campaigns/:campaign/holders',
  summary: 'Servers that hold an offer of a campaign and have not reported it installed, and when each asks again',
  params,
  query: PageQuery,
  result: page(Holder),
});
export const resumeCampaign = endpoint({
  method: 'POST',
  path: '/campaigns/:campaign/resume',
  summary: 'Go on with a campaign that a gate or a person stopped',
  params,
  body: z.strictObject({ who, why: Sentence }),
  result: Campaign,
});
export const closeCampaign = endpoint({
  method: 'POST',
  path: '/campaigns/:campaign/close',
  summary: 'Give a campaign up; what is still needed and approved joins another one',
  params,
  body: z.strictObject({ who, why: Sentence }),
  result: Campaign,
});
export const giveGo = endpoint({
  method: 'POST',
  path: '/campaigns/:campaign/gates/:gate/go',
  summary: 'Give the go that a gate waits for; by another person than the author of the plan, where that says so',
  params: params.extend({ gate }),
  body: z.strictObject({ who, why: Sentence }),
  result: Campaign,
});
export const addTestResult = endpoint({
  method: 'POST',
  path: '/campaigns/:campaign/gates/:gate/tests',
  summary: 'Put on record what an owner says of the set on the servers of a wave; of each owner the latest word counts',
  params: params.extend({ gate }),
  body: z.strictObject({
    owner: Person.describe('as the inventory names the owner'),
    result: z.enum(['worked', 'did-not', 'cannot-tell']),
    note: Sentence,
    builds: z
      .array(z.number().int().min(1).max(1_000_000))
      .max(50)
      .optional()
      .describe('Windows builds on which it was tested; default: those of the wave’s verified servers'),
    who,
  }),
  result: TestResult,
});
export const releaseServer = endpoint({
  method: 'POST',
  path: '/campaigns/:campaign/servers/:server/release',
  summary: 'Free the seat that a server holds: it waits for another turn',
  params: params.extend({ server: Reference }),
  body: z.strictObject({ who, why: Sentence }),
  result: z.object({ serverId: z.guid(), dnsName: z.string(), before: MemberState }),
});
export const campaignHistory = endpoint({
  method: 'GET',
  path: '/campaigns/:campaign/history',
  summary: 'What came about with a campaign and its gates, the latest first',
  params,
  query: PageQuery,
  result: page(
    z.object({
      at: Instant,
      kind: z.enum(['verdict', 'go', 'test', 'stop', 'resume', 'release', 'open', 'seal', 'finish', 'close']),
      gate: z.string().optional(),
      who: z.string(),
      details: z.unknown(),
    }),
  ),
});
