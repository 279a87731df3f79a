import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Consequence, ShownWindow } from '#contract/late.ts';
import { AskedScope, ShownScope } from '#contract/scope.ts';
import { Guid, Instant, Name, PageQuery, Person, page, Reference, Sentence } from '#contract/values.ts';

const who = Person.optional().describe('default: the name of the token');
const dryRun = z.boolean().default(false).describe('only show what it would come to');
const Day = z.iso.date('a day such as 2025-12-24');
const MonthDay = z
  .string()
  .regex(/^(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])$|^(0[469]|11)-(0[1-9]|[12]\d|30)$|^02-(0[1-9]|[12]\d)$/, 'MM-DD');
const Days = z.int().min(0).max(20);

/** Days are whole ones in the zone of each server, the last one included. */
const FreezeRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('once'), start: Instant, end: Instant }),
  z.strictObject({ kind: z.literal('dates'), from: Day, to: Day }),
  z.strictObject({
    kind: z.literal('month-end'),
    lastDays: Days.default(0).describe('last days of each month'),
    firstDays: Days.default(0).describe('first days of each month'),
  }),
  z.strictObject({ kind: z.literal('yearly'), from: MonthDay, to: MonthDay.describe('may lie in the next year') }),
]);

const State = z.enum(['in-force', 'past']);
const Lifted = z.object({ at: Instant, who: z.string() });

const Freeze = ShownScope.extend({
  freezeId: z.guid(),
  name: z.string(),
  rule: FreezeRule,
  words: z.string(),
  /** `person`, or the calendar that it was imported from. */
  source: z.string(),
  who: z.string(),
  at: Instant,
  /** `in-force`: neither lifted nor over for good; it may be still to come. */
  state: State,
  lifted: Lifted.optional(),
});

export const addFreeze = endpoint({
  method: 'POST',
  path: '/freezes',
  summary:
    'Install nothing for a while, once or again and again; answered with the windows of the coming year that it takes away',
  body: AskedScope.extend({
    name: Reference.describe('what it is, e.g. "Year end"'),
    rule: FreezeRule,
    dryRun,
    who,
    why: Sentence,
  }).strict(),
  /** Absent in a dry run: its id. */
  result: Freeze.partial({ freezeId: true }).extend({ ...Consequence.shape, warnings: z.array(z.string()) }),
});
export const listFreezes = endpoint({
  method: 'GET',
  path: '/freezes',
  summary: 'Freezes, the latest first; those of a customer include the ones for all',
  query: PageQuery.extend({ state: State.optional(), customer: Reference.optional(), source: Name.optional() }),
  result: page(Freeze),
});
export const liftFreeze = endpoint({
  method: 'DELETE',
  path: '/freezes/:freeze',
  summary: 'End a freeze',
  params: z.object({ freeze: Guid }),
  query: z.object({ who, why: Sentence }),
  result: Freeze,
});

const OneOffWindow = ShownScope.extend({
  windowId: z.guid(),
  start: Instant,
  end: Instant,
  who: z.string(),
  why: z.string(),
  at: Instant,
  state: State,
  lifted: Lifted.optional(),
});

export const addWindow = endpoint({
  method: 'POST',
  path: '/windows',
  summary: 'Hold a window once besides those of the plans',
  body: AskedScope.extend({
    start: Instant,
    end: Instant.describe('1 to 72 hours after it opens'),
    dryRun,
    who,
    why: Sentence,
  }).strict(),
  /** Absent in a dry run: its id. */
  result: OneOffWindow.partial({ windowId: true }).extend({
    /** Managed servers with a plan that it reaches. */
    servers: z.number().int(),
    /** The one rule for windows that meet. */
    rule: z.string(),
    warnings: z.array(z.string()),
  }),
});
export const listWindows = endpoint({
  method: 'GET',
  path: '/windows',
  summary: 'One-off windows, the one that opens last first',
  query: PageQuery.extend({ state: State.optional(), customer: Reference.optional() }),
  result: page(OneOffWindow),
});
export const liftWindow = endpoint({
  method: 'DELETE',
  path: '/windows/:window',
  summary: 'Take a one-off window back',
  params: z.object({ window: Guid }),
  query: z.object({ who, why: Sentence }),
  result: OneOffWindow,
});

export const importCalendar = endpoint({
  method: 'POST',
  path: '/calendars/import',
  summary:
    'Freezes from a business calendar (iCalendar): its events are added, changed and lifted by their UIDs, all or nothing',
  body: z.strictObject({
    name: Name.describe('of the calendar: what was imported under it before is brought up to date'),
    customer: Reference.optional(),
    group: Name.optional(),
    server: Reference.optional(),
    match: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .describe('only events of this category, or with it in their summary'),
    ics: z.string().max(5_000_000),
    dryRun,
    who,
    why: Sentence,
  }),
  result: z.object({
    /** Occurrences: a series has one for each time in the coming three years. */
    added: z.number().int(),
    changed: z.number().int(),
    lifted: z.number().int(),
    unchanged: z.number().int(),
    /** Events that are over, were cancelled, take no time or do not match. */
    skipped: z.number().int(),
    /** What was taken otherwise than it stands there, with its line. */
    notes: z.array(z.string()),
    /** The first hundred of what changes. */
    changes: z.array(
      z.object({
        change: z.enum(['added', 'changed', 'lifted']),
        name: z.string(),
        rule: FreezeRule,
        words: z.string(),
      }),
    ),
    kept: z.boolean(),
    ...Consequence.shape,
  }),
});

export const calendarFeed = endpoint({
  method: 'POST',
  path: '/customers/:customer/calendar-token',
  summary: 'A new address for the calendar of a customer (iCalendar); the former one ends at once',
  params: z.object({ customer: Reference }),
  body: z.strictObject({ who }),
  result: z.object({
    customer: z.string(),
    /** On the console's listener, e.g. `/calendar/….ics`; whoever has it reads the calendar. */
    path: z.string(),
  }),
});

export const listCalendarConflicts = endpoint({
  method: 'GET',
  path: '/calendars/conflicts',
  summary: 'Managed servers whose windows conflict with freezes, their own hours or their backups in the coming year',
  query: PageQuery.extend({ customer: Reference.optional() }),
  result: page(
    z.object({
      serverId: z.guid(),
      dnsName: z.string(),
      customer: z.string(),
      plan: z.string(),
      zone: z.string(),
      conflicts: z.array(
        z.object({
          code: z.enum(['own-hours', 'no-window', 'not-held', 'backup', 'too-short']),
          text: z.string(),
          advice: z.string(),
          window: ShownWindow,
        }),
      ),
    }),
  ),
});
