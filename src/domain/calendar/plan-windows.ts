import { keeping } from '#domain/calendar/kept-windows.ts';
import { joinMeeting, LONGEST_ROW } from '#domain/calendar/meeting-windows.ts';
import { type Cycle, cycleAt, nextCycle, previousCycle } from '#domain/calendar/patch-tuesday.ts';
import type { Plan, Window } from '#domain/calendar/plan.ts';
import { releaseDay } from '#domain/calendar/release-week.ts';
import { isBefore as isEarlier } from '#domain/instants.ts';

/** Longer than a window, and than the day that a zone may skip: no window that began on an earlier date is still open. */
const REACH = { days: 2 };

/**
 * The windows that a plan alone has in a zone, calendars aside: all whose end is after `from`, in order and without end. Weekly plans: the
 * primary window of each cycle and, with `followUp`, one each week until the next primary. Nightly plans: every night, the first of the
 * release week being the primary one. A wall time that a clock change skips moves later, a repeated one means the first; where a
 * whole day does not exist, the night that would move onto the next one is that next one. Windows that overlap or touch are one.
 */
export const planWindowsFrom = keeping((plan, zone, from) =>
  plan.extraWindows.length === 0 ? ownWindowsFrom(plan, zone, from) : mergedWindowsFrom(plan, zone, from),
);

/** When the window of a cycle opens that is in its release week, at the chosen weekday and hour; others may meet it. */
export function ownPrimaryWindow(plan: Plan, zone: string, cycle: Cycle): Window {
  return windowOn(plan, zone, cycle, { date: primaryDate(plan, zone, cycle), primary: true });
}

function* ownWindowsFrom(plan: Plan, zone: string, from: Temporal.Instant): Generator<Window, never, undefined> {
  const earliest = from.toZonedDateTimeISO(zone).toPlainDate().subtract(REACH);
  // Not the cycle of `from` itself: its primary window may be weeks ahead, and until then those of the cycle before go on.
  let cycle = previousCycle(cycleAt(from));
  let last = from.subtract({ hours: 24 * 7 });
  for (;;) {
    for (const slot of slots(plan, zone, cycle, earliest)) {
      const window = windowOn(plan, zone, cycle, slot);
      if (!isEarlier(last, window.start) || !isEarlier(from, window.end)) continue;
      last = window.start;
      yield window;
    }
    cycle = nextCycle(cycle);
  }
}

function mergedWindowsFrom(plan: Plan, zone: string, from: Temporal.Instant): Generator<Window, never, undefined> {
  return joinMeeting(unmergedWindowsFrom(plan, zone, from.subtract(LONGEST_ROW)), from);
}

/** The plan's own windows and its further ones, by their starts, from about an instant on. */
function* unmergedWindowsFrom(plan: Plan, zone: string, from: Temporal.Instant): Generator<Window, never, undefined> {
  const earliest = from.toZonedDateTimeISO(zone).toPlainDate();
  for (let cycle = previousCycle(cycleAt(from)); ; cycle = nextCycle(cycle))
    yield* cycleWindows(plan, zone, cycle, earliest);
}

/** The plan's own windows of a cycle and its further ones, by their starts. */
function cycleWindows(plan: Plan, zone: string, cycle: Cycle, earliest: Temporal.PlainDate): Window[] {
  const own = [...slots(plan, zone, cycle, earliest)].map((slot) => windowOn(plan, zone, cycle, slot));
  const primary = ownPrimaryWindow(plan, zone, cycle);
  const week = primary.start.toZonedDateTimeISO(zone).add({ weeks: 1 }).toInstant();
  const next = plan.followUp ? ownPrimaryWindow(plan, zone, nextCycle(cycle)).start : week;
  const extra = plan.extraWindows.flatMap((own) => {
    const plainTime = new Temporal.PlainTime(own.hour);
    const windows: Window[] = [];
    for (let date = primaryDate(plan, zone, cycle); ; date = date.add({ days: 1 })) {
      const start = date.toZonedDateTime({ timeZone: zone, plainTime }).toInstant();
      if (!isEarlier(start, next)) return windows;
      if (date.dayOfWeek !== own.weekday || isEarlier(start, primary.start) || isBefore(date, earliest)) continue;
      windows.push({ start, end: start.add({ minutes: own.windowMinutes }), cycle, primary: false });
    }
  });
  return [...own, ...extra].sort((a, b) => Temporal.Instant.compare(a.start, b.start));
}

interface Slot {
  readonly date: Temporal.PlainDate;
  readonly primary: boolean;
}

/** The local dates, none before `earliest`, on which the windows of a cycle open: from its primary one to the next cycle's. */
function* slots(plan: Plan, zone: string, cycle: Cycle, earliest: Temporal.PlainDate): Generator<Slot> {
  const first = primaryDate(plan, zone, cycle);
  if (!isBefore(first, earliest)) yield { date: first, primary: true };
  const step = plan.kind === 'nightly' ? 1 : 7;
  if (step === 7 && !plan.followUp) return;
  const next = primaryDate(plan, zone, nextCycle(cycle));
  const skipped = isBefore(first, earliest) ? Math.ceil(first.until(earliest).days / step) : 1;
  for (let n = skipped; ; n += 1) {
    const date = first.add({ days: n * step });
    if (!isBefore(date, next)) return;
    yield { date, primary: false };
  }
}

function primaryDate(plan: Plan, zone: string, cycle: Cycle): Temporal.PlainDate {
  const first = releaseDay(cycle, plan.releaseWeek, zone);
  if (plan.kind === 'nightly') return first;
  return first.add({ days: (plan.weekday - first.dayOfWeek + 7) % 7 });
}

function windowOn(plan: Plan, zone: string, cycle: Cycle, { date, primary }: Slot): Window {
  const plainTime = new Temporal.PlainTime(plan.hour);
  const start = date.toZonedDateTime({ timeZone: zone, plainTime }).toInstant();
  return { start, end: start.add({ minutes: plan.windowMinutes }), cycle, primary };
}

function isBefore(a: Temporal.PlainDate, b: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(a, b) < 0;
}
