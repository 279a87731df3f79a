import type { Window } from '#domain/calendar/plan.ts';
import { releaseAt } from '#domain/calendar/release-week.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { forUpdate } from '#domain/decide/kind-plan.ts';
import { paceOf } from '#domain/decide/questions.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';

/** What a server was told of an update, as its offer has it. */
export interface Told {
  readonly toldAt: Temporal.Instant;
  readonly deadline: Temporal.Instant | null;
  readonly withdrawnAt: Temporal.Instant | null;
}

/** What the agent said of an installation. */
export interface Installed {
  readonly at: Temporal.Instant;
  /** The instant at which its restart has still to come; absent: it is complete. */
  readonly waitsSince?: Temporal.Instant;
}

/** Why an installation can lie outside of the windows of the plan. */
export interface Outside {
  readonly code:
    | 'outside.not-offered'
    | 'outside.told-since'
    | 'outside.after-withdrawal'
    | 'outside.kept-deadline'
    | 'outside.own-schedule'
    | 'outside.restart-to-come'
    | 'outside.no-plan';
  readonly text: string;
}

/** Longer than a window, and than a catch-up after it. */
const LOOK_BACK = { hours: 24 * 12 };

/**
 * Says of an installation that was reported for an instant whether it lies outside of the windows that the server has now, or in one
 * before the update's release for its plan, and what explains it; undefined when it lies inside, was catching up, or is of a kind that goes in at any hour. The agent's word is a claim, and
 * the plan of today may not be the one of then.
 */
export function outsideOf(
  known: ServerFacts,
  update: Revision,
  { at: installedAt, waitsSince }: Installed,
  told: Told | undefined,
  facts: Facts,
): Outside | undefined {
  const server = forUpdate(known, update, facts);
  const pace = paceOf(update, facts);
  if ((pace.definition || pace.ahead) && pace.quiet) return undefined;
  if (!server.plan)
    return { code: 'outside.no-plan', text: 'The server has no plan, so that nothing of ours started it.' };
  const window = windowOf(server, installedAt);
  const release = releaseAt(server.plan, server.zone, update.published);
  if (window && !isBefore(window.start, release)) {
    if (!waitsSince || isBefore(waitsSince, window.end)) return undefined;
    const text = 'It was installed in its window, and the restart that completes it did not follow there.';
    return { code: 'outside.restart-to-come', text };
  }
  if (!told) {
    return { code: 'outside.not-offered', text: 'It was never offered: somebody or something else installed it.' };
  }
  if (isBefore(installedAt, told.toldAt)) {
    return {
      code: 'outside.told-since',
      text: `What it was told last, at ${told.toldAt}, came after; the record has what it had been told by then.`,
    };
  }
  if (told.withdrawnAt && isBefore(told.withdrawnAt, installedAt)) {
    return {
      code: 'outside.after-withdrawal',
      text: `It was offered from ${told.toldAt} to ${told.withdrawnAt} only: the agent, or somebody, used what was downloaded.`,
    };
  }
  if (told.deadline) {
    return {
      code: 'outside.kept-deadline',
      text: `It was told at ${told.toldAt} with the deadline ${told.deadline}, and kept it: an agent that cannot act in the window acts later.`,
    };
  }
  return {
    code: 'outside.own-schedule',
    text: `It was told at ${told.toldAt} to download, without a deadline: the schedule in its registry is not that of its plan, its clock is wrong, or somebody installed it by hand.`,
  };
}

/** The window of the plan in which an instant lies, its catch-up included. */
function windowOf({ plan, zone }: ServerFacts, at: Temporal.Instant): Window | undefined {
  if (!plan) return undefined;
  const longest = plan.missed.kind === 'catch-up' ? plan.missed.hours : 0;
  for (const window of windowsFrom(plan, zone, at.subtract(LOOK_BACK))) {
    if (isBefore(at, window.start)) return undefined;
    if (isBefore(at, window.end.add({ hours: longest }))) return window;
  }
}
