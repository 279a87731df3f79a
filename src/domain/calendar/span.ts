import { isBefore } from '#domain/instants.ts';

/** A span of time, [start, end). */
export interface Span {
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
}

/** Whether two spans have any instant in common; spans that only touch have none. */
export function overlap(a: Span, b: Span): boolean {
  return isBefore(a.start, b.end) && isBefore(b.start, a.end);
}

/** The local days of a span in a zone, in order; a day counts when any instant of it is inside. */
export function localDays({ start, end }: Span, zone: string): readonly Temporal.PlainDate[] {
  const last = localDay(end.subtract({ nanoseconds: 1 }), zone);
  const days: Temporal.PlainDate[] = [];
  for (let day = localDay(start, zone); Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 }))
    days.push(day);
  return days;
}

/** The local day in which an instant lies. */
export function localDay(at: Temporal.Instant, zone: string): Temporal.PlainDate {
  return at.toZonedDateTimeISO(zone).toPlainDate();
}

/** The first instant of a local day; one that a clock change skips begins with what follows. */
export function startOfDay(day: Temporal.PlainDate, zone: string): Temporal.Instant {
  return day.toZonedDateTime(zone).toInstant();
}
