import type { Endpoint } from '#contract/endpoint.ts';
import * as catalogue from '#contract/endpoints/catalogue.ts';
import * as decision from '#contract/endpoints/decision.ts';
import * as fleet from '#contract/endpoints/fleet.ts';
import * as service from '#contract/endpoints/service.ts';

/** Every endpoint that speaks JSON, by name. Three stream instead: `PUT /content/:sha1`, `GET /backup`, `GET /openapi.json`. */
export const ENDPOINTS = {
  ...service,
  ...fleet,
  ...catalogue,
  ...decision,
} as const satisfies Readonly<Record<string, Endpoint>>;

export type EndpointName = keyof typeof ENDPOINTS;
