import type { Plan } from '#domain/calendar/plan.ts';

/** The hour at which nightly plans open, and how long: 01:00 to 05:00. */
export const NIGHTLY_SLOT = { hour: 1, windowMinutes: 240, leadHours: 0 } as const;

/** What a person chooses of a plan; the rest follows from it. */
export type PlanChoice = Pick<Plan, 'name'> & { readonly [K in keyof Plan]?: Plan[K] | undefined };

/**
 * A whole plan from what was chosen. Without more: weekly, default week, Sunday 02:00 for four hours, 48 hours of lead, follow-up
 * windows, which also take what was missed. Soak follows the release week (1, 8, 15, 22 days); nightly plans have the slot 01:00–05:00, no lead, and release in week 4.
 * The result is only as valid as the choice: what comes from outside goes through `checkPlan`.
 */
export function makePlan(choice: PlanChoice): Plan {
  const kind = choice.kind ?? 'weekly';
  const slot = kind === 'nightly' ? NIGHTLY_SLOT : { hour: 2, windowMinutes: 240, leadHours: 48 };
  const releaseWeek = choice.releaseWeek ?? (kind === 'nightly' ? 4 : 2);
  const missed = choice.missed ?? { kind: 'next' };
  return {
    name: choice.name,
    kind,
    releaseWeek,
    weekday: choice.weekday ?? 7,
    hour: choice.hour ?? slot.hour,
    windowMinutes: choice.windowMinutes ?? slot.windowMinutes,
    leadHours: choice.leadHours ?? slot.leadHours,
    runMinutes: choice.runMinutes ?? 90,
    ...(choice.latestStartMinutes === undefined ? {} : { latestStartMinutes: choice.latestStartMinutes }),
    soakDays: choice.soakDays ?? soakOf(releaseWeek),
    followUp: choice.followUp ?? missed.kind !== 'skip',
    missed,
    definitions: choice.definitions ?? 'each-scan',
    extraWindows: choice.extraWindows ?? [],
  };
}

/** A plan that every installation has, and what it means for those who choose it. */
export interface Preset {
  readonly plan: Plan;
  readonly description: string;
}

/** The plans of the service: three release weeks at the customer's hour, and the nightly Managed Operations level. */
export const PRESETS: readonly Preset[] = [
  {
    plan: makePlan({ name: 'early', releaseWeek: 1 }),
    description: 'First week after Patch Tuesday: for test servers and for those that must be patched soonest.',
  },
  {
    plan: makePlan({ name: 'default', releaseWeek: 2 }),
    description: 'Second week after Patch Tuesday, when the early week has shown how the updates behave.',
  },
  {
    plan: makePlan({ name: 'delayed', releaseWeek: 3 }),
    description:
      'Third week after Patch Tuesday: for servers where a late known issue costs more than two weeks of exposure.',
  },
  {
    plan: makePlan({ name: 'managed-operations', kind: 'nightly' }),
    description: 'Managed Operations level: from three weeks after Patch Tuesday, every night between 01:00 and 05:00.',
  },
];

/** Days of soak that end with the beginning of a release week for what was published on Patch Tuesday: 1, 8, 15, 22. */
function soakOf(week: Plan['releaseWeek']): number {
  return 1 + 7 * (week - 1);
}
