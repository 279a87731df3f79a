import type { Plan } from '#domain/calendar/plan.ts';
import { isBefore } from '#domain/instants.ts';
import type { Period } from '../agent/habits.ts';
import type { InstallTrigger } from '../agent/log-entry.ts';
import type { Placement } from '../demo/placement.ts';
import type { YearServer } from './year-fleet.ts';

/** Why an installation lay where the plan does not want it. `unexplained`: nothing that is known of the server explains it. */
export const CAUSES = {
  'by-hand': 'a person installed what was downloaded',
  'missed-schedule': 'the schedule was missed while the server was off, and made up for after its start',
  'clock-skew': "the server's own clock is wrong",
  'plan-changed': 'the plan changed, and the registry still has the former one',
  'seed-schedule': 'the profile of the seeds installs every night at 02:00, whatever the plan',
  'hand-made-schedule': 'somebody made the schedule by hand',
  'retry-after-failure': 'the agent tried again after a failure, with a deadline that it remembered',
  'off-over-window': 'the server was off when its window ended, and woke with a deadline that it remembered',
  'taken-back-too-late': 'the agent had not asked again since the offer was taken back',
  'restart-put-off': 'the restart came long after the installation: Windows or a logged-on user put it off',
  'switched-off': 'the server was switched off between installation and restart',
  'began-late': 'the agent heard of the offer shortly before it ended, and needed longer than the plan expects',
  unexplained: 'nothing that is known explains it',
} as const;

export type Cause = keyof typeof CAUSES;

/** What is known of an installation that lay outside. */
export interface Circumstances {
  readonly server: YearServer;
  readonly placement: Placement;
  readonly trigger: InstallTrigger;
  readonly startedAt: Temporal.Instant;
  readonly installedAt: Temporal.Instant;
  /** When the machine went down for the restart, or when everything had ended. */
  readonly downFrom: Temporal.Instant;
  /** When everything had ended, restart included. */
  readonly finishedAt: Temporal.Instant;
  /** When the last attempt at the same update before failed. */
  readonly failedAt: Temporal.Instant | undefined;
  /** When the service told the server of it. */
  readonly toldAt: Temporal.Instant | undefined;
  /** Does a plan allow a start at an instant? */
  readonly allows: (plan: Plan, at: Temporal.Instant) => boolean;
}

/** The cause of an installation outside, by what the simulator knows of the server and the service does not. */
export function causeOf(circumstances: Circumstances): Cause {
  const { server, placement, trigger, startedAt, allows } = circumstances;
  if (placement === 'overrun') {
    const cause = overrunCause(circumstances);
    if (cause !== undefined) return cause;
  }
  if (trigger === 'person') return 'by-hand';
  if (trigger === 'missed-schedule') return 'missed-schedule';
  const { clockSkew } = server.habits;
  const inForce = planAt(server, startedAt);
  if (clockSkew !== 0 && allows(inForce, startedAt.add({ minutes: clockSkew }))) return 'clock-skew';
  if (server.plans.some(({ from, plan }) => plan !== inForce && isBefore(from, startedAt) && allows(plan, startedAt))) {
    return 'plan-changed';
  }
  return trigger === 'deadline' ? deadlineCause(circumstances) : scheduleCause(server, startedAt);
}

/** Longer than any restart that follows its installation by policy. */
const RESTART_IN_TIME = { hours: 1 };

function overrunCause({ server, installedAt, downFrom, finishedAt, startedAt }: Circumstances): Cause | undefined {
  if (server.habits.off.some((period) => overlaps(period, startedAt, finishedAt))) return 'switched-off';
  return isBefore(installedAt.add(RESTART_IN_TIME), downFrom) ? 'restart-put-off' : undefined;
}

function scheduleCause(server: YearServer, startedAt: Temporal.Instant): Cause {
  if (!server.task) {
    if (server.profile.kind === 'seed') return 'seed-schedule';
    if (server.profile.kind === 'hand-made') return 'hand-made-schedule';
    if (server.plans.some(({ from }, index) => index > 0 && isBefore(from, startedAt))) return 'plan-changed';
  }
  return wasUnreachable(server, startedAt) ? 'taken-back-too-late' : 'unexplained';
}

/** Longest time for which a failed attempt keeps an agent trying. */
const FAILURE_REMEMBERED = { hours: 48 };

function deadlineCause({ server, startedAt, failedAt, toldAt, placement }: Circumstances): Cause {
  if (failedAt !== undefined && isBefore(startedAt.subtract(FAILURE_REMEMBERED), failedAt))
    return 'retry-after-failure';
  if (toldAt !== undefined && server.habits.off.some((period) => overlaps(period, toldAt, startedAt))) {
    return 'off-over-window';
  }
  if (placement === 'overrun') return 'began-late';
  return wasUnreachable(server, startedAt) ? 'taken-back-too-late' : 'unexplained';
}

/** Longest time between two scans of an agent that reaches its service, and of one that has to try again. */
const REMEMBERED = { hours: 36 };

function wasUnreachable({ habits }: YearServer, startedAt: Temporal.Instant): boolean {
  const since = startedAt.subtract(REMEMBERED);
  return [...habits.networkLost, ...habits.off].some((period) => overlaps(period, since, startedAt));
}

function overlaps({ from, to }: Period, begin: Temporal.Instant, end: Temporal.Instant): boolean {
  return isBefore(from, end) && isBefore(begin, to);
}

/** The plan that a customer had chosen at an instant. */
export function planAt({ plans }: YearServer, at: Temporal.Instant): Plan {
  const period = plans.findLast(({ from }) => !isBefore(at, from)) ?? plans[0];
  if (period === undefined) throw new Error('a server of the year has a plan');
  return period.plan;
}
