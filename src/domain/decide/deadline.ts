import type { Plan } from '#domain/calendar/plan.ts';
import { releaseAt } from '#domain/calendar/release-week.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import type { Phase } from '#domain/decide/phase.ts';
import { isBefore } from '#domain/instants.ts';

/** What of an update decides when it goes in: most wait for the window. */
export interface Pace {
  /** A definition update: offered at each scan, whatever the window. */
  readonly definition: boolean;
  /** A servicing stack update that never restarts: it goes ahead of what needs it, in the lead. */
  readonly ahead: boolean;
  /** Nothing of it ever restarts the server. */
  readonly quiet: boolean;
}

/**
 * The deadline of an offer, always in the past or present, so that a client that hears of it acts at once; undefined: the client's own
 * schedule starts the installation.
 */
export function deadlineOf(
  { definition, ahead, quiet }: Pace,
  { published }: Revision,
  plan: Plan,
  zone: string,
  phase: Phase,
): Temporal.Instant | undefined {
  if (phase.name === 'window' || phase.name === 'catch-up') return phase.window.start;
  // A lead that begins before the update is released for the plan is too early for it: then the window it is.
  if (ahead && phase.name === 'lead' && !isBefore(phase.since, releaseAt(plan, zone, published))) return phase.since;
  return definition && quiet && plan.definitions === 'daily' ? published : undefined;
}
