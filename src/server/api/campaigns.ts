import * as z from 'zod';
import type * as contract from '#contract/endpoints/campaigns.ts';
import { holderShown } from '#server/api/brakes.ts';
import {
  campaignShown,
  findCampaignCalled,
  gateCalled,
  gateName,
  gatesShown,
  testShown,
} from '#server/api/campaign-view.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { campaignEvidence } from '#server/jobs/campaigns/evidence.ts';
import { listSets, pageOfCampaigns } from '#server/store/campaigns/campaigns.ts';
import { countMembers } from '#server/store/campaigns/figures.ts';
import { pageOfGateEvents } from '#server/store/campaigns/gate-events.ts';
import { listGates } from '#server/store/campaigns/gates.ts';
import { pageOfCampaignHolders } from '#server/store/campaigns/holders.ts';
import { type MemberRow, pageOfMembers } from '#server/store/campaigns/members.ts';
import { listTestResults } from '#server/store/campaigns/test-results.ts';
import type { TurnRow } from '#server/store/campaigns/turns.ts';
import { listTurns } from '#server/store/campaigns/turns.ts';

const PLACE_IN_TIME = z.tuple([z.iso.datetime(), z.guid()]);
const PLACE_BY_NAME = z.tuple([z.string().max(260), z.guid()]);
/** How a list is asked for members that no rule places. */
const UNPLACED = 'unplaced';

export const listCampaigns: Handler<typeof contract.listCampaigns> = async (deps, { query }) => {
  const { customer, underWay, after, limit } = query;
  const [openedAt, campaignId] = after === undefined ? [] : readCursor(PLACE_IN_TIME, after);
  const rows = await pageOfCampaigns(deps.pool, {
    customerId: customer === undefined ? undefined : findCustomer(deps, customer).customerId,
    underWay,
    after: openedAt && campaignId ? { openedAt: Temporal.Instant.from(openedAt), campaignId } : undefined,
    limit: limit + 1,
  });
  return pageOf(
    rows,
    limit,
    (last) => [last.openedAt.toString(), last.campaignId],
    (row) => campaignShown(deps, row),
  );
};

export const showCampaign: Handler<typeof contract.showCampaign> = async (deps, { params }) => {
  const row = await findCampaignCalled(deps, params.campaign);
  const { campaignId, plan } = row;
  const gates = await listGates(deps.pool, campaignId);
  const evidence = await campaignEvidence(deps.pool, row, gates, 'all');
  const { catalogue } = deps.keeper.current();
  const unplaced = (await countMembers(deps.pool, campaignId)).filter(({ wave }) => wave === null);
  return {
    ...campaignShown(deps, row),
    updates: (await listSets(deps.pool, [campaignId])).map(({ updateId, revisionNumber, addedAt }) => ({
      ...{ updateId, revisionNumber, joinedAt: addedAt.toString() },
      title: catalogue.latest(updateId)?.title ?? updateId,
    })),
    ...gatesShown(row, gates, evidence),
    unplaced: unplaced.reduce((total, { servers }) => total + servers, 0),
    tests: (await listTestResults(deps.pool, campaignId)).map((test) => testShown(plan, test)),
  };
};

export const campaignServers: Handler<typeof contract.campaignServers> = async (deps, { params, query }, { at }) => {
  const { campaignId, plan } = await findCampaignCalled(deps, params.campaign);
  const { wave, state, after, limit } = query;
  const rows = await pageOfMembers(deps.pool, {
    ...{ campaignId, state, after: placeByName(after), limit: limit + 1 },
    wave: wave === undefined ? undefined : wave === UNPLACED ? null : gateCalled(plan, wave),
  });
  const turns = await listTurns(
    deps.pool,
    rows.map(({ serverId }) => serverId),
    at,
  );
  return pageOf(
    rows,
    limit,
    ({ dnsName, serverId }) => [dnsName, serverId],
    (row) => ({
      ...memberShown(
        row,
        turns.get(row.serverId)?.find((turn) => turn.campaignId === campaignId),
      ),
      ...(row.wave === null ? {} : { wave: gateName(plan, row.wave) }),
    }),
  );
};

export const campaignHolders: Handler<typeof contract.campaignHolders> = async (deps, { params, query }, { at }) => {
  const { campaignId } = await findCampaignCalled(deps, params.campaign);
  return holdersPage(deps, campaignId, query.after, query.limit, at);
};

export const campaignHistory: Handler<typeof contract.campaignHistory> = async (deps, { params, query }) => {
  const { campaignId, plan } = await findCampaignCalled(deps, params.campaign);
  const { after, limit } = query;
  const [since, gateEventId] = after === undefined ? [] : readCursor(PLACE_IN_TIME, after);
  const place = since && gateEventId ? { at: Temporal.Instant.from(since), gateEventId } : undefined;
  const rows = await pageOfGateEvents(deps.pool, campaignId, place, limit + 1);
  return pageOf(
    rows,
    limit,
    (last) => [last.at.toString(), last.gateEventId],
    ({ at, kind, wave, who, details }) => ({
      ...{ at: at.toString(), kind, who, details },
      ...(wave === null ? {} : { gate: gateName(plan, wave) }),
    }),
  );
};

/** A page of the servers that hold offers of a campaign. */
export async function holdersPage(
  deps: ApiDeps,
  campaignId: string,
  after: string | undefined,
  limit: number,
  at: Temporal.Instant,
) {
  const rows = await pageOfCampaignHolders(deps.pool, campaignId, placeByName(after), limit + 1);
  return pageOf(
    rows,
    limit,
    ({ dnsName, serverId }) => [dnsName, serverId],
    (row) => holderShown(deps, row, at),
  );
}

function placeByName(after: string | undefined) {
  if (after === undefined) return undefined;
  const [dnsName, serverId] = readCursor(PLACE_BY_NAME, after);
  return { dnsName, serverId };
}

function memberShown(row: MemberRow, turn: TurnRow | undefined) {
  const { serverId, dnsName, releaseWeek, state, windowStart, windowEnd, toldAt, verifiedAt, failedAt } = row;
  const hasTurn = state === 'told' || state === 'failed';
  return {
    ...{ serverId, dnsName, releaseWeek, state },
    ...(windowStart && windowEnd && hasTurn
      ? { window: { start: windowStart.toString(), end: windowEnd.toString() } }
      : {}),
    ...(toldAt ? { toldAt: toldAt.toString() } : {}),
    ...(verifiedAt && state === 'verified' ? { verifiedAt: verifiedAt.toString() } : {}),
    ...(failedAt && state === 'failed' ? { failedAt: failedAt.toString() } : {}),
    ...(turn?.held && (state === 'waiting' || hasTurn) ? { held: { ...turn.held } } : {}),
  };
}
