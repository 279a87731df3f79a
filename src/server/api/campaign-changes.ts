import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type * as contract from '#contract/endpoints/campaigns.ts';
import { CodedError } from '#contract/errors.ts';
import type { Json } from '#domain/evidence/canonical-json.ts';
import {
  campaignShown,
  campaignSubject,
  findCampaignCalled,
  gateCalled,
  gateName,
  refuseEnded,
  testShown,
} from '#server/api/campaign-view.ts';
import { holdersPage } from '#server/api/campaigns.ts';
import { change } from '#server/api/change.ts';
import type { ApiCaller, ApiDeps, Handler } from '#server/api/deps.ts';
import { findServer } from '#server/api/find.ts';
import { type CampaignRow, campaignLabel, lockCampaign, saveCampaign } from '#server/store/campaigns/campaigns.ts';
import { listVerifiedBuilds } from '#server/store/campaigns/figures.ts';
import { addGateEvents, type GateEvent } from '#server/store/campaigns/gate-events.ts';
import { listGates } from '#server/store/campaigns/gates.ts';
import { countCampaignHolders } from '#server/store/campaigns/holders.ts';
import { lockMember, releaseMember } from '#server/store/campaigns/members.ts';
import { addTestResult as addResult } from '#server/store/campaigns/test-results.ts';
import { findRolloutPlan } from '#server/store/rollout-plans.ts';

/** Of so many servers the answer to a stop itself tells; the list has all. */
const FIRST_PAGE = 100;

export const stopCampaign: Handler<typeof contract.stopCampaign> = async (deps, { params, body }, caller) => {
  const { at } = caller;
  const { who = caller.name, why } = body;
  const row = await changeCampaign(
    deps,
    params.campaign,
    caller,
    { kind: 'stop', who, why },
    async (client, before) => {
      if (before.state === 'stopped')
        throw new CodedError('campaign.state', `The campaign ${campaignLabel(before)} is stopped already.`);
      const stopped = {
        state: 'stopped',
        beforeStop: before.state,
        stoppedAt: at,
        stoppedBy: who,
        stoppedWhy: why,
      } as const;
      const next: CampaignRow = { ...before, ...stopped };
      await saveCampaign(client, next);
      return { next, facts: { holders: await countCampaignHolders(client, before.campaignId) } };
    },
  );
  return { ...campaignShown(deps, row), holders: await holdersPage(deps, row.campaignId, undefined, FIRST_PAGE, at) };
};

export const resumeCampaign: Handler<typeof contract.resumeCampaign> = async (deps, { params, body }, caller) => {
  const { who = caller.name, why } = body;
  const row = await changeCampaign(
    deps,
    params.campaign,
    caller,
    { kind: 'resume', who, why },
    async (client, before) => {
      if (before.state !== 'stopped')
        throw new CodedError('campaign.state', `The campaign ${campaignLabel(before)} is not stopped.`);
      const state = before.beforeStop ?? 'promoting';
      const next: CampaignRow = {
        ...before,
        state,
        beforeStop: null,
        stoppedAt: null,
        stoppedBy: null,
        stoppedWhy: null,
      };
      await saveCampaign(client, next);
      return { next, facts: { stoppedBy: before.stoppedBy, stoppedWhy: before.stoppedWhy } };
    },
  );
  return campaignShown(deps, row);
};

export const closeCampaign: Handler<typeof contract.closeCampaign> = async (deps, { params, body }, caller) => {
  const { who = caller.name, why } = body;
  const row = await changeCampaign(
    deps,
    params.campaign,
    caller,
    { kind: 'close', who, why },
    async (client, before) => {
      const next: CampaignRow = { ...before, state: 'closed', endedAt: caller.at };
      await saveCampaign(client, next);
      return { next, facts: { before: before.state } };
    },
  );
  return campaignShown(deps, row);
};

export const giveGo: Handler<typeof contract.giveGo> = async (deps, { params, body }, caller) => {
  const { who = caller.name, why } = body;
  const found = await findCampaignCalled(deps, params.campaign);
  const wave = gateCalled(found.plan, params.gate);
  const row = await changeCampaign(
    deps,
    found.campaignId,
    caller,
    { kind: 'go', who, why, wave },
    async (client, before) => {
      await refuseAuthor(client, before, caller.name);
      const gates = await listGates(client, before.campaignId);
      if (gates.get(wave)?.standing.state === 'passed')
        throw new CodedError('campaign.state', `The gate "${params.gate}" has passed already.`);
      return { next: before, facts: {} };
    },
  );
  return campaignShown(deps, row);
};

export const addTestResult: Handler<typeof contract.addTestResult> = async (deps, { params, body }, caller) => {
  const found = await findCampaignCalled(deps, params.campaign);
  const { campaignId, plan } = found;
  const wave = gateCalled(plan, params.gate);
  const { who = caller.name, owner, result, note } = body;
  const builds = body.builds ?? (await listVerifiedBuilds(deps.pool, campaignId, wave));
  const test = { testResultId: randomUUID(), campaignId, wave, owner, result, builds, note, who, at: caller.at };
  await changeCampaign(deps, campaignId, caller, { kind: 'test', who, why: note, wave }, async (client, before) => {
    await addResult(client, test);
    return { next: before, facts: { owner, result, builds } };
  });
  return testShown(plan, test);
};

export const releaseServer: Handler<typeof contract.releaseServer> = async (deps, { params, body }, caller) => {
  const { who = caller.name, why } = body;
  const { serverId, dnsName } = await findServer(deps, params.server);
  let released: Awaited<ReturnType<typeof lockMember>>;
  await changeCampaign(deps, params.campaign, caller, { kind: 'release', who, why }, async (client, before) => {
    const label = campaignLabel(before);
    released = await lockMember(client, before.campaignId, serverId);
    if (!released) throw new CodedError('not-found', `The server "${dnsName}" is not in the campaign ${label}.`);
    if (!(await releaseMember(client, before.campaignId, serverId)))
      throw new CodedError(
        'campaign.state',
        `The server "${dnsName}" holds no seat in the campaign ${label}: it is ${released.state}.`,
      );
    return { next: before, facts: { server: dnsName, before: released.state } };
  });
  return { serverId, dnsName, before: released?.state ?? 'told' };
};

interface Act extends Pick<GateEvent, 'kind' | 'who'> {
  readonly why: string;
  readonly wave?: number;
}

/** Changes a campaign that is not at its end, with its history and the record, in one transaction that has its row alone. */
async function changeCampaign(
  deps: ApiDeps,
  campaign: string,
  { name, at }: ApiCaller,
  { kind, who, why, wave }: Act,
  work: (
    client: pg.PoolClient,
    before: CampaignRow,
  ) => Promise<{ readonly next: CampaignRow; readonly facts: { readonly [member: string]: Json } }>,
): Promise<CampaignRow> {
  const { campaignId } = await findCampaignCalled(deps, campaign);
  return change(deps, async (client) => {
    const before = await lockCampaign(client, campaignId);
    if (!before) throw new CodedError('not-found', `There is no campaign "${campaign}".`);
    refuseEnded(before);
    const { next, facts } = await work(client, before);
    const gate = wave === undefined ? {} : { gate: gateName(before.plan, wave) };
    const details = { why, ...facts };
    await addGateEvents(client, [
      { gateEventId: randomUUID(), campaignId, wave: wave ?? null, kind, who, token: name, at, details },
    ]);
    const noted = {
      at,
      who,
      what: `campaign.${kind}`,
      facts: { ...details, token: name },
      customerId: before.customerId,
    };
    return { outcome: next, noted: [{ ...noted, subject: { ...campaignSubject(before), ...gate } }] };
  });
}

/** Two persons are two tokens: where the plan asks for them, its author cannot give the go. */
async function refuseAuthor(
  client: pg.PoolClient,
  { customerId, plan, planVersion }: CampaignRow,
  token: string,
): Promise<void> {
  if (!plan.twoPersons || planVersion === null) return;
  const written = await findRolloutPlan(client, customerId, planVersion);
  if (written?.token === token)
    throw new CodedError(
      'rollout.same-person',
      `The token "${token}" wrote version ${planVersion} of the rollout plan.`,
    );
}
