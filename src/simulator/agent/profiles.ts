import type { Plan } from '#domain/calendar/plan.ts';
import { installTimeOf } from '#domain/windows/install-time.ts';
import { planPolicy, seedPolicy } from '#domain/windows/policy-values.ts';
import { type PolicyValues, policyValues } from './registry.ts';

/** Our own profile for a plan, as the bootstrap writes it. `clientId` spreads the servers of a nightly plan over its slot. */
export function planProfile(plan: Plan, wuServer: string, clientId: string): PolicyValues {
  return policyValues(planPolicy({ wuServer, time: installTimeOf(plan, clientId), strict: false }));
}

/** The values with which the service of the seeds enrols its servers: every night at 02:00, whatever the customer chose. */
export function seedProfile(wuServer: string): PolicyValues {
  return policyValues(seedPolicy({ wuServer, time: { day: 0, hour: 2, windowMinutes: 180 } }));
}

/** A schedule that somebody made by hand. `day`: 0 every day, 1 Sunday … 7 Saturday. */
export function handMadeProfile(wuServer: string, day: number, hour: number): PolicyValues {
  const schedule = { AUOptions: 4, NoAutoUpdate: 0, ScheduledInstallDay: day, ScheduledInstallTime: hour };
  return new Map([...bareProfile(wuServer), ...named(schedule)]);
}

/** Nothing but the address: such a server asks and downloads, and installs nothing by itself. */
export function bareProfile(wuServer: string): PolicyValues {
  return named({ WUServer: wuServer, WUStatusServer: wuServer, UseWUServer: 1 });
}

function named(values: Readonly<Record<string, number | string>>): PolicyValues {
  return new Map(Object.entries(values).map(([name, data]) => [name.toLowerCase(), data]));
}
