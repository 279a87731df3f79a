import { type OfferTimes, offerTimes } from '#domain/calendar/offer-times.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { earlier, isBefore, later } from '#domain/instants.ts';
import type { Campaign, MemberState } from '#domain/rollout/campaign.ts';
import type { DependencyOrder } from '#domain/rollout/order.ts';
import type { Candidate, TurnWindow } from '#domain/rollout/turns.ts';

// What stands between the rows of a campaign and `giveTurns`. One sweep, for each member that waits and whose wave and week `mayGo`:
// `nextTurn` says for which window it can be told and from when on it is due; `candidateOf` adds who goes before it and who is beside it.

/** Where a server stands in a campaign. */
export interface Position {
  /** Absent: no rule places it. */
  readonly wave?: number;
  readonly releaseWeek: number;
  readonly state: MemberState;
}

/** Whether members of a wave and release week can be told at all: their wave is open or passed, and so is the gate before their week. */
export function mayGo(
  { plan, waves, weeks }: Pick<Campaign, 'plan' | 'waves' | 'weeks'>,
  { wave, releaseWeek }: Pick<Position, 'wave' | 'releaseWeek'>,
): boolean {
  const state = wave === undefined ? undefined : waves[wave]?.state;
  if (state !== 'open' && state !== 'passed') return false;
  return !plan.weekGate || releaseWeek === 1 || weeks.get(releaseWeek)?.state === 'passed';
}

/** The window for which a server can be told next. */
export interface NextTurn {
  readonly window: TurnWindow;
  /** Local date of the window's start. */
  readonly night: string;
  /** When its turn is given at the earliest: when its offer begins, and a little before the window where there is no lead. */
  readonly dueAt: Temporal.Instant;
}

/** Where offers begin only with the window, a turn is given so long before it: it must be there when the first server asks. */
const AHEAD = { hours: 1 };

/**
 * The first window of a plan for which a server can still be told at an instant, not beginning before `release`: with the settings task one
 * that still takes a run, without it one that has not opened.
 */
export function nextTurn(
  { plan, zone, task }: { readonly plan: Plan; readonly zone: string; readonly task: boolean },
  release: Temporal.Instant,
  at: Temporal.Instant,
): NextTurn {
  const windows = windowsFrom(plan, zone, later(release, at));
  for (;;) {
    const { value: window } = windows.next();
    const times = offerTimes(plan, window);
    if (isBefore(window.start, release) || !isBefore(at, task ? times.lastOffer : times.start)) continue;
    const { start, end, lastOffer, leadFrom } = times;
    return {
      window: { start, end, lastOffer, until: times.catchUpUntil ? catchUpEnd(plan, times, windows) : lastOffer },
      night: start.toZonedDateTimeISO(zone).toPlainDate().toString(),
      dueAt: earlier(leadFrom, start.subtract(AHEAD)),
    };
  }
}

/** The offer of the next window ends a catch-up. */
function catchUpEnd(plan: Plan, { catchUpUntil, end }: OfferTimes, following: ReturnType<typeof windowsFrom>) {
  return earlier(catchUpUntil ?? end, offerTimes(plan, following.next().value).leadFrom);
}

/** Who stands around a server in the dependencies. */
export interface Neighbours {
  /** Those that go before it. */
  readonly before: readonly string[];
  /** Those that go before or after it. */
  readonly direct: readonly string[];
  /** The same, and the others of its cycle: none of them is down while it is. */
  readonly beside: readonly string[];
  /** The group of a cycle's members: they go one at a time. */
  readonly groups: readonly string[];
}

/** The neighbours of every server that has any; made once for an inventory. */
export function neighbourhoods({ before, cycleOf }: DependencyOrder): ReadonlyMap<string, Neighbours> {
  const after = new Map<string, string[]>();
  for (const [name, others] of before) {
    for (const other of others) {
      const known = after.get(other);
      if (known) known.push(name);
      else after.set(other, [name]);
    }
  }
  const cycles = Map.groupBy(cycleOf.keys(), (name) => cycleOf.get(name));
  const names = new Set([...before.keys(), ...after.keys(), ...cycleOf.keys()]);
  return new Map(
    [...names].map((name): [string, Neighbours] => {
      const first = before.get(name) ?? [];
      const direct = [...first, ...(after.get(name) ?? [])];
      const cycle = cycleOf.get(name);
      const mates = cycle === undefined ? [] : (cycles.get(cycle) ?? []);
      return [
        name,
        {
          before: first,
          direct,
          // The members of a large cycle share one list.
          beside: direct.length === 0 ? mates : mates.length === 0 ? direct : [...direct, ...mates],
          groups: cycle === undefined ? [] : [`cycle:${cycle}`],
        },
      ];
    }),
  );
}

/** A member that waits, and may go. */
export interface Waiting
  extends Pick<Candidate, 'serverId' | 'name' | 'rank' | 'task' | 'passive' | 'groups' | 'lastTold' | 'lost'> {
  readonly wave: number;
  readonly releaseWeek: number;
}

/** What is known of the servers around it. */
export interface Surroundings {
  readonly neighbours: ReadonlyMap<string, Neighbours>;
  /** The place of another server, by its name, in the same campaign. */
  readonly positionOf: (name: string) => Position | undefined;
  /** Whether a server holds a seat in any campaign, or may be down. */
  readonly holds: (name: string) => boolean;
  /** Whether the plan has gates between release weeks. */
  readonly weekGates: boolean;
}

/**
 * A waiting member as `giveTurns` wants it. It waits for those that go before it and are not verified, unless they stand behind a gate that
 * this one stands before: what tests an update first cannot wait for what is tested by it. Such neighbours are still never down together.
 */
export function candidateOf(member: Waiting, turn: NextTurn, around: Surroundings): Candidate {
  const { before = [], direct = [], beside = [], groups = [] } = around.neighbours.get(member.name) ?? {};
  const isAwaited = (name: string): boolean => {
    const other = around.positionOf(name);
    if (!other || other.wave === undefined || other.state === 'verified' || other.state === 'not-needed') return false;
    return other.wave <= member.wave && (!around.weekGates || other.releaseWeek <= member.releaseWeek);
  };
  const { releaseWeek: _, ...rest } = member;
  return {
    ...rest,
    window: turn.window,
    night: turn.night,
    groups: groups.length === 0 ? member.groups : [...member.groups, ...groups],
    waitsFor: before.filter(isAwaited),
    neighbours: direct,
    beside: beside.filter((name) => name !== member.name && around.holds(name)),
  };
}
