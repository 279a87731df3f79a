const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** The name of an ISO weekday, 1 Monday … 7 Sunday. */
export function weekdayName(weekday: number): string {
  return WEEKDAYS[weekday - 1] ?? '';
}

/** What the clock on the wall shows in a zone: `2023-10-22 02:00`. */
export function wallTime(at: Temporal.Instant, zone: string): string {
  return at.toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ');
}

/** The same with the weekday: `Sunday 2023-10-22 02:00`. */
export function weekdayAndTime(at: Temporal.Instant, zone: string): string {
  return `${weekdayName(at.toZonedDateTimeISO(zone).dayOfWeek)} ${wallTime(at, zone)}`;
}
