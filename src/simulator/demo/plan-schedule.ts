import { nightlyHour } from '#domain/calendar/nightly-hour.ts';
import type { Plan, Window } from '#domain/calendar/plan.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { type AgentPolicy, createPolicy } from '../agent/policy.ts';

/**
 * The Windows Update policy that belongs to a plan: the day and the hour at which its windows open, in the server's own zone. Nightly
 * plans spread their servers over the night. Without a plan: every day at 03:00, as Windows itself proposes.
 */
export function planPolicy(plan: Plan | undefined, wuServer: string, clientId: string): AgentPolicy {
  if (plan === undefined) return createPolicy(wuServer);
  if (plan.kind === 'nightly') {
    return createPolicy(wuServer, { scheduledInstallDay: 0, scheduledInstallTime: nightlyHour(plan, clientId) });
  }
  // The policy's week begins with Sunday = 1.
  return createPolicy(wuServer, { scheduledInstallDay: (plan.weekday % 7) + 1, scheduledInstallTime: plan.hour });
}

/**
 * When the settings task starts a scan, without end: 24 hours before each window, at its start and at its end; for nightly plans at
 * the server's own hour.
 */
export function* taskScans(
  plan: Plan,
  zone: string,
  clientId: string,
  from: Temporal.Instant,
): Generator<Temporal.Instant, never, undefined> {
  for (const window of windowsFrom(plan, zone, from)) {
    for (const at of scansOf(plan, window, clientId)) if (Temporal.Instant.compare(at, from) >= 0) yield at;
  }
  throw new Error('windows never end');
}

function scansOf(plan: Plan, { start, end }: Window, clientId: string): readonly Temporal.Instant[] {
  if (plan.kind === 'nightly') return [start.add({ hours: nightlyHour(plan, clientId) - plan.hour })];
  return [start.subtract({ hours: 24 }), start, end];
}
