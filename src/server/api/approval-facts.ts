import * as z from 'zod';
import type * as contract from '#contract/endpoints/approvals.ts';
import { asOfInstant } from '#server/api/as-of.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer, findUpdate } from '#server/api/find.ts';
import { updateName } from '#server/api/update-row.ts';
import { approvalsRecorder } from '#server/jobs/approvals.ts';
import {
  type ApprovalFact,
  type FactPlace,
  listApprovalHistory,
  listApprovals as pageAsOf,
} from '#server/store/approvals.ts';
import { campaignLabel } from '#server/store/campaigns/campaigns.ts';
import { countTestsOfUpdates, listTestsOfUpdate, type UpdateTestRow } from '#server/store/campaigns/test-results.ts';

/** An answer about one update tells of so many owners' words. */
const MOST_TESTS = 100;

export const listApprovals: Handler<typeof contract.listApprovals> = async (deps, { query }, { at }) => {
  const { customer, verdict, after, limit } = query;
  await approvalsRecorder(deps).catchUp(at);
  const place =
    after === undefined
      ? undefined
      : readCursor(z.tuple([z.iso.datetime(), z.iso.datetime(), z.string().max(60)]), after);
  // All pages of a list show the same instant, however long somebody reads.
  const asOf = place ? Temporal.Instant.from(place[0]) : asOfInstant(query.asOf, at);
  const customerId = customer === undefined ? undefined : findCustomer(deps, customer).customerId;
  const facts = await pageAsOf(deps.pool, {
    asOf,
    customerId,
    verdict,
    after: place && { at: Temporal.Instant.from(place[1]), key: place[2] },
    limit: limit + 1,
  });
  const tests = await countTestsOfUpdates(
    deps.pool,
    facts.map(({ updateId }) => updateId),
    customerId,
    asOf,
  );
  const { catalogue } = deps.keeper.current();
  const page = pageOf(
    facts,
    limit,
    (last) => [asOf.toString(), last.at.toString(), last.key],
    (fact) => {
      const latest = catalogue.latest(fact.updateId);
      const name = latest ? updateName(latest) : { updateId: fact.updateId, revisionNumber: 0, title: fact.updateId };
      return {
        ...name,
        ...(fact.revisionNumber === null ? {} : { revisionNumber: fact.revisionNumber }),
        since: fact.at.toString(),
        ...saidShown(deps, fact),
        ...(tests.has(fact.updateId) ? { tests: tests.get(fact.updateId) } : {}),
      };
    },
  );
  return { ...page, asOf: asOf.toString() };
};

export const approvalHistory: Handler<typeof contract.approvalHistory> = async (deps, { params, query }, { at }) => {
  const { after, limit } = query;
  const update = findUpdate(deps, params.update);
  await approvalsRecorder(deps).catchUp(at);
  const facts = await listApprovalHistory(
    deps.pool,
    update.updateId,
    after === undefined ? undefined : placeOf(after),
    limit + 1,
  );
  const page = pageOf(
    facts,
    limit,
    (last) => [last.at.toString(), last.key],
    (one) => ({
      at: one.at.toString(),
      fact: one.fact,
      ...(one.revisionNumber === null ? {} : { revisionNumber: one.revisionNumber }),
      ...saidShown(deps, one),
    }),
  );
  const tests = await listTestsOfUpdate(deps.pool, update.updateId, MOST_TESTS);
  return { ...page, update: updateName(update), tests: tests.map((test) => testOf(deps, test)) };
};

function testOf({ keeper }: ApiDeps, test: UpdateTestRow) {
  const { at, customerId, owner, result, builds, note, who } = test;
  const customer = keeper.directory().customers.get(customerId)?.name ?? customerId;
  return { at: at.toString(), customer, campaign: campaignLabel(test), owner, result, builds: [...builds], note, who };
}

function placeOf(cursor: string): FactPlace {
  const [at, key] = readCursor(z.tuple([z.iso.datetime(), z.string().max(60)]), cursor);
  return { at: Temporal.Instant.from(at), key };
}

function saidShown({ keeper }: ApiDeps, fact: ApprovalFact) {
  const { verdict, level, customerId, serverId, server, who, why, policyVersion } = fact;
  const { requestedBy, requestedAt, acceptedBy, acceptance } = fact;
  const isAsked = requestedBy !== null && requestedAt !== null && acceptedBy !== null && acceptance !== null;
  return {
    ...{ verdict, level, who, why },
    ...(customerId === null ? {} : { customer: keeper.directory().customers.get(customerId)?.name ?? customerId }),
    ...(serverId === null ? {} : { server: server ?? serverId }),
    ...(policyVersion === null ? {} : { policyVersion }),
    ...(isAsked ? { request: { requestedBy, requestedAt: requestedAt.toString(), acceptedBy, acceptance } } : {}),
  };
}
