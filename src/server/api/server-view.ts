import type { EndpointResult } from '#contract/endpoint.ts';
import type { showServer } from '#contract/endpoints/fleet.ts';
import { complianceOf, isDue } from '#domain/decide/compliance.ts';
import { groupKey } from '#domain/decide/deployment-set.ts';
import { operatingSystem } from '#domain/fleet/operating-system.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import type { UpdateState } from '#domain/status/event-state.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { listStandings, type ServerStanding } from '#server/store/fleet-views.ts';
import type { ServerRow } from '#server/store/servers.ts';

/** A server as the API shows it. */
export type ServerView = EndpointResult<typeof showServer>;

/** Servers as the API shows them, in the order of the rows: assignment applied, tally and compliance by what their agents said. */
export async function serverViews(
  deps: ApiDeps,
  rows: readonly ServerRow[],
  at: Temporal.Instant,
): Promise<ServerView[]> {
  const { pool, keeper } = deps;
  const facts = keeper.current();
  const directory = keeper.directory();
  const standings = new Map(
    (
      await listStandings(
        pool,
        rows.map(({ serverId }) => serverId),
      )
    ).map((one) => [one.serverId, one]),
  );
  const known = new Map<string, boolean>();
  /** Servers of one group have the same updates due. */
  const due = (server: ServerFacts, updateId: string): boolean => {
    const key = `${groupKey(server)} ${updateId}`;
    const answer = known.get(key) ?? isDue(server, updateId, facts, at);
    known.set(key, answer);
    return answer;
  };
  return rows.map((row) => {
    const server = directory.serverFacts(row, { installed: new Set(), failed: new Set() });
    const standing = standings.get(row.serverId) ?? { ...NOTHING_SAID, serverId: row.serverId };
    const customer = server.customerId === undefined ? undefined : directory.customers.get(server.customerId);
    return {
      ...said(row),
      os: operatingSystem(server.target),
      zone: server.zone,
      mode: server.mode,
      tally: tallyOf(standing),
      compliance: complianceOf(standing, (updateId) => due(server, updateId)),
      ...(customer ? { customer: customer.name } : {}),
      ...(server.plan ? { plan: server.plan.name } : {}),
    };
  });
}

const NOTHING_SAID = { hasStatus: false, pendingRestart: false, installed: 0, unsettled: [] };

/** What the server claims of itself, and when it was heard of. */
function said({ serverId, clientId, dnsName, osBuild, firstSeen, lastSeen, lastSync, lastStatus }: ServerRow) {
  return {
    serverId,
    clientId,
    dnsName,
    firstSeen: firstSeen.toString(),
    lastSeen: lastSeen.toString(),
    ...(osBuild === null ? {} : { osBuild }),
    ...(lastSync ? { lastSync: lastSync.toString() } : {}),
    ...(lastStatus ? { lastStatus: lastStatus.toString() } : {}),
  };
}

function tallyOf({ installed, unsettled }: ServerStanding) {
  const count = (wanted: UpdateState): number => unsettled.filter(({ state }) => state === wanted).length;
  return {
    installed,
    needed: count('needed'),
    downloaded: count('downloaded'),
    pendingRestart: count('pending-restart'),
    failed: count('failed'),
  };
}
