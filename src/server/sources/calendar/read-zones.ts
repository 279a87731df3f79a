import ICAL from 'ical.js';
import { isZone } from '#domain/calendar/zone.ts';
import type { ScannedComponent } from './scan-lines.ts';

/** What turns the wall times of a zone into instants. */
export type WallClock = (wall: Temporal.PlainDateTime) => Temporal.Instant;

const LARGEST_ZONE_LINES = 500;

/**
 * The zones that a calendar names. A name of the IANA list, also behind a prefix (`/example.org/Europe/Berlin`), is that zone; others go by
 * the calendar's own VTIMEZONE. Undefined of a name that is neither.
 */
export function zonesOf(components: readonly ScannedComponent[]): (name: string) => WallClock | undefined {
  const known = new Map<string, WallClock | undefined>();
  return (name) => {
    if (!known.has(name)) known.set(name, ianaClock(name) ?? ownClock(components, name));
    return known.get(name);
  };
}

/** The clock on the wall of an IANA zone; a skipped wall time means a later one, a repeated one the first. */
export function clockOf(zone: string): WallClock {
  return (wall) => wall.toZonedDateTime(zone).toInstant();
}

function ianaClock(name: string): WallClock | undefined {
  const parts = name.split('/').filter((part) => part !== '');
  for (const count of [3, 2, 1]) {
    const zone = parts.slice(-count).join('/');
    if (parts.length >= count && isZone(zone)) return clockOf(zone);
  }
  return undefined;
}

function ownClock(components: readonly ScannedComponent[], name: string): WallClock | undefined {
  const own = components.find(({ lines }) =>
    lines.some((line) => line.name === 'TZID' && line.text.slice(line.text.indexOf(':') + 1).trim() === name),
  );
  if (!own || own.lines.length > LARGEST_ZONE_LINES) return undefined;
  const lines = own.lines.filter((line) => !/^(BEGIN|END):VTIMEZONE/i.test(line.text));
  // Rules of other kinds are of no zone, and would be worked out for years of seconds.
  if (lines.some((line) => line.name === 'RRULE' && !/FREQ=YEARLY/i.test(line.text))) return undefined;
  try {
    const text = ['BEGIN:VTIMEZONE', ...lines.map((line) => line.text), 'END:VTIMEZONE'].join('\r\n');
    const zone = new ICAL.Timezone(new ICAL.Component(ICAL.parse(text)));
    return (wall) => {
      const { year, month, day, hour, minute, second } = wall;
      const offset = zone.utcOffset(new ICAL.Time({ year, month, day, hour, minute, second, isDate: false }, zone));
      return wall.toZonedDateTime('UTC').toInstant().subtract({ seconds: offset });
    };
  } catch {
    return undefined;
  }
}
