const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The zone of whoever looks at the screen. */
export function viewersZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `Sun 2023-10-22 02:00` in a zone. */
export function dateTime(instant: string | number, zone: string): string {
  const { weekday, year, month, day, hour, minute } = parts(instant, zone);
  return `${weekday} ${year}-${month}-${day} ${hour}:${minute}`;
}

/** `Sun 2023-10-22` in a zone. */
export function dateOnly(instant: string | number, zone: string): string {
  return dateTime(instant, zone).slice(0, 14);
}

/** `22 Oct` in a zone. */
export function shortDate(instant: string | number, zone: string): string {
  const { day, monthName } = { ...parts(instant, zone), monthName: month(instant, zone) };
  return `${Number(day)} ${monthName}`;
}

/** How far an instant is from another: `in 3 d 4 h`, `25 min ago`, `now`. */
export function distance(instant: string, from: number): string {
  const span = Date.parse(instant) - from;
  if (Math.abs(span) < MINUTE_MS) return 'now';
  return span > 0 ? `in ${duration(span)}` : `${duration(-span)} ago`;
}

/** A length of time in its two largest units: `3 d 4 h`, `2 h`, `25 min`. */
export function duration(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  const hours = Math.floor(ms / HOUR_MS);
  const days = Math.floor(ms / DAY_MS);
  if (hours < 1) return `${minutes} min`;
  if (days < 1) return joined(hours, 'h', minutes % 60, 'min');
  return days < 14 ? joined(days, 'd', hours % 24, 'h') : `${days} d`;
}

function joined(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}

function parts(instant: string | number, zone: string): Readonly<Record<Part, string>> {
  const list = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(instant));
  return Object.fromEntries(list.map(({ type, value }) => [type, value])) as Record<Part, string>;
}

type Part = 'weekday' | 'year' | 'month' | 'day' | 'hour' | 'minute';

function month(instant: string | number, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, month: 'short' }).format(new Date(instant));
}
