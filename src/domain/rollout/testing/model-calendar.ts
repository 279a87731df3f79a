import { nightlyHour } from '#domain/calendar/nightly-hour.ts';
import type { FreezeRule } from '#domain/calendar/plan.ts';
import { BEGIN, END, type ModelServer } from '#domain/rollout/testing/model-fleet.ts';
import { DAY, HOUR, instantOf, type Minute, minuteOf, type Period } from '#domain/rollout/testing/model-time.ts';

const kept = new Map<string, readonly Minute[]>();

/** Every instant of the year at which clocks in a zone show an hour on one of some weekdays. Independent of the plan's own arithmetic. */
function wallHours(zone: string, weekdays: readonly number[], hour: number): readonly Minute[] {
  const key = `${zone} ${weekdays} ${hour}`;
  const known = kept.get(key);
  if (known) return known;
  const first = instantOf(BEGIN - 10 * DAY)
    .toZonedDateTimeISO(zone)
    .toPlainDate();
  const minutes = Array.from({ length: (END - BEGIN) / DAY + 30 }, (_, n) => first.add({ days: n }))
    .filter((date) => weekdays.includes(date.dayOfWeek))
    .map((date) =>
      minuteOf(date.toZonedDateTime({ timeZone: zone, plainTime: new Temporal.PlainTime(hour) }).toInstant()),
    );
  kept.set(key, minutes);
  return minutes;
}

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

function weekdaysOf({ plan }: ModelServer): readonly number[] {
  return plan.kind === 'nightly' ? EVERY_DAY : [plan.weekday];
}

/** The next time, after a minute, of the schedule that is in a server's registry: it knows no calendar. */
export function ownSchedule(server: ModelServer, after: Minute): Minute {
  const hour = server.plan.kind === 'nightly' ? nightlyHour(server.plan, server.serverId) : server.plan.hour;
  const all = wallHours(server.zone, weekdaysOf(server), hour);
  return all[firstAfter(all, after)] ?? END + 1;
}

/** The hours in which a server may be patched as its plan and its one-off windows say: that in which a minute lies. */
export function slotAt(server: ModelServer, at: Minute): Period | undefined {
  const { plan, zone } = server;
  const opens = wallHours(zone, weekdaysOf(server), plan.hour);
  const opened = opens[firstAfter(opens, at) - 1];
  const oneOff = (plan.calendar?.oneOff ?? []).map(({ start, end }) => ({ from: minuteOf(start), to: minuteOf(end) }));
  const own = opened === undefined ? [] : [{ from: opened, to: opened + plan.windowMinutes }];
  return [...own, ...oneOff].find(({ from, to }) => from <= at && at < to);
}

/** Whether a window opened in a span: of a server that was away all the time, it is one that it missed. */
export function hasOpened(server: ModelServer, { from, to }: Period): boolean {
  const { plan, zone } = server;
  const opens = wallHours(zone, weekdaysOf(server), plan.hour);
  const oneOff = plan.calendar?.oneOff.some(({ start }) => from < minuteOf(start) && minuteOf(start) <= to);
  return oneOff || (opens[firstAfter(opens, from)] ?? to + 1) <= to;
}

/** Whether a minute lies in a freeze that reaches a server; again without the calendar's own arithmetic. */
export function isFrozen({ plan, zone }: ModelServer, at: Minute): boolean {
  const local = instantOf(at).toZonedDateTimeISO(zone).toPlainDate();
  return plan.calendar?.freezes.some(({ rule }) => freezes(rule, local, at)) ?? false;
}

function freezes(rule: FreezeRule, local: Temporal.PlainDate, at: Minute): boolean {
  const date = local.toString();
  switch (rule.kind) {
    case 'once':
      return minuteOf(rule.start) <= at && at < minuteOf(rule.end);
    case 'dates':
      return rule.from <= date && date <= rule.to;
    case 'month-end':
      return local.day + rule.lastDays > local.daysInMonth || local.day <= rule.firstDays;
    case 'yearly': {
      const day = date.slice(5);
      return rule.from <= rule.to ? rule.from <= day && day <= rule.to : rule.from <= day || day <= rule.to;
    }
  }
}

function firstAfter(all: readonly Minute[], at: Minute): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** When a server's last backup before a minute was made: each day at 20:00 UTC, unless it did not run. */
export function lastBackup({ noBackup }: ModelServer, at: Minute): Minute {
  let night = Math.floor((at - 20 * HOUR) / DAY) * DAY + 20 * HOUR;
  for (let skipped = noBackup.find(({ from, to }) => from <= night && night < to); skipped; ) {
    night = Math.floor((skipped.from - 1 - 20 * HOUR) / DAY) * DAY + 20 * HOUR;
    skipped = noBackup.find(({ from, to }) => from <= night && night < to);
  }
  return night;
}
