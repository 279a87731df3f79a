import { isBefore } from '#domain/instants.ts';
import type { Held } from '#domain/rollout/campaign.ts';

/** A server that could be told to start now: a member of an open wave that has no turn. */
export interface Candidate {
  readonly serverId: string;
  readonly name: string;
  readonly wave: number;
  /** Order by roles within the wave; the lowest first. */
  readonly rank: number;
  /** Whether it has the settings task: it hears within minutes. */
  readonly task: boolean;
  /** Its cluster role is passive, where that is known at run time. */
  readonly passive?: boolean;
  readonly window: TurnWindow;
  /** Local date of the window's start: its night. */
  readonly night: string;
  /** Groups of which only so many go at a time. */
  readonly groups: readonly string[];
  /** Names of servers that go before it and are not verified. */
  readonly waitsFor: readonly string[];
  /** Neighbours in the dependency graph that hold a seat now. */
  readonly beside: readonly string[];
  /** Names of all that it depends on directly, or that depend on it: no two of them are told together. */
  readonly neighbours?: readonly string[];
  readonly lastTold?: Temporal.Instant;
  /** Windows that it lost to others of its groups since then. */
  readonly lost?: number;
}

/** The one window for which a turn is given. */
export interface TurnWindow {
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  /** From here on nothing can begin in it. */
  readonly lastOffer: Temporal.Instant;
  /** Until when this offer can be served, a catch-up included. */
  readonly until: Temporal.Instant;
}

/** How a group stands over all campaigns. */
export interface GroupStanding {
  readonly atOnce: number;
  /** Names of members that hold a seat, or may be down. */
  readonly holders: readonly string[];
  /** Nights for which a member was told already. */
  readonly nights: ReadonlySet<string>;
  /** The member that lost the most windows to the others, and when it is due again: until it had its chance, they give way to it. */
  readonly reserved?: { readonly name: string; readonly lost: number; readonly from: Temporal.Instant };
}

/** Who lost more windows comes first. */
export function byLost(
  a: { readonly name: string; readonly lost: number },
  b: { readonly name: string; readonly lost: number },
): number {
  return b.lost - a.lost || (a.name < b.name ? -1 : 1);
}

/** What is taken. A group that is not listed has nobody down and lets one go at a time. */
export interface Occupancy {
  /** Free seats by wave. */
  readonly seats: ReadonlyMap<number, number>;
  readonly groups: ReadonlyMap<string, GroupStanding>;
}

/** Who is told to start, in order, and why each of the others waits (by server id). */
export interface TurnsGiven {
  readonly given: readonly Candidate[];
  readonly held: ReadonlyMap<string, Held>;
}

/**
 * Gives turns: by wave, then rank, the passive node first, then who was not told for the longest time, then by name. A server is told when
 * its wave has a free seat, each of its groups has room, all that goes before it is verified, no neighbour holds a seat, and its window can
 * still take it. One without the settings task must know before its window opens, and is alone of its groups in its night: nobody could
 * wait for the end of another within the window.
 */
export function giveTurns(candidates: readonly Candidate[], occupancy: Occupancy, at: Temporal.Instant): TurnsGiven {
  const seats = new Map(occupancy.seats);
  const groups = new Map<string, GroupNow>();
  const groupNow = (name: string): GroupNow => {
    const known = groups.get(name);
    if (known) return known;
    const standing = occupancy.groups.get(name);
    const fresh: GroupNow = {
      atOnce: standing?.atOnce ?? 1,
      holders: new Set(standing?.holders),
      nights: new Set(standing?.nights),
      reserved: standing?.reserved,
    };
    groups.set(name, fresh);
    return fresh;
  };
  const given: Candidate[] = [];
  const names = new Set<string>();
  const held = new Map<string, Held>();
  for (const candidate of candidates.toSorted(byPrecedence)) {
    const free = seats.get(candidate.wave) ?? 0;
    const mine = candidate.groups.map((name): [string, GroupNow] => [name, groupNow(name)]);
    const reason =
      whyLate(candidate, at) ?? whyOrder(candidate, names) ?? whyGroup(candidate, mine, at) ?? whySeats(free);
    if (reason) {
      held.set(candidate.serverId, reason);
      continue;
    }
    given.push(candidate);
    names.add(candidate.name);
    seats.set(candidate.wave, free - 1);
    for (const [, group] of mine) {
      group.holders.add(candidate.name);
      group.nights.add(candidate.night);
    }
  }
  return { given, held };
}

interface GroupNow {
  readonly atOnce: number;
  readonly holders: Set<string>;
  readonly nights: Set<string>;
  readonly reserved: GroupStanding['reserved'];
}

function byPrecedence(a: Candidate, b: Candidate): number {
  return (
    a.wave - b.wave ||
    a.rank - b.rank ||
    Number(b.passive ?? false) - Number(a.passive ?? false) ||
    byLastTold(a.lastTold, b.lastTold) ||
    (a.name < b.name ? -1 : 1)
  );
}

function byLastTold(a: Temporal.Instant | undefined, b: Temporal.Instant | undefined): number {
  if (a && b) return Temporal.Instant.compare(a, b);
  return Number(a !== undefined) - Number(b !== undefined);
}

function whyLate({ task, window }: Candidate, at: Temporal.Instant): Held | undefined {
  if (!isBefore(at, window.lastOffer)) {
    return {
      code: 'wave.not-its-turn',
      text: 'No turn yet: too little of its window is left; its next window is asked next.',
    };
  }
  if (task || isBefore(at, window.start)) return undefined;
  return {
    code: 'wave.not-its-turn',
    text: 'No turn yet: its window is open, and without the settings task it would not hear in time; its next window is asked next.',
  };
}

function whyOrder({ waitsFor, beside: now, neighbours = [] }: Candidate, given: ReadonlySet<string>): Held | undefined {
  if (waitsFor.length > 0) {
    return { code: 'order.dependency', text: `It goes after ${some(waitsFor)}, not verified yet.`, ...about(waitsFor) };
  }
  const beside = [...now, ...neighbours.filter((name) => given.has(name))];
  if (beside.length > 0) {
    const text = `It depends on ${some(beside)}, or the other way round, and that is at its turn now.`;
    return { code: 'order.dependency', text, ...about(beside) };
  }
}

/** Until a server is verified that installs at the end of its offer: with the settings task within the hour, else at its next scan. */
const RETURN = { task: { hours: 2 }, agent: { hours: 26 } };
/** So long after it is due, a member that gave no use to its reservation has lost it. */
const RESERVED = { hours: 1 };

/** Whether the seat of a candidate would reach into the turn of a member that lost more windows than it did. */
function givesWay({ name, task, lost = 0, window }: Candidate, { reserved }: GroupNow, at: Temporal.Instant): boolean {
  if (!reserved || reserved.name === name || byLost({ name, lost }, reserved) < 0) return false;
  const back = window.until.add(task ? RETURN.task : RETURN.agent);
  return isBefore(reserved.from, back) && isBefore(at, reserved.from.add(RESERVED));
}

function whyGroup(candidate: Candidate, groups: readonly [string, GroupNow][], at: Temporal.Instant): Held | undefined {
  const { name, task, night } = candidate;
  for (const [group, now] of groups) {
    const { atOnce, holders, nights, reserved } = now;
    const others = [...holders].filter((holder) => holder !== name);
    if (others.length + 2 > atOnce && givesWay(candidate, now, at)) {
      const text = `It gives way to ${reserved?.name} of the group "${group}", which lost its last window to the others.`;
      // Not `order.group`: who gives way has lost nothing, or two would give way to one another for ever.
      return { code: 'wave.not-its-turn', text, subject: group };
    }
    if (others.length >= atOnce) {
      const text = `Of the group "${group}" ${atOnce} may go at a time, and ${some(others)} ${others.length === 1 ? 'is' : 'are'} not verified yet.`;
      return { code: 'order.group', text, subject: group };
    }
    if (!task && nights.has(night) && !holders.has(name)) {
      const text = `Another of the group "${group}" has its turn in the night of ${night}; without the settings task only one goes in a night.`;
      return { code: 'order.own-night', text, subject: group };
    }
  }
}

function whySeats(free: number): Held | undefined {
  if (free > 0) return undefined;
  return {
    code: 'wave.seats',
    text: 'All seats of its wave are taken: as many servers as may go at once are told and not verified yet.',
  };
}

/** Names are quoted up to so many. */
const NAMED = 5;

function some(names: readonly string[]): string {
  const more = names.length - NAMED;
  return more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${more} more` : names.join(', ');
}

function about([first]: readonly string[]): { subject?: string } {
  return first === undefined ? {} : { subject: first };
}
