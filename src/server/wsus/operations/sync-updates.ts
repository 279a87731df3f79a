import type pg from 'pg';
import { memoised } from '#domain/catalogue/memo.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { syncUpdates as syncSoftware } from '#domain/sync/sync-updates.ts';
import type { SyncInfo } from '#protocol/wusp/responses.ts';
import type { SyncUpdateParameters } from '#protocol/wusp/types.ts';
import { grouped } from '#server/store/grouped.ts';
import { type FinishedScan, noteScans } from '#server/store/scans.ts';
import type { SessionClaims } from '#server/wsus/cookie.ts';
import { Refusal } from '#server/wsus/fault.ts';
import { noteOffers } from '#server/wsus/offers.ts';
import { loadServer } from '#server/wsus/server.ts';
import type { Caller, WsusService, WuspHandler } from '#server/wsus/service.ts';
import { renewedCookie, sessionOf } from '#server/wsus/session.ts';
import { wireDeployment } from '#server/wsus/wire-deployment.ts';

/** Clients allow 200 calls a scan, so pages must not be small; and a page must not be too large to send in time. */
const PAGE = { maxUpdates: 200, maxBytes: 8 * 1024 * 1024 };

/** Notes scans that end at the same time together. */
const scansOf = memoised((pool: pg.Pool) =>
  grouped<FinishedScan, undefined>((scans) => noteScans(pool, scans).then(() => []), { most: 100, lanes: 1 }),
);

/** SyncUpdates ([MS-WUSP] 3.1.5.7): what is new, changed and out of scope for this client, page by page. */
export const syncUpdates: WuspHandler<'SyncUpdates'> = async (service, request, caller) => {
  const session = sessionOf(service, request.cookie, caller.at);
  const { parameters } = request;
  if (parameters.systemSpecDevices !== undefined && !parameters.skipSoftwareSync) {
    throw new Refusal('InvalidParameters', 'parameters.SystemSpec');
  }
  const server = await loadServer(service, session, caller.at);
  if (parameters.skipSoftwareSync)
    return { operation: 'SyncUpdates', syncInfo: noDrivers(service, session, parameters) };
  return { operation: 'SyncUpdates', syncInfo: await softwarePass(service, session, server, parameters, caller) };
};

/** The driver pass: drivers need review and none is offered, so whatever is cached is out of scope. */
function noDrivers(service: WsusService, session: SessionClaims, parameters: SyncUpdateParameters): SyncInfo {
  return {
    ...emptySyncInfo(service, session),
    outOfScopeRevisionIds: [...new Set(parameters.cachedDriverIds ?? [])],
    driverSyncNotNeeded: true,
  };
}

/** An answer without content; also what SyncPrinterCatalog gets. */
export function emptySyncInfo(service: WsusService, session: SessionClaims): SyncInfo {
  return {
    newUpdates: [],
    outOfScopeRevisionIds: [],
    changedUpdates: [],
    truncated: false,
    newCookie: renewedCookie(service, session, session.told),
    deployedOutOfScopeRevisionIds: [],
  };
}

async function softwarePass(
  service: WsusService,
  session: SessionClaims,
  server: ServerFacts,
  parameters: SyncUpdateParameters,
  caller: Caller,
): Promise<SyncInfo> {
  const { catalogue } = service.facts.current();
  const basis = { catalogue, policyVersion: service.facts.policy().version };
  const set = await service.deployments.setFor(server, caller.at);
  const ask = {
    installedNonLeaf: parameters.installedNonLeafUpdateIds ?? [],
    otherCached: parameters.otherCachedUpdateIds ?? [],
    filterCategories: parameters.filterCategoryIds ?? [],
    needTwoGroupOutOfScope: parameters.needTwoGroupOutOfScopeUpdates ?? false,
    known: await service.deployments.known(session.told),
  };
  const answer = syncSoftware(catalogue, set, ask, { ...PAGE, bytesOf: (id) => service.fragments.coreBytes(id) });
  await noteOffers(service, server, set, answer, basis, caller.at);
  if (!answer.truncated && ask.filterCategories.length === 0) {
    await scansOf(service.pool)({ serverId: server.serverId, at: caller.at });
  }
  const update = (id: number) => ({
    id,
    deployment: wireDeployment(id, set),
    isLeaf: catalogue.isLeaf(catalogue.revisions.get(id)?.updateId ?? ''),
  });
  return {
    newUpdates: answer.newUpdates.map((id) => ({ ...update(id), xml: { fragment: 'Core', revisionId: id } as const })),
    outOfScopeRevisionIds: answer.outOfScope,
    changedUpdates: answer.changed.map(update),
    truncated: answer.truncated,
    newCookie: renewedCookie(service, session, answer.complete ? set.version : undefined),
    deployedOutOfScopeRevisionIds: answer.deployedOutOfScope,
    driverSyncNotNeeded: true,
  };
}
