import { isBefore } from '#domain/instants.ts';
import type { MemberState } from '#domain/rollout/campaign.ts';

/** A server in a campaign, as it stands. */
export interface Member {
  readonly state: MemberState;
  readonly toldAt?: Temporal.Instant;
  /** Until when the offer that it was told can be served, a catch-up included. */
  readonly toldUntil?: Temporal.Instant;
}

/** What a server's agent said about the updates of the set. */
export interface MemberEvidence {
  /** Some update of it is needed. */
  readonly needed: boolean;
  /** The installation of one failed. */
  readonly failed: boolean;
  /** When it last failed; absent: not known. */
  readonly failedAt?: Temporal.Instant;
  /** One is installed up to its restart. */
  readonly pendingRestart: boolean;
  /** Some update of it is installed. */
  readonly installed: boolean;
  /** An offer of the set was told and not taken back. */
  readonly outstanding: boolean;
  /** The latest status report that came of a scan after the set last grew; absent: none yet, so nothing is shown either way. */
  readonly statusAt?: Temporal.Instant;
  /** When an event of the set last asked for a restart. */
  readonly restartAskedAt?: Temporal.Instant;
  /** Its latest boot on record. */
  readonly restartedAt?: Temporal.Instant;
  /** When somebody who knows last told when it booted; absent: nobody does. */
  readonly bootToldAt?: Temporal.Instant;
}

/** Where a member stands now, since when if that is new, and why. */
export interface Progress {
  readonly state: MemberState;
  readonly since?: Temporal.Instant;
  readonly text: string;
}

/**
 * Where a member stands by the latest words of its agent. Verified: all of the set that it needed is installed, and a restart that was
 * asked for is on record. A failed one keeps its seat until it is verified; a told one until its offer is over and nothing of it is
 * outstanding. Who needs something again, or has not reported since the set grew, waits again: what it showed was of another set.
 */
export function progressOf(member: Member, said: MemberEvidence, at: Temporal.Instant): Progress {
  const { state } = member;
  if (said.statusAt && isDone(said)) return done(member, said, said.statusAt);
  if (state === 'told' && hasFailed(member, said)) {
    return { state: 'failed', since: said.failedAt ?? said.statusAt ?? at, text: 'an installation failed' };
  }
  if (state === 'told' && isOver(member, said, at)) {
    return { state: 'waiting', since: at, text: 'its window is over and it was not installed' };
  }
  if (state === 'verified' || state === 'not-needed') {
    if (!said.statusAt)
      return { state: 'waiting', since: at, text: 'the set has grown, and it has not reported since' };
    if (said.needed || said.failed || said.pendingRestart)
      return { state: 'waiting', since: said.statusAt, text: 'something of the set is needed again' };
  }
  return { state, text: standing(state, said) };
}

/** Nothing of the set is left to do. */
function isDone(said: MemberEvidence): boolean {
  return !said.needed && !said.failed && !said.pendingRestart && !restartOpen(said);
}

function done({ state }: Member, { installed }: MemberEvidence, statusAt: Temporal.Instant): Progress {
  const now = installed ? 'verified' : state === 'failed' ? 'failed' : 'not-needed';
  const text = {
    verified: 'installed and verified',
    failed: 'not installed, and not needed any more',
    'not-needed': 'nothing of the set is needed',
  }[now];
  return now === state ? { state, text } : { state: now, since: statusAt, text };
}

/** A failure before it was told is that of an earlier try. */
function hasFailed({ toldAt }: Member, { failed, failedAt, statusAt }: MemberEvidence): boolean {
  const last = failedAt ?? statusAt;
  return failed && (toldAt === undefined || last === undefined || !isBefore(last, toldAt));
}

function isOver({ toldUntil }: Member, said: MemberEvidence, at: Temporal.Instant): boolean {
  if (toldUntil === undefined || isBefore(at, toldUntil)) return false;
  return !said.outstanding && !said.pendingRestart && !restartOpen(said);
}

/**
 * A restart was asked for, and no later boot is on record. Where nobody has told of boots since, the agent's next status report stands for
 * it: an agent calls nothing installed that still waits for a restart.
 */
function restartOpen({ restartAskedAt, restartedAt, bootToldAt, statusAt, pendingRestart }: MemberEvidence): boolean {
  if (!restartAskedAt || (restartedAt && isBefore(restartAskedAt, restartedAt))) return false;
  const isTold = bootToldAt !== undefined && isBefore(restartAskedAt, bootToldAt);
  return isTold || pendingRestart || !statusAt || !isBefore(restartAskedAt, statusAt);
}

function standing(state: MemberState, said: MemberEvidence): string {
  if (said.pendingRestart || restartOpen(said)) return 'installed, its restart is still to come';
  switch (state) {
    case 'waiting':
      return 'waits for its turn';
    case 'told':
      return 'told to start';
    case 'failed':
      return 'failed, and not verified since';
    case 'verified':
      return 'installed and verified';
    case 'not-needed':
      return 'nothing of the set is needed';
  }
}
