import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Kind } from '#domain/approval/kinds.ts';
import { cycleAt, cycleOfPublication } from '#domain/calendar/patch-tuesday.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { kindOfUpdate } from '#domain/decide/kind-plan.ts';
import { type Standings, standings } from '#domain/decide/standing.ts';
import { isBefore } from '#domain/instants.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import {
  type CampaignRow,
  campaignLabel,
  growSet,
  listSets,
  lockUnderWay,
  openCampaign,
} from '#server/store/campaigns/campaigns.ts';
import { addGateEvents } from '#server/store/campaigns/gate-events.ts';
import { hasReportedSince, listNeeded, listOwnServers, listTargets } from '#server/store/campaigns/needs.ts';
import { appendRecord } from '#server/store/record.ts';
import { anyServer } from './any-server.ts';
import type { CampaignOptions } from './work.ts';

/** How a customer's servers take updates: by its plan, or, without a version, in the built-in order alone. */
export interface CustomersPlan {
  readonly customerId: string;
  readonly plan: RolloutPlan;
  readonly version: number | null;
}

interface Looked {
  readonly facts: Facts;
  readonly version: CustomersPlan['version'];
  readonly at: Temporal.Instant;
}

/** A customer of whom nobody reported and about whom nothing changed is looked at this often, since approvals also change by time alone. */
const LOOK_EVERY = { minutes: 15 };
/** Reports that were still on their way at the last look. */
const OVERLAP = { minutes: 2 };

/** When each customer was last looked at: a copy that may be lost. */
const looks = new WeakMap<CampaignOptions['keeper'], Map<string, Looked>>();

/** Whether there may be something to gather for a customer since the last look; true the first time. */
export async function mayGather(
  { pool, keeper }: CampaignOptions,
  { customerId, version }: CustomersPlan,
  at: Temporal.Instant,
): Promise<boolean> {
  const last = looks.get(keeper)?.get(customerId);
  if (!last || last.facts !== keeper.current() || last.version !== version) return true;
  if (!isBefore(at, last.at.add(LOOK_EVERY))) return true;
  return hasReportedSince(pool, customerId, last.at.subtract(OVERLAP));
}

/**
 * Takes into the customer's campaigns what is approved, of a kind that goes in waves, needed by a server that is patched, and in no campaign
 * under way. It joins the campaign of its cycle that still gathers by the plan in force, or opens another one; what is older than the
 * present cycle goes with the present one. A new revision of an update with the same files takes the place of the one in the set; one with
 * other files only while the set gathers, and then nothing was shown of it yet.
 */
export async function gather(
  client: pg.PoolClient,
  options: CampaignOptions,
  customer: CustomersPlan,
  at: Temporal.Instant,
): Promise<void> {
  const facts = options.keeper.current();
  const campaigns = await lockUnderWay(client, customer.customerId);
  const taken = await takenUpdates(client, campaigns);
  const approved = await approvedUpdates(client, customer, facts, at);
  const replaced: Gathered[] = [];
  const fresh: Revision[] = [];
  for (const update of approved) {
    const inSets = taken.get(update.updateId) ?? [];
    if (inSets.some(({ revisionNumber }) => revisionNumber === update.revisionNumber)) continue;
    const place =
      inSets.find(({ revisionNumber }) => isSame(facts.catalogue, update, revisionNumber)) ??
      inSets.find(({ campaign }) => campaign.state === 'gathering');
    if (place) {
      const same = isSame(facts.catalogue, update, place.revisionNumber);
      replaced.push({ campaign: place.campaign, update, same });
    } else fresh.push(update);
  }
  const needed = new Set(
    await listNeeded(
      client,
      customer.customerId,
      fresh.map(({ updateId }) => updateId),
    ),
  );
  const joined = fresh.filter(({ updateId }) => needed.has(updateId));
  const gathered = [...replaced, ...(await assign(client, customer, campaigns, joined, at))];
  await put(client, options, customer, gathered, at);
  const known = looks.get(options.keeper) ?? new Map<string, Looked>();
  looks.set(options.keeper, known.set(customer.customerId, { facts, version: customer.version, at }));
}

interface Gathered {
  readonly campaign: CampaignRow;
  readonly update: Revision;
  /** It installs the same as the revision whose place it takes: what was shown of that one holds for it. */
  readonly same: boolean;
}

interface Taken {
  readonly campaign: CampaignRow;
  readonly revisionNumber: number;
}

async function takenUpdates(
  client: pg.PoolClient,
  campaigns: readonly CampaignRow[],
): Promise<ReadonlyMap<UpdateId, readonly Taken[]>> {
  const byId = new Map(campaigns.map((campaign) => [campaign.campaignId, campaign]));
  const taken = new Map<UpdateId, Taken[]>();
  for (const { campaignId, updateId, revisionNumber } of await listSets(client, [...byId.keys()])) {
    const campaign = byId.get(campaignId);
    if (campaign) taken.set(updateId, [...(taken.get(updateId) ?? []), { campaign, revisionNumber }]);
  }
  return taken;
}

/** Whether a new revision installs the same files as the one in a set. */
function isSame(catalogue: Catalogue, update: Revision, revisionNumber: number): boolean {
  const before = catalogue.revision(update.updateId, revisionNumber);
  return before !== undefined && payloadKey(catalogue, before) === payloadKey(catalogue, update);
}

function payloadKey(catalogue: Catalogue, update: Revision): string {
  return catalogue
    .payload(update)
    .map(({ sha1 }) => sha1)
    .sort()
    .join();
}

/** What is approved for some machine of the customer, of the plan's kinds. */
async function approvedUpdates(
  client: pg.PoolClient,
  { customerId, plan }: CustomersPlan,
  facts: Facts,
  at: Temporal.Instant,
): Promise<Revision[]> {
  const targets = await listTargets(client, customerId);
  const alone = await listOwnServers(client, customerId, [...facts.singledOut]);
  const asked = [
    ...targets.map((target) => anyServer({ customerId, target })),
    ...alone.flatMap((serverId) => targets.map((target) => anyServer({ customerId, serverId, target }))),
  ];
  const found = new Map<UpdateId, Revision>();
  for (const server of asked)
    for (const update of clearOfKinds(standings(server, facts, at), plan.kinds, facts))
      found.set(update.updateId, update);
  return [...found.values()];
}

const clear = new WeakMap<Standings, Map<string, readonly Revision[]>>();

/** Worked out once for all customers that share the standings and the kinds. */
function clearOfKinds(all: Standings, kinds: readonly Kind[], facts: Facts): readonly Revision[] {
  const known = clear.get(all) ?? new Map<string, readonly Revision[]>();
  clear.set(all, known);
  const key = kinds.join();
  const found =
    known.get(key) ??
    all.all
      .filter((one) => one.clear && !one.pace.definition && kinds.includes(kindOfUpdate(one.update, facts)))
      .map(({ update }) => update);
  known.set(key, found);
  return found;
}

/** Finds the campaign of each update, or opens one. */
async function assign(
  client: pg.PoolClient,
  { customerId, plan, version }: CustomersPlan,
  campaigns: readonly CampaignRow[],
  updates: readonly Revision[],
  at: Temporal.Instant,
): Promise<Gathered[]> {
  const gathering = new Map(
    campaigns
      .filter(({ state, planVersion }) => state === 'gathering' && planVersion === version)
      .map((campaign) => [campaign.cycle, campaign]),
  );
  const present = cycleAt(at);
  const gathered: Gathered[] = [];
  for (const update of updates) {
    const { cycle } = cycleOfPublication(update.published);
    const own = gathering.has(cycle) || cycle > present ? cycle : present;
    const campaign =
      gathering.get(own) ??
      (await openCampaign(client, {
        ...{ campaignId: randomUUID(), customerId, cycle: own, planVersion: version, plan, openedAt: at },
      }));
    gathering.set(own, campaign);
    gathered.push({ campaign, update, same: false });
  }
  return gathered;
}

/** Updates that an entry of the record names. */
const QUOTED = 50;

async function put(
  client: pg.PoolClient,
  { clock }: CampaignOptions,
  { customerId }: CustomersPlan,
  gathered: readonly Gathered[],
  at: Temporal.Instant,
): Promise<void> {
  const perCampaign = [...Map.groupBy(gathered, ({ campaign }) => campaign)];
  for (const [campaign, all] of perCampaign) {
    const updates = all.map(({ update }) => update);
    const same = all.filter((one) => one.same).map(({ update: { updateId } }) => updateId);
    await growSet(client, campaign.campaignId, updates, same, at);
    await addGateEvents(client, [
      {
        ...{ gateEventId: randomUUID(), campaignId: campaign.campaignId, wave: null, kind: 'open' as const },
        ...{ who: 'service', token: null, at, details: { joined: updates.slice(0, QUOTED).map(({ title }) => title) } },
      },
    ]);
  }
  await appendRecord(
    client,
    perCampaign.map(([campaign, all]) => ({
      ...{ customerId, at, clock: clock.kind, who: 'service', what: 'campaign.gathered' },
      subject: { campaign: campaign.campaignId, label: campaignLabel(campaign) },
      facts: {
        updates: all.length,
        named: all.slice(0, QUOTED).map(({ update: { updateId, revisionNumber, title } }) => ({
          ...{ updateId, revisionNumber, title },
        })),
      },
    })),
  );
}
