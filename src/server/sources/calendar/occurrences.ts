import ICAL from 'ical.js';
import { type CalendarEvent, keyOf, type Point } from './read-event.ts';
import type { CalendarProblem } from './scan-lines.ts';

/** One time at which an event happens. */
export interface Occurrence {
  /** Unique in the calendar. */
  readonly uid: string;
  readonly start: Point;
}

/** Which occurrences count. */
export interface Horizon {
  /** What is over by then does not. */
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  /** How many steps of all rules may still be worked out; goes down. */
  steps: number;
}

/** The occurrences of an event within the horizon, perhaps a few that are over too; a problem when its rule cannot be worked out. */
export function occurrencesOf(event: CalendarEvent, horizon: Horizon): readonly Occurrence[] | CalendarProblem {
  const { uid, start, rules, alsoOn, notOn, replaces } = event;
  if (replaces) return [{ uid: `${uid} ${keyOf(replaces)}`, start }];
  if (rules.length === 0 && alsoOn.length === 0) return [{ uid, start }];
  const points = new Map<string, Point>();
  if (rules.length === 0) points.set(keyOf(start), start);
  for (const point of alsoOn) points.set(keyOf(point), point);
  for (const { line, rule } of rules) {
    try {
      for (const point of repeated(event, rule, horizon)) points.set(keyOf(point), point);
    } catch (error) {
      return { line, message: `cannot be worked out: ${(error as Error).message.slice(0, 120)}` };
    }
  }
  const left = new Set(notOn.map(keyOf));
  // Some exclude the day where the series has times.
  for (const [key, point] of points) if (left.has(key) || left.has(dayOf(point).toString())) points.delete(key);
  return [...points].map(([key, point]) => ({ uid: `${uid} ${key}`, start: point }));
}

function* repeated({ start, length }: CalendarEvent, rule: ICAL.Recur, horizon: Horizon): Generator<Point> {
  const wall = start.kind === 'day' ? start.day.toPlainDateTime() : start.wall;
  const lasts = start.kind === 'day' ? { days: length } : { seconds: length };
  const first = utc(horizon.from).subtract(lasts).subtract(FURTHEST_ZONE);
  const last = utc(horizon.until);
  const months = monthsOf(rule, wall);
  const iterator = withoutEnd(rule).iterator(icalTime(wall, start.kind === 'day'));
  for (let next = iterator.next(); next; next = iterator.next()) {
    horizon.steps -= 1;
    if (horizon.steps < 0) throw new Error('it repeats too often, or began too long ago');
    const { year, month, day, hour, minute, second } = next;
    const at = new Temporal.PlainDateTime(year, month, day, hour, minute, second);
    if (Temporal.PlainDateTime.compare(last, at) < 0) return;
    const point = pointAt(start, at);
    if (rule.until && isAfter(point, rule.until)) return;
    if (Temporal.PlainDateTime.compare(at, first) < 0) continue;
    if (months && !months.includes(month)) continue;
    yield point;
  }
}

function pointAt(start: Point, wall: Temporal.PlainDateTime): Point {
  if (start.kind === 'day') return { kind: 'day', day: wall.toPlainDate() };
  return { kind: 'time', at: start.clock(wall), wall, clock: start.clock };
}

/** The only months of a rule, where it has such: the library moves a day that a month does not have into the next month. */
function monthsOf({ freq, parts }: ICAL.Recur, start: Temporal.PlainDateTime): readonly unknown[] | undefined {
  const months: unknown = parts.BYMONTH;
  if (Array.isArray(months)) return months;
  return freq === 'YEARLY' && Object.keys(parts).length === 0 ? [start.month] : undefined;
}

/** The library compares UNTIL, which is mostly in UTC, with wall times. */
function withoutEnd(rule: ICAL.Recur): ICAL.Recur {
  const endless = rule.clone();
  endless.until = null;
  return endless;
}

/** Whether a point is behind UNTIL: the instant, the wall time without a zone, or the whole day that it names. */
function isAfter(point: Point, until: ICAL.Time): boolean {
  const { year, month, day, hour, minute, second } = until;
  const wall = new Temporal.PlainDateTime(year, month, day, hour, minute, second);
  if (point.kind === 'day' || until.isDate) return Temporal.PlainDate.compare(dayOf(point), wall.toPlainDate()) > 0;
  if (until.zone !== ICAL.Timezone.utcTimezone) return Temporal.PlainDateTime.compare(point.wall, wall) > 0;
  return Temporal.Instant.compare(point.at, wall.toZonedDateTime('UTC').toInstant()) > 0;
}

function dayOf(point: Point): Temporal.PlainDate {
  return point.kind === 'day' ? point.day : point.wall.toPlainDate();
}

/** Further from UTC is no zone. */
const FURTHEST_ZONE = { hours: 15 };

function utc(at: Temporal.Instant): Temporal.PlainDateTime {
  return at.toZonedDateTimeISO('UTC').toPlainDateTime();
}

function icalTime({ year, month, day, hour, minute, second }: Temporal.PlainDateTime, isDate: boolean): ICAL.Time {
  return new ICAL.Time({ year, month, day, hour, minute, second, isDate }, ICAL.Timezone.localTimezone);
}
