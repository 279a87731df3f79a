import type { FreezeRule } from '#domain/calendar/plan.ts';
import { localDays, overlap, type Span, startOfDay } from '#domain/calendar/span.ts';
import { lazily } from '#domain/catalogue/memo.ts';

/** Which rules freeze any of a span. Whole days are those of the zone; one that the span reaches into counts. */
export function touching(span: Span, zone: string): (rule: FreezeRule) => boolean {
  const days = lazily(() => localDays(span, zone).map(dayOf)); // once for a calendar of a thousand days
  return (rule) => (rule.kind === 'once' ? overlap(rule, span) : days().some((day) => isFrozenDay(rule, day)));
}

/** Whether a rule freezes any of a span. */
export function isTouched(rule: FreezeRule, span: Span, zone: string): boolean {
  return touching(span, zone)(rule);
}

/** When a rule freezes within a span, in order; neighbouring days are one span. Only those that come again are cut at its ends. */
export function frozenSpans(rule: FreezeRule, zone: string, within: Span): readonly Span[] {
  const own = oneSpan(rule, zone);
  if (own) return overlap(own, within) ? [own] : [];
  const spans: Span[] = [];
  for (const day of localDays(within, zone)) {
    if (rule.kind === 'once' || !isFrozenDay(rule, dayOf(day))) continue;
    const [start, end] = [startOfDay(day, zone), startOfDay(day.add({ days: 1 }), zone)];
    const last = spans.at(-1);
    if (last?.end.equals(start)) spans.splice(-1, 1, { start: last.start, end });
    else spans.push({ start, end });
  }
  return spans;
}

/** Of a rule that does not come again. */
function oneSpan(rule: FreezeRule, zone: string): Span | undefined {
  if (rule.kind === 'once') return { start: rule.start, end: rule.end };
  if (rule.kind !== 'dates') return undefined;
  const [first, last] = [Temporal.PlainDate.from(rule.from), Temporal.PlainDate.from(rule.to)];
  return { start: startOfDay(first, zone), end: startOfDay(last.add({ days: 1 }), zone) };
}

/** When a freeze is over for good, in the zone that is furthest behind; undefined of one that comes again. */
export function freezeEnd(rule: FreezeRule): Temporal.Instant | undefined {
  return oneSpan(rule, FURTHEST_BEHIND)?.end;
}

const FURTHEST_BEHIND = 'Etc/GMT+12';

/** A local day as rules look at it. */
interface Day {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly day: number;
  readonly daysInMonth: number;
}

function dayOf(day: Temporal.PlainDate): Day {
  return { date: day.toString(), day: day.day, daysInMonth: day.daysInMonth };
}

function isFrozenDay(rule: Exclude<FreezeRule, { readonly kind: 'once' }>, { date, day, daysInMonth }: Day): boolean {
  switch (rule.kind) {
    case 'dates':
      return rule.from <= date && date <= rule.to;
    case 'month-end':
      return day > daysInMonth - rule.lastDays || day <= rule.firstDays;
    case 'yearly': {
      const ofYear = date.slice(-'MM-DD'.length);
      const isAfter = rule.from <= ofYear;
      const isUntil = ofYear <= rule.to;
      return rule.from <= rule.to ? isAfter && isUntil : isAfter || isUntil;
    }
  }
}
