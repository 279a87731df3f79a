import { z } from 'zod';
import { longestGapMinutes } from '#domain/calendar/overlaps.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { makePlan, NIGHTLY_SLOT } from '#domain/calendar/presets.ts';

/** More than a clock change takes away. */
const LEAST_GAP_HOURS = 3;

/** What is wrong with a plan, for the person who wrote it. */
interface PlanProblem {
  /** The field, e.g. `runMinutes`; empty for the plan as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A valid plan, or everything that is wrong with it. */
export type PlanCheck =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly PlanProblem[] };

const weekday = z.literal([1, 2, 3, 4, 5, 6, 7], 'must be 1 (Monday) to 7 (Sunday)');

/** A plan as people and files write it: only the name is needed, `makePlan` fills in the rest. */
const planSchema = z
  .strictObject(
    {
      name: z
        .string('must be text')
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be 1–63 letters, digits, dots, dashes or underscores'),
      kind: z.enum(['weekly', 'nightly'], 'must be weekly or nightly').optional(),
      releaseWeek: z.literal([1, 2, 3, 4], 'must be 1 (early), 2 (default), 3 (delayed) or 4').optional(),
      weekday: weekday.optional(),
      hour: wholeNumber(0, 23).optional(),
      windowMinutes: wholeNumber(60, 1440).optional(),
      leadHours: wholeNumber(0, 144).optional(),
      runMinutes: wholeNumber(1, 1440).optional(),
      soakDays: wholeNumber(0, 60).optional(),
      latestStartMinutes: wholeNumber(0, 1440).optional(),
      followUp: z.boolean('must be true or false').optional(),
      missed: z
        .discriminatedUnion(
          'kind',
          [
            z.strictObject({ kind: z.literal('next') }),
            z.strictObject({ kind: z.literal('catch-up'), hours: wholeNumber(1, 72) }),
            z.strictObject({ kind: z.literal('skip') }),
          ],
          'must be next, catch-up with hours, or skip',
        )
        .optional(),
      definitions: z.enum(['each-scan', 'daily'], 'must be each-scan or daily').optional(),
      extraWindows: z
        .array(z.strictObject({ weekday, hour: wholeNumber(0, 23), windowMinutes: wholeNumber(60, 1440) }))
        .max(6, 'must be at most six')
        .optional(),
    },
    { error: planError },
  )
  .transform(makePlan)
  .superRefine((plan, context) => {
    for (const { path, message } of contradictions(plan)) context.addIssue({ code: 'custom', path: [path], message });
  });

/** A plan from unknown data: filled in and valid, or all problems by field. */
export function checkPlan(input: unknown): PlanCheck {
  const result = planSchema.safeParse(input);
  if (result.success) return { ok: true, plan: result.data };
  return { ok: false, problems: result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) };
}

/** What no single field shows: fields that do not go together. */
function contradictions(plan: Plan): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  if (plan.runMinutes > plan.windowMinutes) {
    problems.push({
      path: 'runMinutes',
      message: `must not be longer than the window (${plan.windowMinutes} minutes)`,
    });
  }
  if (plan.leadHours === 0 && plan.runMinutes === plan.windowMinutes) {
    problems.push({
      path: 'runMinutes',
      message: 'must be shorter than the window when there is no lead, or nothing is ever offered',
    });
  }
  const room = plan.windowMinutes - plan.runMinutes;
  if (room >= 0 && (plan.latestStartMinutes ?? 0) > room) {
    problems.push({ path: 'latestStartMinutes', message: `must leave room for the run: at most ${room}` });
  }
  for (const [place, { windowMinutes }] of plan.extraWindows.entries()) {
    if (windowMinutes < plan.runMinutes)
      problems.push({
        path: `extraWindows.${place}.windowMinutes`,
        message: `must not be shorter than the run (${plan.runMinutes} minutes)`,
      });
  }
  if (plan.kind === 'weekly' && longestGapMinutes(plan) < LEAST_GAP_HOURS * 60)
    problems.push({
      path: 'extraWindows',
      message: `must leave ${LEAST_GAP_HOURS} hours of each week without a window, or they are one that never ends`,
    });
  if (plan.missed.kind === 'skip' && (plan.followUp || plan.extraWindows.length > 0)) {
    problems.push({
      path: 'missed',
      message: 'skip is only for plans without follow-up and extra windows: these are where a missed update goes',
    });
  }
  if (plan.kind === 'weekly') return problems;
  if (plan.extraWindows.length > 0)
    problems.push({ path: 'extraWindows', message: 'must be empty in a nightly plan: every night has its window' });
  if (plan.missed.kind !== 'next')
    problems.push({ path: 'missed', message: 'must be next in a nightly plan: the next night takes it' });
  for (const field of ['hour', 'windowMinutes', 'leadHours'] as const) {
    const fixed = NIGHTLY_SLOT[field];
    if (plan[field] !== fixed) problems.push({ path: field, message: `must be ${fixed} in a nightly plan` });
  }
  return problems;
}

function planError(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'unrecognized_keys') return 'must be an object with the fields of a plan';
  const named = issue.keys.slice(0, 3).map((key) => JSON.stringify(key.slice(0, 40)));
  return `has unknown fields, among them ${named.join(', ')}`;
}

function wholeNumber(from: number, to: number): z.ZodInt {
  const message = `must be a whole number from ${from} to ${to}`;
  return z.int(message).min(from, message).max(to, message);
}
