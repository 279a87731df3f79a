import { nightlyHour } from '#domain/calendar/nightly-hour.ts';
import type { Plan, Window } from '#domain/calendar/plan.ts';

/** When Automatic Updates begins to install, by the clock of the server itself. */
export interface InstallTime {
  /** ScheduledInstallDay: 0 every day, 1 Sunday … 7 Saturday. */
  readonly day: number;
  /** ScheduledInstallTime: whole hour, 0–23. */
  readonly hour: number;
  /** Length of the window from there, in minutes. */
  readonly windowMinutes: number;
}

/** Which part of its slot a server of a nightly plan takes when nothing is known of it: the second hour, as the service's article has it. */
const SECOND_HOUR = 1;

/**
 * What a plan means for a server that reads its settings only now and then: its weekday and hour. Of a nightly plan every day, at the
 * server's own hour of the slot where its id is known.
 */
export function installTimeOf(plan: Plan, serverId?: string): InstallTime {
  if (plan.kind === 'nightly') return nightly(plan, serverId);
  return { day: dayOf(plan.weekday), hour: plan.hour, windowMinutes: plan.windowMinutes };
}

/** The same for one window of the plan, which an extra window or a clock change may have put at another time. */
export function installTimeFor(plan: Plan, window: Window, zone: string, serverId: string): InstallTime {
  if (plan.kind === 'nightly') return nightly(plan, serverId);
  const local = window.start.toZonedDateTimeISO(zone);
  const windowMinutes = Math.round(window.start.until(window.end).total('minutes'));
  return { day: dayOf(local.dayOfWeek), hour: local.hour, windowMinutes };
}

/** ScheduledInstallDay of an ISO weekday (1 Monday … 7 Sunday). */
export function dayOf(weekday: number): number {
  return (weekday % 7) + 1;
}

function nightly(plan: Plan, serverId: string | undefined): InstallTime {
  const hour = serverId === undefined ? plan.hour + SECOND_HOUR : nightlyHour(plan, serverId);
  return { day: 0, hour, windowMinutes: plan.windowMinutes - 60 * (hour - plan.hour) };
}
