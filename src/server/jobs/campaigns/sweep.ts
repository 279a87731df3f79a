import { cycleStart, nextCycle } from '#domain/calendar/patch-tuesday.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { kindOfUpdate } from '#domain/decide/kind-plan.ts';
import { approvalFor } from '#domain/decide/questions.ts';
import { isBefore } from '#domain/instants.ts';
import { ORDER_ONLY } from '#domain/rollout/shipped-plans.ts';
import {
  type CampaignRow,
  listCustomersUnderWay,
  listSets,
  listUnderWay,
  lockCampaign,
  saveCampaign,
  tryLockCustomer,
} from '#server/store/campaigns/campaigns.ts';
import { listGates } from '#server/store/campaigns/gates.ts';
import { inventoryVersions, listOrderedCustomers } from '#server/store/campaigns/needs.ts';
import { inTransaction } from '#server/store/pool.ts';
import { listRolloutPlansInForce } from '#server/store/rollout-plans.ts';
import { anyServer } from './any-server.ts';
import { closeCampaign } from './close.ts';
import { type CustomersPlan, gather, mayGather } from './gather.ts';
import { judgeGates } from './judge.ts';
import { type Paced, turnFinder } from './next-turn.ts';
import { noteTally } from './note.ts';
import { placeServers } from './place.ts';
import { followProgress } from './progress.ts';
import { makeTally } from './tally.ts';
import { giveOutTurns } from './turns.ts';
import type { CampaignOptions, Work } from './work.ts';

/**
 * Moves all campaigns on: gathers what was approved, places servers, weighs what their agents said, judges the gates, and gives turns.
 * Each campaign in one transaction with its record and notices, so that a process that dies in the middle leaves nothing half done; of
 * several processes one looks after a customer at a time. Asked twice at one instant, it does nothing the second time.
 */
export async function sweepCampaigns(options: CampaignOptions, at: Temporal.Instant): Promise<void> {
  const faults: Error[] = [];
  for (const { customerId, plan } of await listCustomers(options)) {
    try {
      if (plan) await gatherFor(options, plan, at);
      for (const campaignId of await listUnderWay(options.pool, customerId))
        await moveCampaign(options, customerId, campaignId, at);
    } catch (error) {
      faults.push(error as Error); // the other customers' campaigns go on
    }
  }
  if (faults[0]) throw faults.length === 1 ? faults[0] : new AggregateError(faults, faults[0].message);
}

/** Customers that have a plan, an order, or a campaign under way by a plan that they had. */
async function listCustomers({
  pool,
}: CampaignOptions): Promise<{ readonly customerId: string; readonly plan?: CustomersPlan }[]> {
  const plans = new Map<string, CustomersPlan>();
  for (const customerId of await listOrderedCustomers(pool))
    plans.set(customerId, { customerId, plan: ORDER_ONLY, version: null });
  for (const row of await listRolloutPlansInForce(pool)) plans.set(row.customerId, row);
  const known = new Set([...plans.keys(), ...(await listCustomersUnderWay(pool))]);
  return [...known].sort().map((customerId) => {
    const plan = plans.get(customerId);
    return { customerId, ...(plan ? { plan } : {}) };
  });
}

async function gatherFor(options: CampaignOptions, customer: CustomersPlan, at: Temporal.Instant): Promise<void> {
  if (!(await mayGather(options, customer, at))) return;
  await inTransaction(options.pool, async (client) => {
    if (await tryLockCustomer(client, customer.customerId)) await gather(client, options, customer, at);
  });
}

async function moveCampaign(
  options: CampaignOptions,
  customerId: string,
  campaignId: string,
  at: Temporal.Instant,
): Promise<void> {
  const { pool, keeper, clock } = options;
  await inTransaction(pool, async (client) => {
    if (!(await tryLockCustomer(client, customerId))) return;
    const campaign = await lockCampaign(client, campaignId, true);
    if (!campaign || campaign.endedAt) return;
    const { inventory, facts: version } = await inventoryVersions(client);
    const [facts, directory, tally] = [keeper.current(), keeper.directory(), makeTally()];
    const set = (await listSets(client, [campaignId])).filter(({ updateId }) =>
      isLive(updateId, customerId, facts, at),
    );
    const work: Work = { client, campaign, set, facts, directory, at, inventory, tally };
    await move(work, options, inventory + version);
    await noteTally(work, clock.kind);
  });
}

async function move(work: Work, { keeper, wallNow }: CampaignOptions, version: number): Promise<void> {
  const { client, campaign, at } = work;
  if (isOver(campaign, at)) {
    const why = 'Three later cycles have begun; what is still needed goes with the newest.';
    return closeCampaign(work, { who: 'service', token: null, why });
  }
  const updates = pacedUpdates(work);
  const findTurn = turnFinder(at);
  const placement = await placeServers(work, [...updates.values()], findTurn, version);
  await followProgress(work);
  // A wave that is not filled yet would seem to be one without servers.
  if (placement.placing && !(await isOpen(work))) return saveCampaign(client, { ...campaign, ...placement });
  const judged = await judgeGates(work, wallNow);
  if (campaign.placedFor !== placement.placedFor || campaign.placing !== placement.placing)
    await saveCampaign(client, { ...judged.campaign, ...placement });
  if (judged.campaign.state !== 'gathering' && judged.campaign.state !== 'promoting') return;
  await giveOutTurns({ work, keeper, updates, findTurn }, judged.promotion, judged.evidence);
}

/** Whether its first wave was opened: all servers have been placed once. */
async function isOpen({ client, campaign }: Work): Promise<boolean> {
  return (await listGates(client, campaign.campaignId)).get(0)?.standing.state !== 'waiting';
}

/** A campaign ends at the latest when the third cycle after its own begins. */
const LONGEST_CYCLES = 3;

function isOver({ cycle }: CampaignRow, at: Temporal.Instant): boolean {
  let last = cycle;
  for (let n = 0; n < LONGEST_CYCLES; n += 1) last = nextCycle(last);
  return !isBefore(at, cycleStart(last));
}

/** False of an update that Microsoft withdrew or a person declined: nobody waits for it any more. */
function isLive(updateId: UpdateId, customerId: string, facts: Facts, at: Temporal.Instant): boolean {
  const update = facts.catalogue.latest(updateId);
  if (!update || update.publicationState === 'Expired') return false;
  const approval = approvalFor({ server: anyServer({ customerId }), update, facts, at });
  return approval.approved || approval.code !== 'catalogue.declined';
}

/** What of the set decides about windows; an update that the catalogue has lost is nothing that could be offered. */
function pacedUpdates({ set, facts }: Work): Map<UpdateId, Paced> {
  return new Map(
    set.flatMap(({ updateId }): [UpdateId, Paced][] => {
      const update = facts.catalogue.latest(updateId);
      return update ? [[updateId, { kind: kindOfUpdate(update, facts), published: update.published }]] : [];
    }),
  );
}
