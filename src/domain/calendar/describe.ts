import { offerTimes } from '#domain/calendar/offer-times.ts';
import { type Cycle, cycleEnd, releaseMarks } from '#domain/calendar/patch-tuesday.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { releaseWeek } from '#domain/calendar/release-week.ts';
import { weekdayAndTime, weekdayName } from '#domain/calendar/wall-time.ts';
import { primaryWindow } from '#domain/calendar/windows.ts';

const WEEKS = { 1: 'early week', 2: 'default week', 3: 'delayed week', 4: 'fourth week' } as const;
const DAY_MINUTES = 1440;

/** A plan in words, e.g. `default week, Sunday 02:00–06:00 Europe/London, restart inside the window`. */
export function describePlan(plan: Plan, zone: string): string {
  const opens = plan.hour * 60;
  const closes = opens + plan.windowMinutes;
  const nextDay = closes > DAY_MINUTES ? ' the next day' : '';
  const days = plan.kind === 'nightly' ? 'every night' : weekdayName(plan.weekday);
  const once = plan.kind === 'weekly' && !plan.followUp ? ', once a cycle' : '';
  return `${WEEKS[plan.releaseWeek]}, ${days} ${clock(opens)}–${clock(closes)}${nextDay} ${zone}${once}, restart inside the window`;
}

/** An exact instant, for machines and for people. */
interface Moment {
  /** RFC 3339 in UTC, e.g. `2023-10-22T01:00:00Z`. */
  readonly utc: string;
  /** In the zone, e.g. `Sunday 2023-10-22 02:00 +01:00`. */
  readonly local: string;
}

/** What one cycle means for a plan in a zone. All ends are exclusive. */
export interface CycleDescription {
  readonly cycle: Cycle;
  /** Patch Tuesday, Microsoft's B release. */
  readonly patchTuesday: Moment;
  /** Microsoft's optional preview releases of the month. */
  readonly cWeek: Moment;
  readonly dWeek: Moment;
  readonly nextPatchTuesday: Moment;
  readonly releaseWeek: { readonly start: Moment; readonly end: Moment };
  /** From when the offer for the primary window is served. */
  readonly leadFrom: Moment;
  readonly primaryWindow: { readonly start: Moment; readonly lastOffer: Moment; readonly end: Moment };
}

/** The exact instants of a cycle for a plan in a zone, in UTC and in local time. */
export function describeCycle(plan: Plan, zone: string, cycle: Cycle): CycleDescription {
  const moment = (at: Temporal.Instant) => describeInstant(at, zone);
  const marks = releaseMarks(cycle);
  const week = releaseWeek(cycle, plan.releaseWeek, zone);
  const times = offerTimes(plan, primaryWindow(plan, zone, cycle));
  return {
    cycle,
    patchTuesday: moment(marks.b),
    cWeek: moment(marks.c),
    dWeek: moment(marks.d),
    nextPatchTuesday: moment(cycleEnd(cycle)),
    releaseWeek: { start: moment(week.start), end: moment(week.end) },
    leadFrom: moment(times.leadFrom),
    primaryWindow: { start: moment(times.start), lastOffer: moment(times.lastOffer), end: moment(times.end) },
  };
}

function describeInstant(at: Temporal.Instant, zone: string): Moment {
  const { offset } = at.toZonedDateTimeISO(zone);
  return { utc: at.toString(), local: `${weekdayAndTime(at, zone)} ${offset}` };
}

/** Minutes after local midnight as `HH:MM`; a day's last end is 24:00. */
function clock(minutes: number): string {
  const ofDay = minutes > DAY_MINUTES ? minutes - DAY_MINUTES : minutes;
  return `${String(Math.floor(ofDay / 60)).padStart(2, '0')}:${String(ofDay % 60).padStart(2, '0')}`;
}
