import type { Plan } from '#domain/calendar/plan.ts';
import { identityOf } from '#domain/decide/identity.ts';

/**
 * What tells plans apart: equal keys mean equal windows. A calendar may have a thousand freezes, so it is told by a number of its own, not
 * by its content: the directory gives the same object to all servers that the same calendars reach.
 */
export function planKey(bound: Plan | undefined): unknown {
  if (!bound) return 0;
  const { calendar, ...plan } = bound;
  return [plan, calendar ? identityOf(calendar) : 0];
}
