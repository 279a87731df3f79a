import type { EndpointInput } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/enrolment.ts';
import { CodedError } from '#contract/errors.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import type { Region } from '#domain/fleet/region.ts';
import { isSetUp } from '#domain/fleet/regions-shipped.ts';
import { type BootstrapChoice, bootstrapFiles } from '#domain/windows/bootstrap.ts';
import { dayOf, type InstallTime, installTimeOf } from '#domain/windows/install-time.ts';
import { agentScripts } from '#server/agent-scripts.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer, findPlan, findRegion } from '#server/api/find.ts';
import { replaceToken } from '#server/api/token.ts';
import type { CustomerRow } from '#server/store/customers.ts';

type Body = EndpointInput<typeof contract.bootstrap>['body'];

export const bootstrap: Handler<typeof contract.bootstrap> = async (deps, { params, body }, caller) => {
  const customer = findCustomer(deps, params.customer);
  const region = regionOf(deps, customer, body.region);
  const plan = planOf(deps, customer, body);
  const task = body.task ?? body.profile === 'plan';
  const { endpoint, warnings } = addressOf(deps, region);
  const schedule = scheduleOf(body, plan, customer.zone);
  const choice: Omit<BootstrapChoice, 'token'> = {
    ...{
      customer: customer.name,
      profile: body.profile,
      endpoint,
      schedule: schedule.words,
      time: schedule.time,
      task,
    },
    strict: body.strict ?? customer.strict,
    ...(body.group === undefined ? {} : { group: body.group }),
  };
  if (body.newToken) checked({ ...choice, token: ANY_TOKEN }); // before the old token ends
  const token = body.newToken ? await replaceToken(deps, customer, caller) : givenToken(deps, customer, body.token);
  const { files } = checked({ ...choice, token });
  return {
    customer: customer.name,
    wuServer: `${endpoint}/${token}`,
    schedule: schedule.words,
    files: [...files],
    warnings: [...warnings, ...(body.profile === 'plan' && !task ? warningsOf(plan) : [])],
    ...(region ? { region: region.name } : {}),
    ...(body.newToken ? { token } : {}),
  };
};

/** Of the form of tokens, and nobody's. */
const ANY_TOKEN = 'st-'.padEnd(35, 'a');

function checked(choice: BootstrapChoice) {
  const made = bootstrapFiles(choice, agentScripts());
  if (!made.ok) throw new CodedError(made.code, `${made.message}.`);
  return made;
}

/** The token that was given, when it is the customer's; the service itself does not know it. */
function givenToken({ keeper }: ApiDeps, { customerId, name }: CustomerRow, token: string | undefined): string {
  if (token === undefined)
    throw new CodedError(
      'usage.wrong',
      'Give the enrolment token, or ask for a new one: only its digest is kept here.',
    );
  if (keeper.directory().customerOfToken(token) !== customerId)
    throw new CodedError('bootstrap.invalid', `This is not the enrolment token of ${name} that is in force.`);
  return token;
}

function regionOf(deps: ApiDeps, { customerId }: CustomerRow, name: string | undefined): Region | undefined {
  return name === undefined
    ? deps.keeper.directory().regionOf({ customerId, region: null, zone: null })
    : findRegion(deps, name);
}

/** Where servers are sent: to their region's endpoint, or to this service itself as long as the region has none. */
function addressOf(
  { clients }: ApiDeps,
  region: Region | undefined,
): { endpoint: string; warnings: readonly string[] } {
  if (region && isSetUp(region)) return { endpoint: region.endpoint, warnings: [] };
  const endpoint = clients[0]?.replace(/\/+$/, '') ?? '';
  const warning = region
    ? `Region ${region.name} has no endpoint of yours yet (regions set ${region.name} --endpoint URL): the files point at ${endpoint}.`
    : `The customer's zone is close to no region: the files point at ${endpoint}.`;
  return { endpoint, warnings: [warning] };
}

function planOf(deps: ApiDeps, customer: CustomerRow, { plan, profile }: Body): Plan | undefined {
  const name = plan ?? customer.plan;
  if (name !== null) return findPlan(deps, name, customer.customerId);
  if (profile === 'seed') return undefined;
  throw new CodedError(
    'bootstrap.invalid',
    `${customer.name} has no plan: give it one, name one, or use the seed profile.`,
  );
}

/** The seed profile's own time is every day at 02:00, whatever the plan. */
const SEED_TIME: InstallTime = { day: 0, hour: 2, windowMinutes: 180 };
const DAYS = ['every day', 'Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

function scheduleOf({ profile, weekday, hour }: Body, plan: Plan | undefined, zone: string) {
  const own = profile === 'plan' && plan ? installTimeOf(plan) : SEED_TIME;
  const day = weekday === undefined ? own.day : weekday === 0 ? 0 : dayOf(weekday);
  const time = { ...own, day, hour: hour ?? own.hour };
  const at = `${DAYS[time.day]} at ${String(time.hour).padStart(2, '0')}:00, zone ${zone}`;
  return { time, words: profile === 'plan' && plan ? `plan ${plan.name}, ${at}` : at };
}

/** What files that are written once cannot say of a plan. */
function warningsOf(plan: Plan | undefined): readonly string[] {
  const isStatic = 'Without the settings task a change of plan needs new files on each server.';
  if (!plan || plan.extraWindows.length === 0) return [isStatic];
  return [isStatic, 'The extra windows of the plan are left out: the registry knows one day and hour.'];
}
