import type * as contract from '#contract/endpoints/fleet.ts';
import { CodedError } from '#contract/errors.ts';
import { describeCycle, describePlan } from '#domain/calendar/describe.ts';
import { checkPlan } from '#domain/calendar/plan-schema.ts';
import { changeFacts } from '#server/api/change.ts';
import type { Handler } from '#server/api/deps.ts';
import { checkZone, findPlan } from '#server/api/find.ts';
import { savePlan } from '#server/store/plans.ts';

export const listPlans: Handler<typeof contract.listPlans> = async ({ keeper }) => ({
  items: keeper.directory().plans.map((plan) => ({ ...plan, words: describePlan(plan, 'local time') })),
});

export const putPlan: Handler<typeof contract.putPlan> = async (deps, { params, body }, { name: who, at }) => {
  const check = checkPlan({ ...body, name: params.plan });
  if (!check.ok) {
    const details = check.problems.map(({ path, message }) => (path ? `${path} ${message}` : message));
    throw new CodedError('plan.invalid', `The plan "${params.plan}" cannot be kept: ${details.join('; ')}.`, details);
  }
  const { plan } = check;
  const before = deps.keeper.directory().plan(plan.name, undefined);
  await changeFacts(deps, async (client) => {
    await savePlan(client, null, plan, at);
    const facts = { from: before ? { ...before } : null, to: { ...plan } };
    return { outcome: undefined, noted: [{ at, who, what: 'plan.changed', subject: { plan: plan.name }, facts }] };
  });
  return plan;
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
