import { obstacle } from '#domain/calendar/held-windows.ts';
import { localSpanTimes } from '#domain/calendar/local-spans.ts';
import { offerTimes } from '#domain/calendar/offer-times.ts';
import { allWindowsFrom } from '#domain/calendar/one-off-windows.ts';
import type { Freeze, Plan, Window } from '#domain/calendar/plan.ts';
import { overlap } from '#domain/calendar/span.ts';
import { weekdayAndTime } from '#domain/calendar/wall-time.ts';
import type { LocalSpan } from '#domain/fleet/inventory.ts';
import { isBefore } from '#domain/instants.ts';

/**
 * What will keep a server from being patched as its plan says. `own-hours`: no window of its plan lies in its own hours; `no-window`: in
 * three cycles in a row none is held; `not-held`: the primary window is not held three cycles in a row, and later ones take its place;
 * `backup`: a window meets the backup slot; `too-short`: the run does not fit into a window.
 */
export interface CalendarConflict {
  readonly code: 'own-hours' | 'no-window' | 'not-held' | 'backup' | 'too-short';
  readonly text: string;
  /** What to do about it. */
  readonly advice: string;
  /** The first window that it is about. */
  readonly window: Window;
}

/** So many cycles in a row are no coincidence. */
const IN_A_ROW = 3;
/** A year of cycles: what comes each year is seen before it bites. */
const AHEAD = { hours: 24 * 400 };

interface Seen {
  readonly window: Window;
  /** Why it is not held. */
  readonly by: Freeze | 'hours' | undefined;
}

/** The conflicts that lie ahead for a plan, with what of the calendars reaches the server, and for its backup slot. */
export function calendarConflicts(
  plan: Plan,
  zone: string,
  at: Temporal.Instant,
  backup?: LocalSpan,
): readonly CalendarConflict[] {
  const seen: Seen[] = [];
  for (const window of allWindowsFrom(plan, zone, at)) {
    if (!isBefore(window.start, at.add(AHEAD))) break;
    seen.push({ window, by: obstacle(plan, zone, window) });
  }
  const held = seen.filter(({ by }) => by === undefined).map(({ window }) => window);
  return [
    ...cycleConflicts(seen),
    ...(backup ? backupConflicts(held, backup, zone) : []),
    ...lengthConflicts(plan, held, zone),
  ];
}

function cycleConflicts(seen: readonly Seen[]): readonly CalendarConflict[] {
  const [first] = seen;
  if (first && seen.every(({ by }) => by === 'hours'))
    return [
      {
        code: 'own-hours',
        text: "No window of its plan lies wholly in the server's own hours: it is never patched.",
        advice: 'Give it a plan whose windows lie in them, or let its owner give other hours.',
        window: first.window,
      },
    ];
  // The first cycle may be over but for its last windows, and the last one is seen in part only.
  const cycles = [...Map.groupBy(seen, ({ window }) => window.cycle).values()]
    .slice(0, -1)
    .filter((own) => own.some(({ window }) => window.primary));
  const none = firstRow(cycles, (own) => own.every(({ by }) => by !== undefined));
  const late = none ?? firstRow(cycles, (own) => own.some(({ window, by }) => window.primary && by !== undefined));
  const window = late?.[0]?.[0]?.window;
  if (!late || !window) return [];
  const names = late.map(([one]) => one?.window.cycle).join(', ');
  const causes = [...new Set(late.flat().flatMap(({ by }) => (by ? [causeOf(by)] : [])))].slice(0, 3).join(', ');
  return none
    ? [
        {
          code: 'no-window',
          text: `No window of the cycles ${names} is held (${causes}): it is not patched in them.`,
          advice: 'Add a one-off window outside of the freezes, shorten a freeze, or choose another release week.',
          window,
        },
      ]
    : [
        {
          code: 'not-held',
          text: `The release window of the cycles ${names} is not held (${causes}): later windows take its place each time.`,
          advice: 'Choose another release week or weekday, or add one-off windows.',
          window,
        },
      ];
}

/** The first items in a row for which something holds, at least three of them. */
function firstRow<T>(items: readonly T[], holds: (item: T) => boolean): readonly T[] | undefined {
  let row: T[] = [];
  for (const item of items) {
    if (holds(item)) row.push(item);
    else if (row.length >= IN_A_ROW) return row;
    else row = [];
  }
  return row.length >= IN_A_ROW ? row : undefined;
}

function causeOf(by: Freeze | 'hours'): string {
  return by === 'hours' ? 'own hours' : by.name;
}

function backupConflicts(held: readonly Window[], backup: LocalSpan, zone: string): readonly CalendarConflict[] {
  const meeting = held.filter((one) => localSpanTimes([backup], zone, one).some((time) => overlap(time, one)));
  const [window] = meeting;
  if (!window) return [];
  return [
    {
      code: 'backup',
      text: `${meeting.length} of ${held.length} windows in the coming year meet its backup slot, the first on ${weekdayAndTime(window.start, zone)}: a restart would break the backup off.`,
      advice: 'Move the backup or the window; the backup belongs before the window.',
      window,
    },
  ];
}

function lengthConflicts(plan: Plan, held: readonly Window[], zone: string): readonly CalendarConflict[] {
  const short = held.filter((one) => !isBefore(one.start, offerTimes(plan, one).lastOffer));
  const [window] = short;
  if (!window) return [];
  return [
    {
      code: 'too-short',
      text: `A run of ${plan.runMinutes} minutes does not fit into the window of ${weekdayAndTime(window.start, zone)}: nothing begins in it.`,
      advice: 'Make the window longer.',
      window,
    },
  ];
}
