import type { Command } from '#cli/command.ts';
import { approve, decline, eulaAccept, withdraw } from '#cli/commands/approvals.ts';
import { backup } from '#cli/commands/backup.ts';
import { catalogueList, catalogueShow } from '#cli/commands/catalogue.ts';
import { clock, clockAdvance, clockTo } from '#cli/commands/clock.ts';
import { customersAdd, customersChange, customersList, customersToken } from '#cli/commands/customers.ts';
import { forecast } from '#cli/commands/forecast.ts';
import { importCommand } from '#cli/commands/import.ts';
import { demo, replay, restore, serve, simulate } from '#cli/commands/local.ts';
import { planList, planSet, planShow } from '#cli/commands/plan.ts';
import { policySet, policyShow, policyTest, policyVersions } from '#cli/commands/policy.ts';
import { record } from '#cli/commands/record.ts';
import { records, recordsVerify } from '#cli/commands/records.ts';
import { serversChange, serversList, serversShow } from '#cli/commands/servers.ts';
import { status } from '#cli/commands/status.ts';
import { why } from '#cli/commands/why.ts';

/** Every command, in the order of the overview. */
export const COMMANDS: readonly Command[] = [
  serve,
  status,
  backup,
  restore,
  importCommand,
  catalogueList,
  catalogueShow,
  policyShow,
  policyVersions,
  policyTest,
  policySet,
  customersList,
  customersAdd,
  customersChange,
  customersToken,
  planList,
  planShow,
  planSet,
  serversList,
  serversShow,
  serversChange,
  why,
  forecast,
  approve,
  decline,
  withdraw,
  eulaAccept,
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
