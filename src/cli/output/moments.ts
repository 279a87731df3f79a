const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** An instant of the API as `2023-10-22T01:00:00Z`. */
export function utc(instant: string): string {
  const at = parsed(instant);
  return at === undefined ? instant : at.toString({ smallestUnit: 'second' });
}

/** The same for tables: `2023-10-22 01:00Z`. */
export function shortUtc(instant: string | undefined): string | undefined {
  const at = instant === undefined ? undefined : parsed(instant);
  return at === undefined ? instant : at.toString({ smallestUnit: 'minute' }).replace('T', ' ');
}

/** On the server's wall: `Sun 2023-10-22 02:00 +01:00`. */
export function local(instant: string, zone: string): string {
  const there = inZone(instant, zone);
  return there === undefined ? utc(instant) : `${dayAndTime(there)} ${there.offset}`;
}

/** A span on the server's wall: `Sun 2023-10-22 02:00 to 06:00 Europe/London`. */
export function localSpan(start: string, end: string, zone: string): string {
  const [from, to] = [inZone(start, zone), inZone(end, zone)];
  if (from === undefined || to === undefined) return `${utc(start)} to ${utc(end)}`;
  const sameDay = from.toPlainDate().equals(to.toPlainDate());
  return `${dayAndTime(from)} to ${sameDay ? time(to) : dayAndTime(to)} ${zone}`;
}

/** Both readings: UTC first, since logs have it, then the server's own wall. */
export function both(instant: string, zone: string): string {
  return `${utc(instant)}, ${local(instant, zone)}`;
}

function dayAndTime(at: Temporal.ZonedDateTime): string {
  return `${DAYS[at.dayOfWeek - 1]} ${at.toPlainDate()} ${time(at)}`;
}

function time(at: Temporal.ZonedDateTime): string {
  return at.toPlainTime().toString({ smallestUnit: 'minute' });
}

function parsed(instant: string): Temporal.Instant | undefined {
  try {
    return Temporal.Instant.from(instant);
  } catch {
    return undefined;
  }
}

/** Undefined where this machine does not know the zone. */
function inZone(instant: string, zone: string): Temporal.ZonedDateTime | undefined {
  try {
    return Temporal.Instant.from(instant).toZonedDateTimeISO(zone);
  } catch {
    return undefined;
  }
}
