import type { Endpoint } from '#contract/endpoint.ts';
import * as approvals from '#contract/endpoints/approvals.ts';
import * as calendar from '#contract/endpoints/calendar.ts';
import * as campaigns from '#contract/endpoints/campaigns.ts';
import * as catalogue from '#contract/endpoints/catalogue.ts';
import * as control from '#contract/endpoints/control.ts';
import * as decision from '#contract/endpoints/decision.ts';
import * as directory from '#contract/endpoints/directory.ts';
import * as enrolment from '#contract/endpoints/enrolment.ts';
import * as evidence from '#contract/endpoints/evidence.ts';
import * as fleet from '#contract/endpoints/fleet.ts';
import * as hooks from '#contract/endpoints/hooks.ts';
import * as incidents from '#contract/endpoints/incidents.ts';
import * as inventory from '#contract/endpoints/inventory.ts';
import * as inventoryGaps from '#contract/endpoints/inventory-gaps.ts';
import * as inventoryGroups from '#contract/endpoints/inventory-groups.ts';
import * as kinds from '#contract/endpoints/kinds.ts';
import * as now from '#contract/endpoints/now.ts';
import * as operation from '#contract/endpoints/operation.ts';
import * as plannedWork from '#contract/endpoints/planned-work.ts';
import * as readiness from '#contract/endpoints/readiness.ts';
import * as rollout from '#contract/endpoints/rollout.ts';
import * as service from '#contract/endpoints/service.ts';
import * as systeminfo from '#contract/endpoints/systeminfo.ts';
import * as tokens from '#contract/endpoints/tokens.ts';
import * as upstream from '#contract/endpoints/upstream.ts';

/** Every endpoint that speaks JSON, by name. Three stream instead: `PUT /content/:sha1`, `GET /backup`, `GET /openapi.json`. */
export const ENDPOINTS = {
  ...service,
  ...evidence,
  ...fleet,
  ...enrolment,
  ...calendar,
  ...catalogue,
  ...decision,
  ...directory,
  ...approvals,
  ...control,
  ...campaigns,
  ...incidents,
  ...inventory,
  ...inventoryGroups,
  ...inventoryGaps,
  ...hooks,
  ...kinds,
  ...now,
  ...operation,
  ...plannedWork,
  ...readiness,
  ...rollout,
  ...systeminfo,
  ...tokens,
  ...upstream,
} as const satisfies Readonly<Record<string, Endpoint>>;

export type EndpointName = keyof typeof ENDPOINTS;
