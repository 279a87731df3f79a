import { randomBytes } from 'node:crypto';
import type * as contract from '#contract/endpoints/calendar.ts';
import { writeIcs } from '#domain/calendar/write-ics.ts';
import { freezeEvents, windowEvents } from '#server/api/calendar-events.ts';
import { change } from '#server/api/change.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { tokenDigest } from '#server/facts/directory.ts';
import { findCustomerOfCalendar, replaceCalendarToken } from '#server/store/calendar-feed.ts';

const TOKEN_BYTES = 24;

/** A new address for a customer's calendar. */
export const calendarFeed: Handler<typeof contract.calendarFeed> = async (deps, { params, body }, { name, at }) => {
  const { who = name } = body;
  const { customerId, name: customer } = findCustomer(deps, params.customer);
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  await change(deps, async (client) => {
    await replaceCalendarToken(client, customerId, tokenDigest(token));
    const facts = { token: name };
    return {
      outcome: undefined,
      noted: [{ customerId, at, who, what: 'calendar.token-rotated', subject: { customer }, facts }],
    };
  });
  return { customer, path: `/calendar/${token}.ics` };
};

const MOST_EVENTS = 3_000;

/** The calendar behind a token as iCalendar text: freezes, and the windows and planned work of the next eight weeks; undefined when there is none. */
export async function customerCalendar(
  deps: ApiDeps,
  token: string,
  at: Temporal.Instant,
): Promise<string | undefined> {
  const directory = deps.keeper.directory();
  const customer = directory.customers.get((await findCustomerOfCalendar(deps.pool, tokenDigest(token))) ?? '');
  if (!customer) return undefined;
  const events = [
    ...freezeEvents(directory.calendars, customer, at),
    ...(await windowEvents(deps, customer.customerId, at)),
  ];
  return writeIcs(`Patching ${customer.name}`, events.slice(0, MOST_EVENTS), at);
}
