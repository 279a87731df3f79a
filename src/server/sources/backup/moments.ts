/** Which comes first where a date is written with slashes or hyphens, the year last. */
export type DateOrder = 'month-first' | 'day-first';

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z| ?[+-]\d\d:?\d\d)?$/i;
const YEAR_FIRST = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/;
const YEAR_LAST = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/;
const TIME = /^(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?(?:\s?([ap])\.?m\.?)?$/i;

/**
 * The order that the dates of one file show: a number above 12 can be no month. `unclear` where nothing shows it, `mixed` where they
 * contradict each other; dates with dots have the day first, and those with the year first need no telling.
 */
export function dateOrder(texts: Iterable<string>): DateOrder | 'unclear' | 'mixed' {
  const seen = new Set<DateOrder>();
  for (const text of texts) {
    const [, first, sign, second] = YEAR_LAST.exec(text.split(/[\s,]/)[0] ?? '') ?? [];
    if (sign === undefined || sign === '.') continue;
    if (Number(first) > 12) seen.add('day-first');
    if (Number(second) > 12) seen.add('month-first');
  }
  if (seen.size > 1) return 'mixed';
  const [only = 'unclear'] = seen;
  return only;
}

/** Whether a date's order must be told. */
export function needsOrder(text: string): boolean {
  const [, , sign] = YEAR_LAST.exec(text.split(/[\s,]/)[0] ?? '') ?? [];
  return sign !== undefined && sign !== '.';
}

/**
 * An instant as files have it: ISO 8601 with or without an offset, or day and time as Windows writes them. Without an offset it is local time in
 * `zone`; of a time that came twice the first is meant. Undefined for anything else.
 */
export function readMoment(text: string, zone: string, order: DateOrder): Temporal.Instant | undefined {
  try {
    const [, day, time, offset] = ISO.exec(text) ?? [];
    if (day !== undefined && time !== undefined) {
      const padded = time.padStart(time.indexOf(':') === 1 ? time.length + 1 : time.length, '0');
      if (offset !== undefined) return Temporal.Instant.from(`${day}T${padded}${offset.trim()}`);
      return inZone(Temporal.PlainDateTime.from(`${day}T${padded}`), zone);
    }
    const [, date = '', clock = ''] = /^(\S+?),?\s+(.+)$/.exec(text) ?? [];
    const onDay = readDay(date, order);
    const atTime = readTime(clock);
    return onDay && atTime && inZone(onDay.toPlainDateTime(atTime), zone);
  } catch {
    return undefined; // there is no such day or time
  }
}

function inZone(local: Temporal.PlainDateTime, zone: string): Temporal.Instant {
  return local.toZonedDateTime(zone).toInstant();
}

function readDay(text: string, order: DateOrder): Temporal.PlainDate | undefined {
  const [, year, month, day] = YEAR_FIRST.exec(text) ?? [];
  if (year !== undefined) return plainDate(year, month, day);
  const [, first, sign, second, last] = YEAR_LAST.exec(text) ?? [];
  if (last === undefined) return undefined;
  return sign === '.' || order === 'day-first' ? plainDate(last, second, first) : plainDate(last, first, second);
}

function plainDate(year: string | undefined, month: string | undefined, day: string | undefined): Temporal.PlainDate {
  return Temporal.PlainDate.from(
    { year: Number(year), month: Number(month), day: Number(day) },
    { overflow: 'reject' },
  );
}

function readTime(text: string): Temporal.PlainTime | undefined {
  const [whole, hours, minute, second = '0', half] = TIME.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  if (half !== undefined && (Number(hours) < 1 || Number(hours) > 12)) return undefined;
  return Temporal.PlainTime.from({ hour, minute: Number(minute), second: Number(second) }, { overflow: 'reject' });
}
