/** The model's clock: whole minutes since 1970, cheap to compare and to queue. */
export type Minute = number;

export const HOUR = 60;
export const DAY = 24 * HOUR;

export function instantOf(minute: Minute): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(minute * 60_000);
}

/** The first whole minute that is not before an instant. */
export function minuteOf(at: Temporal.Instant): Minute {
  return Math.ceil(at.epochMilliseconds / 60_000);
}

/** A span of the model's time, [from, to). */
export interface Period {
  readonly from: Minute;
  readonly to: Minute;
}

/** The period of a list that contains a minute. */
export function periodAt(periods: readonly Period[], at: Minute): Period | undefined {
  return periods.find(({ from, to }) => from <= at && at < to);
}

/** Things to do at minutes, taken in their order; those of one minute as they came. A binary heap. */
export interface Queue<Thing> {
  add(at: Minute, thing: Thing): void;
  /** The next, or undefined when none is left. */
  take(): { readonly at: Minute; readonly thing: Thing } | undefined;
}

interface Entry<Thing> {
  readonly at: Minute;
  readonly number: number;
  readonly thing: Thing;
}

export function createQueue<Thing>(): Queue<Thing> {
  const heap: Entry<Thing>[] = [];
  let number = 0;
  const isFirst = (a: Entry<Thing> | undefined, b: Entry<Thing> | undefined) =>
    a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.number < b.number));
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [heap[b] as Entry<Thing>, heap[a] as Entry<Thing>];
  };
  const rise = (from: number) => {
    for (let place = from; place > 0; ) {
      const above = (place - 1) >> 1;
      if (!isFirst(heap[place], heap[above])) return;
      swap(place, above);
      place = above;
    }
  };
  const sink = () => {
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const least = isFirst(heap[right], heap[left]) ? right : left;
      if (!isFirst(heap[least], heap[place])) return;
      swap(place, least);
      place = least;
    }
  };
  return {
    add(at, thing) {
      number += 1;
      heap.push({ at, number, thing });
      rise(heap.length - 1);
    },
    take() {
      const first = heap[0];
      const last = heap.pop();
      if (first && last && heap.length > 0) {
        heap[0] = last;
        sink();
      }
      return first;
    },
  };
}
