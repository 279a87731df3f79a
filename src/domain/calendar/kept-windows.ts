import type { Plan, Window } from '#domain/calendar/plan.ts';
import { memoised } from '#domain/catalogue/memo.ts';
import { isBefore } from '#domain/instants.ts';

type Windows = (plan: Plan, zone: string, from: Temporal.Instant) => Generator<Window, never, undefined>;

/** Windows in their order, as far as they were asked for, and what makes the next ones. */
interface Row {
  readonly from: Temporal.Instant;
  readonly windows: Window[];
  readonly rest: Generator<Window, never, undefined>;
}

/** So far before the first instant that is asked for a row begins: the next question is often about a little earlier. */
const AHEAD = { hours: 24 * 14 };
/** A row that began longer ago is left for another one, so that none grows for ever. */
const LONGEST = { hours: 24 * 200 };

/**
 * The same windows, kept beside the plan as long as that lives: a plan is asked for them with every scan of every server, about much the
 * same weeks, and wall times are dear. Only for windows that are the same wherever one begins to ask.
 */
export function keeping(windowsFrom: Windows): Windows {
  const rows = memoised((_: Plan) => new Map<string, Row>());
  const rowOf = (plan: Plan, zone: string, from: Temporal.Instant): Row => {
    const ofPlan = rows(plan);
    const known = ofPlan.get(zone);
    if (known && !isBefore(from, known.from) && isBefore(from, known.from.add(LONGEST))) return known;
    const first = from.subtract(AHEAD);
    const fresh: Row = { from: first, windows: [], rest: windowsFrom(plan, zone, first) };
    ofPlan.set(zone, fresh);
    return fresh;
  };
  return function* (plan, zone, from) {
    const row = rowOf(plan, zone, from);
    for (let place = firstEndingAfter(row.windows, from); ; place += 1) {
      const window = windowAt(row, place);
      if (isBefore(from, window.end)) yield window;
    }
  };
}

function windowAt({ windows, rest }: Row, place: number): Window {
  for (;;) {
    const known = windows[place];
    if (known) return known;
    windows.push(rest.next().value);
  }
}

/** The place of the first window that ends after an instant; past the last one when none does. */
function firstEndingAfter(windows: readonly Window[], from: Temporal.Instant): number {
  let [low, high] = [0, windows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const window = windows[middle];
    if (window && isBefore(from, window.end)) high = middle;
    else low = middle + 1;
  }
  return low;
}
