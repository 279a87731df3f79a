import type * as contract from '#contract/endpoints/service.ts';
import { cycleAt, cycleEnd } from '#domain/calendar/patch-tuesday.ts';
import { verdictsOf } from '#domain/decide/overview.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { type FleetCounts, fleetCounts } from '#server/api/fleet-counts.ts';

export const status: Handler<typeof contract.status> = async (deps, _input, { at }) => {
  const { keeper, clock, version, clients } = deps;
  const facts = keeper.current();
  const cycle = cycleAt(at);
  const verdicts = verdictsOf(facts, at);
  const servers = await fleetCounts(deps, at);
  return {
    version,
    at: at.toString(),
    clock: clock.kind,
    cycle,
    nextPatchTuesday: cycleEnd(cycle).toString(),
    catalogue: {
      revisions: facts.catalogue.revisions.size,
      deployable: verdicts.length,
      approved: verdicts.filter(({ verdict }) => verdict === 'approve').length,
      review: verdicts.filter(({ verdict }) => verdict === 'review').length,
    },
    policyVersion: keeper.policy().version,
    servers,
    clients: [...clients],
    warnings: [...serviceWarnings(deps), ...fleetWarnings(deps, servers)],
  };
};

/** What an operator should know of the service itself. */
export function serviceWarnings({ settings, keeper, clock }: Pick<ApiDeps, 'settings' | 'keeper' | 'clock'>): string[] {
  return [
    ...(clock.kind === 'simulated' ? ['The clock is simulated: what is recorded here is no evidence.'] : []),
    ...(settings.clientHttp ? ['Plain HTTP is open for clients: anybody on the way can insert updates.'] : []),
    ...(keeper.directory().customers.size === 0 ? ['There is no customer yet: every server stays unassigned.'] : []),
  ];
}

function fleetWarnings({ keeper }: ApiDeps, { unassigned, withoutPlan }: FleetCounts): string[] {
  const open = withoutPlan - unassigned;
  return [
    ...(keeper.current().catalogue.revisions.size === 0 ? ['The catalogue is empty: nothing can be offered.'] : []),
    ...(unassigned > 0 ? [`${counted(unassigned)} to no customer and will not be patched.`] : []),
    ...(open > 0 ? [`${open} of the assigned servers have no plan and will not be patched.`] : []),
  ];
}

function counted(servers: number): string {
  return servers === 1 ? '1 server belongs' : `${servers} servers belong`;
}
