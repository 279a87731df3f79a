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
import { catalogueList, catalogueShow } from '#cli/commands/catalogue.ts';
import { clock, clockAdvance, clockTo } from '#cli/commands/clock.ts';
import { serversClones } from '#cli/commands/clones.ts';
import { customersAdd, customersChange, customersList, customersToken } from '#cli/commands/customers.ts';
import { forecast } from '#cli/commands/forecast.ts';
import { importCommand } from '#cli/commands/import.ts';
import { demo, replay, restore, serve, simulate } from '#cli/commands/local.ts';
import { now } from '#cli/commands/now.ts';
import { care, mailList, mailTest } from '#cli/commands/operation.ts';
import { pauseAdd, pauseLift, pauseList } from '#cli/commands/pause.ts';
import { planCheck, planList, planSet, planShow } from '#cli/commands/plan.ts';
import { policyOrder, policySet, policyShow, policyTest, policyVersions } from '#cli/commands/policy.ts';
import { record } from '#cli/commands/record.ts';
import { records, recordsVerify } from '#cli/commands/records.ts';
import { regionsClosest, regionsList, regionsRemove, regionsSet } from '#cli/commands/regions.ts';
import { serversReport } from '#cli/commands/server-report.ts';
import { serversChange, serversList, serversShow, serversUpdates } from '#cli/commands/servers.ts';
import { status } from '#cli/commands/status.ts';
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
  serversList,
  serversShow,
  serversUpdates,
  serversChange,
  serversReport,
  serversClones,
  why,
  forecast,
  approve,
  decline,
  withdraw,
  approvalsRequest,
  approvalsList,
  approvalsHistory,
  eulaAccept,
  pauseAdd,
  pauseList,
  pauseLift,
  brakeSet,
  brakeList,
  brakeHolders,
  brakeInstalled,
  brakeLift,
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
