import type { LocalSpan } from '#domain/fleet/inventory.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const DAY_MINUTES = 1440;
const FORM = /^([a-z]{3}(?:\s*[-,]\s*[a-z]{3})*|daily)\s+(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)$/i;

/** A span as people write it: `Sat,Sun 22:00-06:00`; one that ends where it begins lasts 24 hours. */
export function writeSpan({ weekdays, from, minutes }: LocalSpan): string {
  const days = weekdays.length === DAYS.length ? 'daily' : weekdays.map((day) => DAYS[day - 1]).join(',');
  return `${days} ${clock(from)}-${clock((from + minutes) % DAY_MINUTES)}`;
}

/** A span from such a text, with ranges of days (`Mon-Fri`) too; undefined when it is none. */
export function readSpan(text: string): LocalSpan | undefined {
  const [, days = '', ...times] = FORM.exec(text.trim()) ?? [];
  const [fromHour = Number.NaN, fromMinute = 0, toHour = Number.NaN, toMinute = 0] = times.map(Number);
  const weekdays = readDays(days.toLowerCase());
  if (weekdays === undefined || !(fromHour <= 23 && toHour <= 24 && fromMinute <= 59 && toMinute <= 59))
    return undefined;
  const from = fromHour * 60 + fromMinute;
  const to = toHour * 60 + toMinute;
  if (to > DAY_MINUTES) return undefined;
  return { weekdays, from, minutes: (to - from + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES };
}

function readDays(text: string): number[] | undefined {
  if (text === 'daily') return DAYS.map((_, at) => at + 1);
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [first, last = first, ...more] = part.split('-').map(dayNumber);
    if (!first || !last || more.length > 0) return undefined;
    for (let day = first; ; day = (day % DAYS.length) + 1) {
      found.add(day);
      if (day === last) break;
    }
  }
  return [...found].sort();
}

/** 1 Monday … 7 Sunday; 0 for no weekday. */
function dayNumber(text: string): number {
  return DAYS.findIndex((day) => day.toLowerCase() === text.trim()) + 1;
}

function clock(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
