import type pg from 'pg';
import { memoised } from '#domain/catalogue/memo.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import type { ServerRollout, Turn } from '#domain/rollout/campaign.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { ORDER_ONLY } from '#domain/rollout/shipped-plans.ts';
import type { Directory } from '#server/facts/directory.ts';
import { campaignSets } from '#server/store/campaigns/sets.ts';
import { listTurns, type TurnRow } from '#server/store/campaigns/turns.ts';
import { listReadiness } from '#server/store/readiness-conditions.ts';
import { type InventoryColumns, listInventoryColumns } from '#server/store/scanning-server.ts';

const setsIn = memoised((pool: pg.Pool) => campaignSets(pool));

/**
 * Puts in what of a server changes with a campaign and with the evidence: inventory, turns and readiness. Nothing is read of servers
 * that no wave, no order and no demand reaches.
 */
export async function withStanding(
  pool: pg.Pool,
  directory: Directory,
  servers: readonly { readonly server: ServerFacts; readonly columns: InventoryColumns | undefined }[],
  at: Temporal.Instant,
): Promise<ServerFacts[]> {
  const known = servers.map(({ server, columns }) => ({
    server: columns?.inventory ? { ...server, inventory: columns.inventory } : server,
    plan: rolloutOf(directory, server, columns),
  }));
  const inWaves = known.filter(({ plan }) => plan !== undefined).map(({ server }) => server.serverId);
  const asked = known.filter(({ server }) => demandsOf(directory, server)).map(({ server }) => server.serverId);
  const [turns, readiness] = await Promise.all([
    inWaves.length === 0 ? new Map<string, readonly TurnRow[]>() : listTurns(pool, inWaves, at),
    asked.length === 0 ? undefined : listReadiness(pool, asked, at),
  ]);
  return Promise.all(
    known.map(async ({ server, plan }) => {
      const found = readiness?.get(server.serverId);
      const policy = directory.readinessPolicy(server.customerId);
      return {
        ...server,
        ...(plan ? { rollout: await rolloutFacts(pool, plan, turns.get(server.serverId) ?? []) } : {}),
        ...(found ? { readiness: { policy, ...found } } : {}),
      };
    }),
  );
}

/** The same for servers of which nothing of the inventory has been read yet. */
export async function standingOf(
  pool: pg.Pool,
  directory: Directory,
  servers: readonly ServerFacts[],
  at: Temporal.Instant,
): Promise<ServerFacts[]> {
  const columns = await listInventoryColumns(
    pool,
    servers.map(({ serverId }) => serverId),
  );
  const rows = servers.map((server) => ({ server, columns: columns.get(server.serverId) }));
  return withStanding(pool, directory, rows, at);
}

function rolloutOf(
  directory: Directory,
  { customerId }: ServerFacts,
  columns: InventoryColumns | undefined,
): RolloutPlan | undefined {
  if (customerId === undefined) return undefined;
  return directory.rolloutPlan(customerId) ?? (columns?.ordered ? ORDER_ONLY : undefined);
}

function demandsOf(directory: Directory, { customerId, inventory }: ServerFacts): boolean {
  const { tiers } = directory.readinessPolicy(customerId);
  return Object.keys(tiers[inventory?.tier ?? 'unknown']).length > 0;
}

async function rolloutFacts(pool: pg.Pool, { kinds }: RolloutPlan, rows: readonly TurnRow[]): Promise<ServerRollout> {
  const turns = rows.map(async ({ campaignId, label, setVersion, state, windowStart, held }): Promise<Turn> => {
    const updates = await setsIn(pool).setOf(campaignId, setVersion);
    const own = { ...(windowStart ? { windowStart } : {}), ...(held ? { held } : {}) };
    return { campaignId, campaign: label, updates, state, ...own };
  });
  return { kinds: new Set(kinds), turns: await Promise.all(turns) };
}
