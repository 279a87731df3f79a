import { rankOf } from '#domain/fleet/roles.ts';
import { NOTHING_REPORTED } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';
import { placeServer } from '#domain/rollout/placement.ts';
import type { CampaignRow } from '#server/store/campaigns/campaigns.ts';
import {
  listPlaced,
  type PlaceableServer,
  type Placed,
  type PlacedMember,
  pageOfPlaceable,
  placeMembers,
  removeMembers,
  removeStrangers,
} from '#server/store/campaigns/members.ts';
import type { Paced, TurnFinder } from './next-turn.ts';
import { PAGE, type Work } from './work.ts';

/** So many pages are worked through in one sweep. */
const MOST_PAGES = 25;

/** How far a campaign's placing is. */
export type Placement = Pick<CampaignRow, 'placedFor' | 'placing'>;

/**
 * Makes every patched server of the customer a member, in the wave into which the plan's rules put it. Done anew when facts, inventory (a
 * new server among them) or set changed since the last time; who holds a seat stays where it is. A large fleet takes several sweeps; returns
 * how far this one came.
 */
export async function placeServers(
  work: Work,
  updates: readonly Paced[],
  findTurn: TurnFinder,
  version: number,
): Promise<Placement> {
  const { client, campaign, tally } = work;
  const { placedFor, placing } = campaign;
  if (!placing && placedFor === version) return { placedFor, placing };
  const target = placing?.version ?? version; // changes in the middle of a pass are for the next one
  let after: { readonly dnsName: string; readonly serverId: string } | undefined = placing ?? undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const rows = await pageOfPlaceable(client, campaign.customerId, after, PAGE);
    const members = await listPlaced(
      client,
      campaign.campaignId,
      rows.map(({ serverId }) => serverId),
    );
    const placed: Placed[] = [];
    const [joined, left]: [string[], PlaceableServer[]] = [[], []];
    for (const row of rows) {
      const member = members.get(row.serverId);
      const place = placeOf(work, row, member, updates, findTurn);
      if (!place && member) left.push(row);
      if (!place || isThere(member, place, work.at)) continue;
      placed.push(place);
      if (!member) joined.push(row.dnsName);
    }
    await placeMembers(client, campaign.campaignId, placed);
    await removeMembers(
      client,
      campaign.campaignId,
      left.map(({ serverId }) => serverId),
    );
    tally.count('joined', joined);
    tally.count(
      'left',
      left.map(({ dnsName }) => dnsName),
    );
    after = rows.at(-1);
    if (rows.length === PAGE) continue;
    await removeStrangers(client, campaign.campaignId, campaign.customerId);
    return { placedFor: target, placing: null };
  }
  return { placedFor, placing: after ? { version: target, dnsName: after.dnsName, serverId: after.serverId } : null };
}

/** Undefined: the server is not patched. */
function placeOf(
  { campaign, directory }: Work,
  row: PlaceableServer,
  member: PlacedMember | undefined,
  updates: readonly Paced[],
  findTurn: TurnFinder,
): Placed | undefined {
  const server = directory.serverFacts(row, NOTHING_REPORTED);
  if (server.mode !== 'managed' || !server.plan) return undefined;
  const inventory = row.inventory ?? {};
  const { releaseWeek } = server.plan;
  const name = row.dnsName.toLowerCase();
  const wave = placeServer(campaign.plan, {
    inventory,
    name,
    releaseWeek,
    ...(server.group ? { group: server.group } : {}),
  });
  const waits = !member || member.state === 'waiting';
  return {
    serverId: row.serverId,
    wave: wave ?? null,
    releaseWeek,
    rank: rankOf(inventory.roles),
    dueAt: waits ? (findTurn(server, updates, true)?.dueAt ?? null) : null,
  };
}

/** Who is due already is asked anyway; only a time to come must be the right one. */
function isThere(
  member: PlacedMember | undefined,
  { wave, releaseWeek, rank, dueAt }: Placed,
  at: Temporal.Instant,
): boolean {
  if (!member || member.wave !== wave || member.releaseWeek !== releaseWeek || member.rank !== rank) return false;
  if (member.state !== 'waiting') return true;
  if (member.dueAt === null || dueAt === null) return false;
  return !isBefore(at, member.dueAt) || member.dueAt.equals(dueAt);
}
