import { command } from '#cli/command.ts';
import { many } from '#cli/output/amounts.ts';
import { fields, hanging } from '#cli/output/layout.ts';
import { utc } from '#cli/output/moments.ts';
import { status as endpoint } from '#contract/endpoints/service.ts';

export const status = command({
  name: 'status',
  group: 'Service',
  summary: 'How the service and the fleet stand.',
  run: ({ service }) => service.call(endpoint),
  show({ version, at, clock, cycle, nextPatchTuesday, catalogue, policyVersion, servers, clients, warnings }, page) {
    const { total, compliant, notCompliant, pendingRestart, failed, unknown, unassigned, withoutPlan } = servers;
    const lines = fields(page, [
      ['Service', `version ${version}`],
      ['Clock', clock === 'simulated' ? `SIMULATED, it stands at ${utc(at)}` : utc(at)],
      ['Cycle', `${cycle}; the next Patch Tuesday is ${utc(nextPatchTuesday)}`],
      ['Catalogue', `${many(catalogue.revisions, 'revision')}, ${many(catalogue.deployable, 'update')}`],
      ['Policy', `version ${policyVersion}: ${catalogue.approved} approved, ${catalogue.review} to review`],
      [
        'Servers',
        `${total}: ${compliant} compliant, ${notCompliant} not compliant, ${pendingRestart} to restart, ${failed} failed, ${unknown} unknown`,
      ],
      [
        'Not patched',
        unassigned + withoutPlan > 0 ? `${unassigned} without a customer, ${withoutPlan} without a plan` : undefined,
      ],
      ['WUServer', clients.join(', ')],
    ]);
    return [lines, ...warnings.map((warning) => hanging(page, 'Warning: ', warning))].join('\n');
  },
});
