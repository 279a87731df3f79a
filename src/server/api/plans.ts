import type * as contract from '#contract/endpoints/fleet.ts';
import { CodedError } from '#contract/errors.ts';
import { describeCycle, describePlan } from '#domain/calendar/describe.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { checkPlan as readPlan } from '#domain/calendar/plan-schema.ts';
import { changeFacts } from '#server/api/change.ts';
import type { Handler } from '#server/api/deps.ts';
import { checkZone, findPlan } from '#server/api/find.ts';
import { planSummary } from '#server/api/plan-summary.ts';
import { plainPlan, savePlan } from '#server/store/plans.ts';

export const listPlans: Handler<typeof contract.listPlans> = async ({ keeper }) => ({
  items: keeper.directory().plans.map((plan) => ({ ...plainPlan(plan), words: describePlan(plan, 'local time') })),
});

export const checkPlan: Handler<typeof contract.checkPlan> = async (deps, { params, query, body }, { at }) => {
  checkZone(query.zone);
  const plan = soundPlan({ ...body, name: params.plan });
  return { ...plainPlan(plan), ...(await planSummary(deps, plan, query.zone, at)) };
};

export const putPlan: Handler<typeof contract.putPlan> = async (deps, { params, query, body }, { name: who, at }) => {
  checkZone(query.zone);
  const plan = soundPlan({ ...body, name: params.plan });
  const before = deps.keeper.directory().plan(plan.name, undefined);
  const summary = await planSummary(deps, plan, query.zone, at);
  await changeFacts(deps, async (client) => {
    await savePlan(client, null, plan, at);
    const facts = { from: before ? plainPlan(before) : null, to: plainPlan(plan), servers: summary.servers };
    return { outcome: undefined, noted: [{ at, who, what: 'plan.changed', subject: { plan: plan.name }, facts }] };
  });
  return { ...plainPlan(plan), ...summary };
};

export const showPlan: Handler<typeof contract.showPlan> = async (deps, { params, query }) => {
  checkZone(query.zone);
  const plan = findPlan(deps, params.plan);
  const cycle = describeCycle(plan, query.zone, params.cycle);
  return {
    words: describePlan(plan, query.zone),
    patchTuesday: cycle.patchTuesday.utc,
    releaseWeekStart: cycle.releaseWeek.start.utc,
    releaseWeekEnd: cycle.releaseWeek.end.utc,
    leadFrom: cycle.leadFrom.utc,
    windowStart: cycle.primaryWindow.start.utc,
    lastOffer: cycle.primaryWindow.lastOffer.utc,
    windowEnd: cycle.primaryWindow.end.utc,
    local: { windowStart: cycle.primaryWindow.start.local, windowEnd: cycle.primaryWindow.end.local },
  };
};

/** The plan, filled in; `plan.invalid` with everything that is wrong. */
function soundPlan(draft: { readonly name: string }): Plan {
  const check = readPlan(draft);
  if (check.ok) return check.plan;
  const details = check.problems.map(({ path, message }) => (path ? `${path} ${message}` : message));
  throw new CodedError('plan.invalid', `The plan "${draft.name}" cannot be kept: ${details.join('; ')}.`, details);
}
