import type { Letter } from '#domain/notice/letters.ts';
import type { GateFigures } from '#domain/rollout/campaign.ts';

/** A gate that somebody is asked about. */
export interface AskedGate {
  readonly customer: string;
  /** E.g. `2025-10 #1`. */
  readonly campaign: string;
  /** What the gate stands behind or before: a wave, or a release week. */
  readonly gate: string;
  readonly why: 'time-out' | 'escalation' | 'failed';
  /** Why it waits or failed. */
  readonly line: string;
  readonly figures: GateFigures;
}

const SUBJECTS = {
  'time-out': 'waits for longer than planned',
  escalation: 'still waits, and nobody has acted',
  failed: 'failed: the campaign is stopped',
} as const;

const ADVICE = {
  'time-out':
    'Look at what it waits for: servers that are silent, an open incident, an owner’s word, or a person’s go. It goes on by itself when its conditions hold.',
  escalation:
    'Those who were asked first have not brought it on. See what it waits for, and who acts: an owner’s word, a person’s go, or the end of an incident.',
  failed:
    'Nothing of it is served any more. Look at the servers that failed; then release them and resume the campaign, or close it.',
} as const;

/** Tells those whom a gate names that it waits or failed, with its figures. */
export function gateLetter({ customer, campaign, gate, why, line, figures }: AskedGate): Letter {
  const { servers, needing, told, verified, failed, incidents } = figures;
  return {
    subject: `${customer}: ${campaign}, gate of "${gate}" ${SUBJECTS[why]}`,
    body: [
      `Campaign ${campaign} of ${customer}, gate of "${gate}": ${line}`,
      [
        `Servers: ${servers}, of which ${needing} need the updates`,
        `Verified: ${verified}, told to start: ${told}, failed: ${failed}`,
        `Open incidents since it opened: ${incidents}`,
      ].join('\n'),
      `${ADVICE[why]}\n`,
    ].join('\n\n'),
  };
}
