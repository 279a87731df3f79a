import { type Cycle, cycleOfPublication, cycleStart } from '#domain/calendar/patch-tuesday.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { later } from '#domain/instants.ts';

/** Seven local days in [start, end). */
export interface ReleaseWeek {
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
}

/**
 * Release week n of a cycle in a zone: the seven local days that begin 7·(n−1) days after the first local midnight that follows Patch
 * Tuesday. A midnight that a clock change skips means the first instant of that day.
 */
export function releaseWeek(cycle: Cycle, n: Plan['releaseWeek'], zone: string): ReleaseWeek {
  const first = releaseDay(cycle, n, zone);
  return { start: startOfDay(first, zone), end: startOfDay(first.add({ days: 7 }), zone) };
}

/**
 * The local date on which release week n begins. A midnight at the very instant of Patch Tuesday does not follow it, so that zones
 * seven hours east of Greenwich begin on the same weekday in summer and winter.
 */
export function releaseDay(cycle: Cycle, n: Plan['releaseWeek'], zone: string): Temporal.PlainDate {
  return localDate(cycleStart(cycle), zone).add({ days: 1 + 7 * (n - 1) });
}

/**
 * The instant from which a revision may be installed under a plan: not before the plan's release week of the cycle to which the
 * publication belongs, nor before its soak is over. Soak is counted in exact days of 24 hours from the publication; only for what
 * comes out on Patch Tuesday itself in local midnights, so that 1, 8, 15 and 22 days end just when release weeks 1 to 4 begin and
 * windows on their first day count too.
 */
export function releaseAt(plan: Plan, zone: string, published: Temporal.Instant): Temporal.Instant {
  const { releaseWeek, soakDays } = plan;
  const key = `${published.epochNanoseconds} ${releaseWeek} ${soakDays} ${zone}`;
  const known = kept.get(key);
  if (known) return known;
  const release = findRelease(plan, zone, published);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, release);
  return release;
}

/** What was worked out before: every decision asks it several times, of few instants, weeks and zones. */
const kept = new Map<string, Temporal.Instant>();
const MOST_KEPT = 20_000;

function findRelease({ releaseWeek, soakDays }: Plan, zone: string, published: Temporal.Instant): Temporal.Instant {
  const { cycle, onPatchTuesday } = cycleOfPublication(published);
  const week = startOfDay(releaseDay(cycle, releaseWeek, zone), zone);
  if (!onPatchTuesday) return later(week, published.add({ hours: 24 * soakDays }));
  const from = later(published, cycleStart(cycle));
  const soaked = startOfDay(localDate(from, zone).add({ days: soakDays }), zone);
  return later(later(week, soaked), from);
}

function localDate(at: Temporal.Instant, zone: string): Temporal.PlainDate {
  return at.toZonedDateTimeISO(zone).toPlainDate();
}

function startOfDay(date: Temporal.PlainDate, zone: string): Temporal.Instant {
  return date.toZonedDateTime(zone).toInstant();
}
