import type { Endpoint } from '#contract/endpoint.ts';
import * as approvals from '#contract/endpoints/approvals.ts';
import * as catalogue from '#contract/endpoints/catalogue.ts';
import * as control from '#contract/endpoints/control.ts';
import * as decision from '#contract/endpoints/decision.ts';
import * as enrolment from '#contract/endpoints/enrolment.ts';
import * as fleet from '#contract/endpoints/fleet.ts';
import * as now from '#contract/endpoints/now.ts';
import * as operation from '#contract/endpoints/operation.ts';
import * as service from '#contract/endpoints/service.ts';
import * as upstream from '#contract/endpoints/upstream.ts';

/** Every endpoint that speaks JSON, by name. Three stream instead: `PUT /content/:sha1`, `GET /backup`, `GET /openapi.json`. */
export const ENDPOINTS = {
  ...service,
  ...fleet,
  ...enrolment,
  ...catalogue,
  ...decision,
  ...approvals,
  ...control,
  ...now,
  ...operation,
  ...upstream,
} as const satisfies Readonly<Record<string, Endpoint>>;

export type EndpointName = keyof typeof ENDPOINTS;
