import type { UpdateId } from '#domain/catalogue/revision.ts';
import { type Standings, standings } from '#domain/decide/standing.ts';
import { pauseAt } from '#domain/exception/hold.ts';
import { NOTHING_REPORTED, type ServerFacts } from '#domain/fleet/server.ts';
import { isTaskAlive } from '#domain/fleet/task-alive.ts';
import { isBefore, later } from '#domain/instants.ts';
import { findingsAhead, readinessFindings } from '#domain/readiness/readiness.ts';
import { silenceOf } from '#domain/rollout/silence.ts';
import type { NextTurn, Waiting } from '#domain/rollout/sweep.ts';
import type { DueMember } from '#server/store/campaigns/candidates.ts';
import type { HeldMember } from '#server/store/campaigns/members.ts';
import type { ReadinessOnRecord } from '#server/store/readiness-conditions.ts';
import type { Paced, TurnFinder } from './next-turn.ts';
import type { Work } from './work.ts';

/** A member that could go, with the window that it would go in; or why it is not asked. */
export type Readied = { readonly member: Waiting; readonly turn: NextTurn } | { readonly held: HeldMember };

/** What is held for a reason of its own is looked at again so much later. */
const AGAIN = { minutes: 10 };

/** Looks at one member that is due: whether something of the set could go in its next window, and whether it is ready for it. */
export function readyMember(
  work: Work,
  row: DueMember,
  onRecord: ReadinessOnRecord | undefined,
  updates: ReadonlyMap<UpdateId, Paced>,
  findTurn: TurnFinder,
): Readied {
  const { facts, at } = work;
  const server = serverOf(work, row, onRecord);
  const hold = (text: string): Readied => ({
    held: { serverId: row.serverId, code: 'wave.not-its-turn', text, dueAt: at.add(AGAIN) },
  });
  const clear = clearUpdates(standings(server, facts, at));
  const going = row.needed.filter((id) => clear.has(id));
  if (going.length === 0) return hold('No turn: nothing of the set that it needs can be offered to it now.');
  const task = isTaskAlive(row.settingsAt, at);
  const turn = findTurn(
    server,
    going.flatMap((id) => updates.get(id) ?? []),
    task,
  );
  if (!turn) return hold('No turn: it has no plan.');
  const { start } = turn.window;
  if (isBefore(at, turn.dueAt))
    return {
      held: {
        ...{ serverId: row.serverId, code: 'wave.not-its-turn', dueAt: turn.dueAt, isLater: true },
        text: `No turn yet: one can be given from ${turn.dueAt} on, for its window of ${start}.`,
      },
    };
  const silence = silenceOf(row, at);
  if (silence) return hold(silence);
  const pause = pauseAt(facts.pauses, server, later(start, at));
  if (pause) return hold(`No turn: ${pause.who} paused it until ${pause.ends}: ${pause.why}`);
  const missing = findingsAhead(server, start, at).filter(({ check }) => check !== 'failures');
  if (missing[0]) return hold(`No turn: it is not ready. ${missing.map(({ text }) => text).join(' ')}`);
  const failing = going.map((id) => readinessFindings(server, id, at).find(({ check }) => check === 'failures'));
  if (failing[0] && failing.every((finding) => finding !== undefined)) return hold(`No turn: ${failing[0].text}`);
  return { member: memberOf(row, task), turn };
}

function serverOf({ directory }: Work, row: DueMember, onRecord: ReadinessOnRecord | undefined): ServerFacts {
  const policy = directory.readinessPolicy(row.customerId ?? undefined);
  return {
    ...directory.serverFacts(row, NOTHING_REPORTED),
    ...(row.inventory ? { inventory: row.inventory } : {}),
    ...(onRecord ? { readiness: { policy, ...onRecord } } : {}),
  };
}

function memberOf(
  { serverId, dnsName, wave, releaseWeek, rank, groups, clusterRole, lastTold, lost }: DueMember,
  task: boolean,
): Waiting {
  return {
    ...{ serverId, name: dnsName, wave, releaseWeek, rank, groups, task, lost },
    ...(clusterRole === null ? {} : { passive: clusterRole === 'passive' }),
    ...(lastTold ? { lastTold } : {}),
  };
}

const known = new WeakMap<Standings, ReadonlySet<UpdateId>>();

/** The updates that only pause, wave, readiness and window can still hold; once for all servers that share the standings. */
function clearUpdates(all: Standings): ReadonlySet<UpdateId> {
  const found =
    known.get(all) ?? new Set(all.all.filter(({ clear }) => clear).map(({ update: { updateId } }) => updateId));
  known.set(all, found);
  return found;
}
