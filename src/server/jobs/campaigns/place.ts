import { rankOf } from '#domain/fleet/roles.ts';
import { NOTHING_REPORTED } from '#domain/fleet/server.ts';
import { placeServer } from '#domain/rollout/placement.ts';
import {
  type PlaceableServer,
  type Placed,
  pageOfPlaceable,
  placeMembers,
  removeMembers,
  removeStrangers,
} from '#server/store/campaigns/members.ts';
import type { Paced, TurnFinder } from './next-turn.ts';
import { PAGE, type Work } from './work.ts';

/**
 * Makes every patched server of the customer a member, in the wave into which the plan's rules put it. Done anew when facts, inventory (a
 * new server among them) or set changed since the last time; who holds a seat stays where it is.
 */
export async function placeServers(
  work: Work,
  updates: readonly Paced[],
  findTurn: TurnFinder,
  version: number,
): Promise<void> {
  const { client, campaign, tally } = work;
  if (campaign.placedFor === version) return;
  for (let after: PlaceableServer | undefined; ; ) {
    const rows = await pageOfPlaceable(client, campaign, after, PAGE);
    const placed: Placed[] = [];
    const left: string[] = [];
    for (const row of rows) {
      const place = placeOf(work, row, updates, findTurn);
      if (!place && row.state !== null) left.push(row.serverId);
      if (place && !isThere(row, place)) placed.push(place);
    }
    await placeMembers(client, campaign.campaignId, placed);
    await removeMembers(client, campaign.campaignId, left);
    const names = new Map(rows.map(({ serverId, dnsName, state }) => [serverId, { dnsName, isNew: state === null }]));
    tally.count(
      'joined',
      placed.flatMap(({ serverId }) => (names.get(serverId)?.isNew ? (names.get(serverId)?.dnsName ?? []) : [])),
    );
    tally.count(
      'left',
      left.flatMap((serverId) => names.get(serverId)?.dnsName ?? []),
    );
    after = rows.at(-1);
    if (rows.length < PAGE) break;
  }
  await removeStrangers(client, campaign.campaignId, campaign.customerId);
}

/** Undefined: the server is not patched. */
function placeOf(
  { campaign, directory }: Work,
  row: PlaceableServer,
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
  const waits = row.state === null || row.state === 'waiting';
  return {
    serverId: row.serverId,
    wave: wave ?? null,
    releaseWeek,
    rank: rankOf(inventory.roles),
    dueAt: waits ? (findTurn(server, updates, true)?.dueAt ?? null) : null,
  };
}

function isThere(row: PlaceableServer, { wave, releaseWeek, rank, dueAt }: Placed): boolean {
  if (row.state === null || row.wave !== wave || row.releaseWeek !== releaseWeek || row.rank !== rank) return false;
  if (row.state !== 'waiting') return true;
  return row.dueAt !== null && dueAt !== null && row.dueAt.equals(dueAt);
}
