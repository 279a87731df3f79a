import { randomUUID } from 'node:crypto';
import type { Plan, Window } from '#domain/calendar/plan.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';
import type { Letter } from '#domain/notice/letters.ts';
import type { NewNotice } from '#server/store/notices.ts';

/** The window of a server that opens after an instant, within so many hours. */
export function windowFinder(
  at: Temporal.Instant,
  ahead: { readonly hours: number },
): (server: ServerFacts) => Window | undefined {
  const known = new Map<Plan, Map<string, Window | undefined>>();
  return ({ plan, zone }) => {
    if (!plan) return undefined;
    const zones = known.get(plan) ?? new Map<string, Window | undefined>();
    known.set(plan, zones);
    if (!zones.has(zone)) {
      const windows = windowsFrom(plan, zone, at);
      let { value: window } = windows.next();
      if (!isBefore(at, window.start)) window = windows.next().value;
      zones.set(zone, isBefore(at.add(ahead), window.start) ? undefined : window);
    }
    return zones.get(zone);
  };
}

/** A letter as a notice of an occasion. */
export function notice(
  kind: NewNotice['kind'],
  key: string,
  customerId: string,
  recipient: string,
  { subject, body }: Letter,
  at: Temporal.Instant,
): NewNotice {
  return { noticeId: randomUUID(), kind, key, customerId, recipient, subject, body, at };
}
