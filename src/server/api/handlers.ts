import type { ENDPOINTS, EndpointName } from '#contract/api.ts';
import * as approvalFacts from '#server/api/approval-facts.ts';
import * as approvals from '#server/api/approvals.ts';
import { bootstrap } from '#server/api/bootstrap.ts';
import * as brakes from '#server/api/brakes.ts';
import * as catalogue from '#server/api/catalogue.ts';
import * as clock from '#server/api/clock.ts';
import { listClones } from '#server/api/clones.ts';
import { contentMissing } from '#server/api/content.ts';
import { showOrder } from '#server/api/control.ts';
import * as customers from '#server/api/customers.ts';
import type { Handler } from '#server/api/deps.ts';
import { forecast } from '#server/api/forecast.ts';
import { importDocuments } from '#server/api/imports.ts';
import { now } from '#server/api/now.ts';
import * as operation from '#server/api/operation.ts';
import * as pauses from '#server/api/pauses.ts';
import * as plans from '#server/api/plans.ts';
import * as policy from '#server/api/policy.ts';
import * as records from '#server/api/records.ts';
import * as regions from '#server/api/regions.ts';
import { listServers } from '#server/api/server-list.ts';
import { showServerReport } from '#server/api/server-report.ts';
import { serverUpdates } from '#server/api/server-updates.ts';
import * as servers from '#server/api/servers.ts';
import { status } from '#server/api/status.ts';
import * as upstream from '#server/api/upstream.ts';
import { why } from '#server/api/why.ts';

/** A handler for every endpoint of the contract; one that is missing does not compile. */
export const HANDLERS: { readonly [Name in EndpointName]: Handler<(typeof ENDPOINTS)[Name]> } = {
  status,
  now,
  ...clock,
  ...records,
  ...operation,
  ...customers,
  ...regions,
  listClones,
  showServerReport,
  bootstrap,
  ...plans,
  ...servers,
  listServers,
  serverUpdates,
  ...catalogue,
  ...upstream,
  importDocuments,
  contentMissing,
  ...policy,
  why,
  forecast,
  ...approvals,
  ...approvalFacts,
  ...pauses,
  ...brakes,
  showOrder,
};
