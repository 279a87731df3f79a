import { cycleStart, nextCycle } from '#domain/calendar/patch-tuesday.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import { updateIdOf } from '#domain/catalogue/testing.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { factsOver, update } from '#domain/decide/testing.ts';
import { type Minute, minuteOf } from '#domain/rollout/testing/model-time.ts';

const CYCLES = 13;
/** .NET comes in about every second month. */
const DOTNET_CYCLES = [0, 1, 3, 5, 6, 9, 11];

const cycles = Array.from({ length: CYCLES }).reduce<string[]>((all) => {
  const last = all.at(-1);
  return [...all, last === undefined ? '2023-10' : nextCycle(last)];
}, []);

function monthly(first: number, product: string, months: readonly number[]): readonly Revision[] {
  return months.map((month, n) =>
    update(first + month, {
      title: `${cycles[month]} Cumulative Update for ${product}Windows Server 2019 (KB5${first + month})`,
      published: cycleStart(cycles[month] ?? ''),
      reboot: 'AlwaysRequiresReboot',
      supersedes: months.slice(0, n).map((older) => updateIdOf(first + older)),
    }),
  );
}

/** A year of updates: a cumulative one each month that replaces those before it, and some of .NET that do so among themselves. */
export const UPDATES: readonly Revision[] = [
  ...monthly(100, '', [...cycles.keys()]),
  ...monthly(200, '.NET Framework 4.8 for ', DOTNET_CYCLES),
].sort((a, b) => Temporal.Instant.compare(a.published, b.published));

const kept = new Map<number, Facts>();

/** The facts when so many of the updates had come out: a catalogue does not know what is to come. */
export function factsWith(published: number): Facts {
  const known = kept.get(published);
  if (known) return known;
  const facts = factsOver(UPDATES.slice(0, published));
  kept.set(published, facts);
  return facts;
}

/** How many updates had come out at a minute. */
export function publishedAt(at: Minute): number {
  const next = TIMES.findIndex((time) => time > at);
  return next < 0 ? TIMES.length : next;
}

const TIMES: readonly Minute[] = UPDATES.map(({ published }) => minuteOf(published));

/** Update → the one after the next of its line: when that is out, Microsoft has expired this one, and agents do not ask for it any more. */
export const EXPIRED_BY: ReadonlyMap<UpdateId, Minute> = new Map(
  UPDATES.flatMap(({ updateId }) => {
    const [, second] = UPDATES.filter(({ supersedes }) => supersedes.includes(updateId));
    return second ? [[updateId, minuteOf(second.published)]] : [];
  }),
);

/** What an update replaces. */
export const REPLACED: ReadonlyMap<UpdateId, readonly UpdateId[]> = new Map(
  UPDATES.map(({ updateId, supersedes }) => [updateId, supersedes]),
);
