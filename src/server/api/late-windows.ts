import { offerTimes } from '#domain/calendar/offer-times.ts';
import type { Plan, Window } from '#domain/calendar/plan.ts';
import { weekdayAndTime } from '#domain/calendar/wall-time.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { isBefore } from '#domain/instants.ts';
import type { Directory } from '#server/facts/directory.ts';
import type { Assignment } from '#server/store/plans.ts';

/** Servers of one plan in one zone. */
export interface Cohort {
  readonly plan: Plan;
  readonly zone: string;
  readonly servers: number;
}

/** Those that have a plan, put together where customers share it; the largest first. */
export function cohortsOf(assignments: readonly Assignment[], directory: Directory): Cohort[] {
  const cohorts = new Map<Plan, Map<string, number>>();
  for (const { customerId, plan: name, zone, servers } of assignments) {
    const plan = name === null ? undefined : directory.plan(name, customerId);
    if (!plan) continue;
    const zones = cohorts.get(plan) ?? new Map<string, number>();
    cohorts.set(plan, zones.set(zone, (zones.get(zone) ?? 0) + servers));
  }
  return [...cohorts]
    .flatMap(([plan, zones]) => [...zones].map(([zone, servers]) => ({ plan, zone, servers })))
    .sort((a, b) => b.servers - a.servers || a.plan.name.localeCompare(b.plan.name) || a.zone.localeCompare(b.zone));
}

export const SHOWN_WINDOWS = 8;

/**
 * The windows of each cohort in which nothing begins, or not at once, because nothing is offered in [starts, ends). A window that is
 * open when the pause begins counts while something could still begin in it. `next`: the first after it.
 */
export function lateWindows(
  cohorts: readonly Cohort[],
  { starts, ends }: { readonly starts: Temporal.Instant; readonly ends: Temporal.Instant },
) {
  const rows = cohorts.map(({ plan, zone, servers }) => {
    const missed: Window[] = [];
    for (const window of windowsFrom(plan, zone, starts)) {
      if (!isBefore(window.start, ends))
        return {
          plan: plan.name,
          zone,
          servers,
          count: missed.length,
          windows: shown(missed, zone),
          next: windowShown(window, zone),
        };
      if (isBefore(starts, offerTimes(plan, window).lastOffer)) missed.push(window);
    }
    throw new RangeError('windows have no end');
  });
  const late = rows.filter(({ count }) => count > 0);
  return {
    servers: cohorts.reduce((sum, { servers }) => sum + servers, 0),
    lateServers: late.reduce((sum, { servers }) => sum + servers, 0),
    late,
  };
}

/** A window for people: its beginning on the server's wall, e.g. `Sunday 2023-10-22 02:00`. */
export function windowShown({ start, end, cycle, primary }: Window, zone: string) {
  return { start: start.toString(), end: end.toString(), local: weekdayAndTime(start, zone), cycle, primary };
}

function shown(windows: readonly Window[], zone: string) {
  return windows.slice(0, SHOWN_WINDOWS).map((window) => windowShown(window, zone));
}
