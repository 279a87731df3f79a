import type { Window } from '#domain/calendar/plan.ts';
import type { Check } from '#domain/readiness/readiness-policy.ts';
import type { HeldCode } from '#domain/rollout/campaign.ts';

/** The questions of the decision, in the order in which they are asked. */
export const QUESTIONS = [
  'catalogue',
  'approval',
  'licence-payload',
  'exception',
  'mode',
  'emergency',
  'release',
  'wave',
  'readiness',
  'window',
] as const;
export type Question = (typeof QUESTIONS)[number];

/** Every reason for which an update may be held; scripts rely on these names. */
export type ReasonCode =
  | 'catalogue.unknown'
  | 'catalogue.not-deployable'
  | 'catalogue.not-latest'
  | 'catalogue.not-published'
  | 'catalogue.expired'
  | 'catalogue.declined'
  | 'catalogue.superseded'
  | 'approval.not-approved'
  | 'approval.needs-review'
  | 'licence.eula-not-accepted'
  | 'payload.not-available'
  | 'exception.paused'
  | 'exception.braked'
  | 'exception.install-loop'
  | 'mode.unassigned'
  | 'mode.observe'
  | 'mode.no-plan'
  | 'release.not-yet'
  | HeldCode
  | 'wave.no-campaign'
  | `readiness.${Check}`
  | 'readiness.freeze'
  | 'readiness.own-hours'
  | 'window.not-yet'
  | 'window.closing';

/** Why an update is held: a coded value, what it is about, and when the answer changes by time alone. */
export interface Reason {
  readonly question: Question;
  readonly code: ReasonCode;
  /** One sentence for people, without the code. */
  readonly text: string;
  /** What it is about: a rule, an EULA, a file, a window, a successor. */
  readonly subject?: string;
  /** Absent: only a person or a new fact changes it. */
  readonly until?: Temporal.Instant;
}

/**
 * The answer for one server, one update, one instant. `phase` says where the instant lies: in the lead the client downloads and its
 * own schedule starts the installation, so there is no deadline; in the window there is one.
 */
export type Decision =
  | {
      readonly offered: true;
      readonly phase: 'lead' | 'window' | 'catch-up' | 'always';
      /**
       * In the window and when catching up: a client that scans now acts at once. In the lead only for a servicing stack update that never
       * restarts, and for definitions where the plan wants them daily. Not after a failure: an agent that retries hours later would act on
       * it outside the window, so the next try is that of its own schedule.
       */
      readonly deadline?: Temporal.Instant;
      /** The window that this offer aims at; absent for definitions, which go at each scan. */
      readonly window?: Window;
      /** When the offer ends by time alone. */
      readonly until?: Temporal.Instant;
      /** The rule or person that approved. */
      readonly approvedBy: string;
    }
  | {
      readonly offered: false;
      /** In the order of the questions; the first is the headline. Never empty. */
      readonly reasons: readonly [Reason, ...Reason[]];
      /** When all reasons that time alone can lift are gone; absent when some need a person or a fact. */
      readonly until?: Temporal.Instant;
    };
