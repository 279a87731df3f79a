import type { EndpointResult } from '#contract/endpoint.ts';
import type { showServer } from '#contract/endpoints/fleet.ts';
import { complianceOf } from '#domain/decide/compliance.ts';
import { operatingSystem } from '#domain/fleet/operating-system.ts';
import { NOTHING_REPORTED } from '#domain/fleet/server.ts';
import { settingsState } from '#domain/fleet/settings-state.ts';
import type { UpdateState } from '#domain/status/event-state.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { dueAt } from '#server/api/due.ts';
import { expectedSettings, taskClock } from '#server/settings/server-settings.ts';
import { type ListedServer, listStandings, type ServerStanding } from '#server/store/fleet-views.ts';

/** A server as the API shows it. */
export type ServerView = EndpointResult<typeof showServer>;

/** Servers as the API shows them, in the order of the rows: assignment applied, tally and compliance by what their agents said. */
export async function serverViews(
  deps: ApiDeps,
  rows: readonly ListedServer[],
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
  const due = dueAt(facts, at);
  const clock = taskClock();
  return rows.map((row) => {
    const server = directory.serverFacts(row, NOTHING_REPORTED);
    const standing = standings.get(row.serverId) ?? { ...NOTHING_SAID, serverId: row.serverId };
    const customer = server.customerId === undefined ? undefined : directory.customers.get(server.customerId);
    const region = directory.regionOf(row);
    return {
      ...said(row),
      os: operatingSystem(server.target),
      zone: server.zone,
      mode: server.mode,
      tally: tallyOf(standing),
      compliance: complianceOf(standing, (updateId) => due(server, updateId)),
      ...(customer ? { customer: customer.name } : {}),
      settings: settingsState(expectedSettings(row, directory, clock, at), row.settingsVersion),
      ...(server.plan ? { plan: server.plan.name } : {}),
      ...(region ? { region: region.name } : {}),
      ...(server.group === undefined ? {} : { group: server.group }),
    };
  });
}

const NOTHING_SAID = { hasStatus: false, pendingRestart: false, installed: 0, unsettled: [] };

/** What the server claims of itself, and when it was heard of. */
function said({ serverId, clientId, dnsName, osBuild, firstSeen, lastSeen, lastSync, lastStatus }: ListedServer) {
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
