import type { ENDPOINTS, EndpointName } from '#contract/api.ts';
import * as approvals from '#server/api/approvals.ts';
import * as catalogue from '#server/api/catalogue.ts';
import * as clock from '#server/api/clock.ts';
import { contentMissing } from '#server/api/content.ts';
import * as customers from '#server/api/customers.ts';
import type { Handler } from '#server/api/deps.ts';
import { forecast } from '#server/api/forecast.ts';
import { importDocuments } from '#server/api/imports.ts';
import * as plans from '#server/api/plans.ts';
import * as policy from '#server/api/policy.ts';
import * as records from '#server/api/records.ts';
import * as servers from '#server/api/servers.ts';
import { status } from '#server/api/status.ts';
import { why } from '#server/api/why.ts';

/** A handler for every endpoint of the contract; one that is missing does not compile. */
export const HANDLERS: { readonly [Name in EndpointName]: Handler<(typeof ENDPOINTS)[Name]> } = {
  status,
  ...clock,
  ...records,
  ...customers,
  ...plans,
  ...servers,
  ...catalogue,
  importDocuments,
  contentMissing,
  ...policy,
  why,
  forecast,
  ...approvals,
};
