import type { Command } from '#cli/command.ts';
import {
  approvalsHistory,
  approvalsList,
  approvalsRequest,
  approve,
  decline,
  eulaAccept,
  withdraw,
} from '#cli/commands/approvals.ts';
import { backup } from '#cli/commands/backup.ts';
import { bootstrap } from '#cli/commands/bootstrap.ts';
import { brakeHolders, brakeInstalled, brakeLift, brakeList, brakeSet } from '#cli/commands/brake.ts';
import { calendarConflicts, calendarFeedCommand, calendarImport } from '#cli/commands/calendar.ts';
import {
  campaignsHistory,
  campaignsHolders,
  campaignsList,
  campaignsMembers,
  campaignsShow,
} from '#cli/commands/campaigns.ts';
import {
  campaignsClose,
  campaignsGo,
  campaignsRelease,
  campaignsResume,
  campaignsStop,
  campaignsTest,
} from '#cli/commands/campaigns-changes.ts';
import { catalogueList, catalogueShow } from '#cli/commands/catalogue.ts';
import { clock, clockAdvance, clockTo } from '#cli/commands/clock.ts';
import { serversClones } from '#cli/commands/clones.ts';
import { customersAdd, customersChange, customersList, customersToken } from '#cli/commands/customers.ts';
import {
  directoryAdd,
  directoryChange,
  directoryList,
  directoryRemove,
  directoryShow,
  directoryStop,
} from '#cli/commands/directory.ts';
import { directorySync } from '#cli/commands/directory-sync.ts';
import { evidenceAdd, evidenceImport, evidenceList } from '#cli/commands/evidence.ts';
import { forecast } from '#cli/commands/forecast.ts';
import { freezeAdd, freezeLift, freezeList } from '#cli/commands/freeze.ts';
import { hooksList, hooksRemove, hooksRetry, hooksRuns, hooksSet } from '#cli/commands/hooks.ts';
import { importCommand } from '#cli/commands/import.ts';
import { incidentsClose, incidentsList, incidentsOpen } from '#cli/commands/incidents.ts';
import {
  inventoryHistoryOf,
  inventoryList,
  inventoryRemove,
  inventorySettle,
  inventoryShow,
} from '#cli/commands/inventory.ts';
import { inventoryExport, inventoryImport } from '#cli/commands/inventory-files.ts';
import { inventoryConflicts, inventoryGaps } from '#cli/commands/inventory-gaps.ts';
import { inventoryGroups, inventoryLimit, inventoryRecovery, inventoryRoles } from '#cli/commands/inventory-groups.ts';
import { inventorySet } from '#cli/commands/inventory-set.ts';
import { kindsList, kindsSet } from '#cli/commands/kinds.ts';
import { demo, replay, restore, serve, simulate } from '#cli/commands/local.ts';
import { now } from '#cli/commands/now.ts';
import { care, mailList, mailTest } from '#cli/commands/operation.ts';
import { pauseAdd, pauseLift, pauseList } from '#cli/commands/pause.ts';
import { planCheck, planList, planSet, planShow } from '#cli/commands/plan.ts';
import { workAdd, workDone, workList } from '#cli/commands/planned-work.ts';
import { policyApprove, policyOrder, policySet, policyShow, policyTest, policyVersions } from '#cli/commands/policy.ts';
import {
  readinessList,
  readinessPolicyCheck,
  readinessPolicySet,
  readinessPolicyShow,
  readinessShow,
} from '#cli/commands/readiness.ts';
import { readinessEnd, readinessOverride, readinessOverrides } from '#cli/commands/readiness-overrides.ts';
import { record } from '#cli/commands/record.ts';
import { records, recordsVerify } from '#cli/commands/records.ts';
import { regionsClosest, regionsList, regionsRemove, regionsSet } from '#cli/commands/regions.ts';
import {
  rolloutApprove,
  rolloutCheck,
  rolloutCoverageCommand,
  rolloutDiff,
  rolloutPlace,
  rolloutSet,
  rolloutShipped,
  rolloutShow,
  rolloutVersions,
} from '#cli/commands/rollout.ts';
import { serversReport } from '#cli/commands/server-report.ts';
import { serversChange, serversList, serversShow, serversUpdates } from '#cli/commands/servers.ts';
import { status } from '#cli/commands/status.ts';
import { inventorySysteminfo } from '#cli/commands/systeminfo.ts';
import { tokensAdd, tokensList, tokensRevoke } from '#cli/commands/tokens.ts';
import {
  upstreamAdd,
  upstreamCategories,
  upstreamChange,
  upstreamChoose,
  upstreamList,
  upstreamQuarantine,
  upstreamRemove,
  upstreamStatus,
  upstreamStop,
} from '#cli/commands/upstream.ts';
import { upstreamPull } from '#cli/commands/upstream-pull.ts';
import { why } from '#cli/commands/why.ts';
import { windowAdd, windowLift, windowList } from '#cli/commands/window.ts';

/** Every command, in the order of the overview. */
export const COMMANDS: readonly Command[] = [
  serve,
  status,
  now,
  backup,
  restore,
  care,
  mailList,
  mailTest,
  tokensList,
  tokensAdd,
  tokensRevoke,
  importCommand,
  upstreamList,
  upstreamAdd,
  upstreamChange,
  upstreamCategories,
  upstreamChoose,
  upstreamPull,
  upstreamStatus,
  upstreamQuarantine,
  upstreamStop,
  upstreamRemove,
  catalogueList,
  catalogueShow,
  policyShow,
  policyVersions,
  policyTest,
  policySet,
  policyApprove,
  policyOrder,
  customersList,
  customersAdd,
  customersChange,
  customersToken,
  bootstrap,
  regionsList,
  regionsSet,
  regionsRemove,
  regionsClosest,
  planList,
  planShow,
  planCheck,
  planSet,
  kindsList,
  kindsSet,
  rolloutShow,
  rolloutShipped,
  rolloutVersions,
  rolloutCheck,
  rolloutSet,
  rolloutApprove,
  rolloutDiff,
  rolloutCoverageCommand,
  rolloutPlace,
  campaignsList,
  campaignsShow,
  campaignsMembers,
  campaignsHistory,
  campaignsHolders,
  campaignsTest,
  campaignsGo,
  campaignsStop,
  campaignsResume,
  campaignsRelease,
  campaignsClose,
  incidentsList,
  incidentsOpen,
  incidentsClose,
  serversList,
  serversShow,
  serversUpdates,
  serversChange,
  serversReport,
  serversClones,
  calendarConflicts,
  calendarFeedCommand,
  inventoryList,
  inventoryShow,
  inventorySet,
  inventoryHistoryOf,
  inventoryConflicts,
  inventorySettle,
  inventoryGaps,
  inventoryImport,
  inventorySysteminfo,
  inventoryExport,
  inventoryGroups,
  inventoryLimit,
  inventoryRoles,
  inventoryRecovery,
  inventoryRemove,
  directoryList,
  directoryShow,
  directoryAdd,
  directoryChange,
  directorySync,
  directoryStop,
  directoryRemove,
  why,
  forecast,
  approve,
  decline,
  withdraw,
  approvalsRequest,
  approvalsList,
  approvalsHistory,
  eulaAccept,
  readinessShow,
  readinessList,
  readinessPolicyShow,
  readinessPolicyCheck,
  readinessPolicySet,
  readinessOverride,
  readinessOverrides,
  readinessEnd,
  evidenceList,
  evidenceAdd,
  evidenceImport,
  hooksList,
  hooksSet,
  hooksRemove,
  hooksRuns,
  hooksRetry,
  pauseAdd,
  pauseList,
  pauseLift,
  freezeAdd,
  freezeList,
  freezeLift,
  windowAdd,
  windowList,
  windowLift,
  calendarImport,
  brakeSet,
  brakeList,
  brakeHolders,
  brakeInstalled,
  brakeLift,
  workAdd,
  workList,
  workDone,
  records,
  recordsVerify,
  demo,
  clock,
  clockAdvance,
  clockTo,
  simulate,
  record,
  replay,
];
