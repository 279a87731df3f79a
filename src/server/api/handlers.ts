import type { ENDPOINTS, EndpointName } from '#contract/api.ts';
import * as approvalFacts from '#server/api/approval-facts.ts';
import * as approvals from '#server/api/approvals.ts';
import { bootstrap } from '#server/api/bootstrap.ts';
import * as brakes from '#server/api/brakes.ts';
import { listCalendarConflicts } from '#server/api/calendar-conflicts.ts';
import { calendarFeed } from '#server/api/calendar-feed.ts';
import { importCalendar } from '#server/api/calendar-import.ts';
import * as campaignChanges from '#server/api/campaign-changes.ts';
import * as campaigns from '#server/api/campaigns.ts';
import * as catalogue from '#server/api/catalogue.ts';
import * as clock from '#server/api/clock.ts';
import { listClones } from '#server/api/clones.ts';
import { contentMissing } from '#server/api/content.ts';
import { showOrder } from '#server/api/control.ts';
import * as customers from '#server/api/customers.ts';
import type { Handler } from '#server/api/deps.ts';
import * as directories from '#server/api/directories.ts';
import * as evidence from '#server/api/evidence.ts';
import { forecast } from '#server/api/forecast.ts';
import * as freezes from '#server/api/freezes.ts';
import * as hooks from '#server/api/hooks.ts';
import { importDocuments } from '#server/api/imports.ts';
import * as incidents from '#server/api/incidents.ts';
import * as inventory from '#server/api/inventory.ts';
import * as inventoryGaps from '#server/api/inventory-gaps.ts';
import * as inventoryFiles from '#server/api/inventory-import.ts';
import * as inventoryRoles from '#server/api/inventory-roles.ts';
import * as kinds from '#server/api/kinds.ts';
import { now } from '#server/api/now.ts';
import * as oneOffWindows from '#server/api/one-off-windows.ts';
import * as operation from '#server/api/operation.ts';
import * as pauses from '#server/api/pauses.ts';
import * as plannedWork from '#server/api/planned-work.ts';
import * as plans from '#server/api/plans.ts';
import * as policy from '#server/api/policy.ts';
import * as readiness from '#server/api/readiness.ts';
import * as readinessOverrides from '#server/api/readiness-overrides.ts';
import * as readinessPolicy from '#server/api/readiness-policy.ts';
import * as records from '#server/api/records.ts';
import * as regions from '#server/api/regions.ts';
import * as rollout from '#server/api/rollout.ts';
import { listServers } from '#server/api/server-list.ts';
import { showServerReport } from '#server/api/server-report.ts';
import { serverUpdates } from '#server/api/server-updates.ts';
import * as servers from '#server/api/servers.ts';
import { status } from '#server/api/status.ts';
import { readSysteminfo } from '#server/api/systeminfo.ts';
import * as tokens from '#server/api/tokens.ts';
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
  ...inventory,
  ...inventoryFiles,
  ...inventoryRoles,
  ...inventoryGaps,
  ...kinds,
  ...servers,
  listServers,
  serverUpdates,
  ...catalogue,
  readSysteminfo,
  ...tokens,
  ...upstream,
  ...directories,
  importDocuments,
  contentMissing,
  ...policy,
  ...evidence,
  ...hooks,
  ...readiness,
  ...readinessOverrides,
  ...readinessPolicy,
  ...rollout,
  why,
  forecast,
  ...approvals,
  ...approvalFacts,
  ...pauses,
  ...freezes,
  ...oneOffWindows,
  importCalendar,
  calendarFeed,
  listCalendarConflicts,
  ...plannedWork,
  ...brakes,
  listCampaigns: campaigns.listCampaigns,
  showCampaign: campaigns.showCampaign,
  campaignServers: campaigns.campaignServers,
  campaignHolders: campaigns.campaignHolders,
  campaignHistory: campaigns.campaignHistory,
  ...campaignChanges,
  ...incidents,
  showOrder,
};
