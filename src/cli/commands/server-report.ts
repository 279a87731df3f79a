import { command } from '#cli/command.ts';
import { fields } from '#cli/output/layout.ts';
import { utc } from '#cli/output/moments.ts';
import { showServerReport } from '#contract/endpoints/enrolment.ts';

export const serversReport = command({
  name: 'servers report',
  group: 'Customers and servers',
  summary: 'What the settings task of a server last reported.',
  positionals: { server: { value: 'SERVER', description: 'DNS name, server id or client id' } },
  run: ({ args, service }) => service.call(showServerReport, { params: { server: args.server } }),
  show({ server, at, report }, page) {
    if (!report || at === undefined) return `${server} has no settings task, or it has not reported yet.`;
    return fields(page, [
      ['Server', server],
      ['Reported', utc(at)],
      ['Settings', `${report.settingsVersion}${report.overwrittenByPolicy ? ', written over by a domain policy' : ''}`],
      ['Restarted', utc(report.bootedAt)],
      ['Restart due', report.pendingRestart ? 'yes' : 'no'],
      ['Disk free', `${report.systemDiskFreeMegabytes} MB`],
      ['Stopped', report.stoppedServices.join(', ') || 'none'],
      ['Log errors', `${report.eventLogErrors} in the last 24 hours`],
      ['Backup', report.backupAt === undefined ? 'unknown' : utc(report.backupAt)],
    ]);
  },
});
