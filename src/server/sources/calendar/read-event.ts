import ICAL from 'ical.js';
import { lazily } from '#domain/catalogue/memo.ts';
import type { WallClock } from './read-zones.ts';
import type { CalendarProblem, ContentLine, ScannedComponent } from './scan-lines.ts';

/** A point of an event: a local day, or an instant with the wall time that it is in the event's zone. */
export type Point =
  | { readonly kind: 'day'; readonly day: Temporal.PlainDate }
  | {
      readonly kind: 'time';
      readonly at: Temporal.Instant;
      readonly wall: Temporal.PlainDateTime;
      readonly clock: WallClock;
    };

/** An event as it stands in the file. */
export interface CalendarEvent {
  readonly line: number;
  readonly uid: string;
  readonly summary: string;
  readonly categories: readonly string[];
  readonly cancelled: boolean;
  readonly start: Point;
  /** How long it lasts: whole days, or exact seconds. */
  readonly length: number;
  readonly rules: readonly { readonly line: number; readonly rule: ICAL.Recur }[];
  readonly alsoOn: readonly Point[];
  readonly notOn: readonly Point[];
  /** The occurrence of a series that this event takes the place of. */
  readonly replaces?: Point;
  /** What was taken otherwise than it stands there. */
  readonly notes: readonly CalendarProblem[];
}

/** Where wall times are read. */
export interface EventZones {
  readonly named: (name: string) => WallClock | undefined;
  /** For times without a zone. */
  readonly floating: WallClock;
  readonly floatingName: string;
}

const LONGEST_UID = 500;
const LONGEST_NAME = 100;
const MOST_DATES = 2_000;

class EventError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Reads an event; a problem names the line that does not read. */
export function readEvent(component: ScannedComponent, zones: EventZones): CalendarEvent | CalendarProblem {
  try {
    return eventOf(component, zones);
  } catch (error) {
    return { line: error instanceof EventError ? error.line : component.line, message: (error as Error).message };
  }
}

function eventOf({ line, lines }: ScannedComponent, zones: EventZones): CalendarEvent {
  const notes: CalendarProblem[] = [];
  const all = (name: string): readonly ContentLine[] => lines.filter((one) => one.name === name);
  const points = (name: string): readonly Point[] => all(name).flatMap((one) => pointsOf(one, zones, notes));
  const [start] = points('DTSTART');
  if (!start) throw new EventError(line, 'the event has no DTSTART');
  const summary = textOf(all('SUMMARY')[0]).slice(0, LONGEST_NAME).trim() || 'Event without a title';
  const unknown = lines.find(isNotUnderstood);
  if (unknown) throw new EventError(unknown.line, 'is not understood: give the occurrences it is about by themselves');
  const [replaces] = points('RECURRENCE-ID');
  const uid = textOf(all('UID')[0]);
  if (uid.length > LONGEST_UID) throw new EventError(line, `the UID is longer than ${LONGEST_UID} characters`);
  return {
    line,
    uid: uid || `${summary} ${keyOf(start)}`,
    summary,
    categories: all('CATEGORIES').flatMap((one) =>
      propertyOf(one)
        .getValues()
        .map((value) => clean(String(value))),
    ),
    cancelled: textOf(all('STATUS')[0]).toUpperCase() === 'CANCELLED',
    start,
    length: lengthOf(start, points('DTEND')[0], all('DURATION')[0], line),
    rules: all('RRULE').map((one) => ({ line: one.line, rule: ruleOf(one) })),
    alsoOn: points('RDATE'),
    notOn: points('EXDATE'),
    ...(replaces ? { replaces } : {}),
    notes,
  };
}

/** What would change the occurrences of a series and is hardly used any more: rules of what is excluded, changes of all that follows. */
function isNotUnderstood({ name, text }: ContentLine): boolean {
  return name === 'EXRULE' || (name === 'RECURRENCE-ID' && /^[^:]*;RANGE="?THISAND/i.test(text));
}

/** The same occurrence has the same key, in whatever zone it is written. */
export function keyOf(point: Point): string {
  return point.kind === 'day' ? point.day.toString() : point.at.toString();
}

function propertyOf({ line, text }: ContentLine): ICAL.Property {
  try {
    return ICAL.Property.fromString(text);
  } catch (error) {
    throw new EventError(line, `does not read: ${(error as Error).message.slice(0, 100)}`);
  }
}

function textOf(content: ContentLine | undefined): string {
  return content ? clean(String(propertyOf(content).getFirstValue() ?? '')) : '';
}

function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim();
}

function pointsOf(content: ContentLine, zones: EventZones, notes: CalendarProblem[]): Point[] {
  const property = propertyOf(content);
  // As it stands there: the library turns the 35th of a month into a day of the next.
  const values: readonly unknown[] = property.toJSON().slice(3);
  if (values.length > MOST_DATES) throw new EventError(content.line, `has more than ${MOST_DATES} dates`);
  const zone = property.getParameter('tzid');
  const clock = lazily(() => clockFor(content, typeof zone === 'string' ? zone : undefined, zones, notes));
  return values.map((value) => pointOf(content, String(Array.isArray(value) ? value[0] : value), clock));
}

const UTC: WallClock = (wall) => wall.toZonedDateTime('UTC').toInstant();

/** `clock` is asked for the wall time of a time that is not in UTC. */
function pointOf({ line }: ContentLine, text: string, clock: () => WallClock): Point {
  const isDay = !text.includes('T');
  const isUtc = text.endsWith('Z');
  try {
    if (isDay) return { kind: 'day', day: Temporal.PlainDate.from(text) };
    const wall = Temporal.PlainDateTime.from(isUtc ? text.slice(0, -1) : text);
    const own = isUtc ? UTC : clock();
    return { kind: 'time', at: own(wall), wall, clock: own };
  } catch (error) {
    if (error instanceof EventError) throw error;
    throw new EventError(line, 'is not a date or a time');
  }
}

function clockFor(
  { line, name }: ContentLine,
  zone: string | undefined,
  { named, floating, floatingName }: EventZones,
  notes: CalendarProblem[],
): WallClock {
  if (zone === undefined) {
    if (name === 'DTSTART') notes.push({ line, message: `has no zone: it is taken in ${floatingName}` });
    return floating;
  }
  const clock = named(zone);
  if (!clock) throw new EventError(line, `names the zone ${JSON.stringify(zone.slice(0, 60))}, which is not known`);
  return clock;
}

function lengthOf(start: Point, end: Point | undefined, duration: ContentLine | undefined, line: number): number {
  if (end && end.kind !== start.kind) throw new EventError(line, 'one of DTSTART and DTEND is a day, the other a time');
  if (start.kind === 'day') {
    if (end?.kind === 'day') return positive(start.day.until(end.day).days, line);
    return duration ? positive(Math.ceil(secondsOf(duration) / 86_400), line) : 1;
  }
  if (end?.kind === 'time') return positive(start.at.until(end.at).total('seconds'), line, true);
  return duration ? positive(secondsOf(duration), line, true) : 0;
}

function positive(length: number, line: number, mayBeNone = false): number {
  if (length > 0 || (mayBeNone && length === 0)) return length;
  throw new EventError(line, 'the event ends before it begins');
}

function secondsOf(content: ContentLine): number {
  const value = propertyOf(content).getFirstValue();
  if (value instanceof ICAL.Duration) return value.toSeconds();
  throw new EventError(content.line, 'is not a duration');
}

const TOO_OFTEN = new Set(['SECONDLY', 'MINUTELY', 'HOURLY']);

function ruleOf(content: ContentLine): ICAL.Recur {
  const rule = propertyOf(content).getFirstValue();
  if (!(rule instanceof ICAL.Recur)) throw new EventError(content.line, 'is not a rule of recurrence');
  if (TOO_OFTEN.has(rule.freq)) throw new EventError(content.line, 'repeats more often than each day');
  return rule;
}
