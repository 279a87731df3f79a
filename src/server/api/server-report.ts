import type * as contract from '#contract/endpoints/enrolment.ts';
import type { Handler } from '#server/api/deps.ts';
import { findServer } from '#server/api/find.ts';
import { findServerReport } from '#server/store/server-reports.ts';

export const showServerReport: Handler<typeof contract.showServerReport> = async (deps, { params }) => {
  const { serverId, dnsName } = await findServer(deps, params.server);
  const found = await findServerReport(deps.pool, serverId);
  return { server: dnsName, ...(found ? { at: found.at.toString(), report: found.report } : {}) };
};
