import { localDay, type Span } from '#domain/calendar/span.ts';
import type { LocalSpan } from '#domain/fleet/inventory.ts';
import { isBefore, later } from '#domain/instants.ts';

/**
 * The times of recurring local spans that can meet a span, by their starts. They begin and end at wall times, so that one lasts an hour
 * more or less when the clock changes inside it.
 */
export function localSpanTimes(spans: readonly LocalSpan[], zone: string, { start, end }: Span): readonly Span[] {
  const last = localDay(end, zone);
  const times: Span[] = [];
  // A span may reach into the next day, and a zone may skip one.
  for (let day = localDay(start, zone).subtract({ days: 2 }); ; day = day.add({ days: 1 })) {
    if (Temporal.PlainDate.compare(day, last) > 0) break;
    for (const { weekdays, from, minutes } of spans) {
      if (!weekdays.includes(day.dayOfWeek)) continue;
      const opens = day.toPlainDateTime().add({ minutes: from });
      const at = (wall: Temporal.PlainDateTime): Temporal.Instant => wall.toZonedDateTime(zone).toInstant();
      times.push({ start: at(opens), end: at(opens.add({ minutes })) });
    }
  }
  return times.sort((a, b) => Temporal.Instant.compare(a.start, b.start));
}

/** Whether a span lies wholly in recurring local spans; those that touch are one. */
export function liesIn(spans: readonly LocalSpan[], zone: string, span: Span): boolean {
  let covered = span.start;
  for (const { start, end } of localSpanTimes(spans, zone, span))
    if (!isBefore(covered, start)) covered = later(covered, end);
  return !isBefore(covered, span.end);
}
