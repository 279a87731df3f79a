import { nightlyHour } from '#domain/calendar/nightly-hour.ts';
import { offerTimes } from '#domain/calendar/offer-times.ts';
import type { Plan } from '#domain/calendar/plan.ts';
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
 * the server's own hour and at the end of the slot.
 */
export function* taskScans(
  plan: Plan,
  zone: string,
  clientId: string,
  from: Temporal.Instant,
): Generator<Temporal.Instant, never, undefined> {
  const isPast = (at: Temporal.Instant) => Temporal.Instant.compare(at, from) < 0;
  const spread = plan.kind === 'nightly' ? nightlyHour(plan, clientId) - plan.hour : 0;
  for (const window of windowsFrom(plan, zone, from)) {
    const { start, end } = offerTimes(plan, window);
    const before = plan.kind === 'nightly' ? [] : [start.subtract({ hours: 24 })];
    for (const at of [...before, start.add({ hours: spread }), end]) if (!isPast(at)) yield at;
  }
  throw new Error('windows never end');
}
