import type { Revision } from '#domain/catalogue/revision.ts';
import type { FragmentRef } from '#protocol/wusp/responses.ts';
import type { InfoType } from '#protocol/wusp/types.ts';
import { Refusal } from '#server/wsus/fault.ts';
import { fileLocations } from '#server/wsus/file-locations.ts';
import { MAX_EXTENDED_UPDATES } from '#server/wsus/operations/get-config.ts';
import { loadServer } from '#server/wsus/server.ts';
import type { Caller, WsusService, WuspHandler } from '#server/wsus/service.ts';
import { sessionOf } from '#server/wsus/session.ts';

/** GetExtendedUpdateInfo ([MS-WUSP] 3.1.5.10): texts, files and handlers of revisions that apply, and where the files are. */
export const getExtendedUpdateInfo: WuspHandler<'GetExtendedUpdateInfo'> = async (service, request, caller) => {
  const session = sessionOf(service, request.cookie, caller.at);
  checkCount(request.revisionIds.length, 'parameters.revisionIDs');
  const server = await loadServer(service, session, caller.at);
  const { catalogue } = service.facts.current(); // after the wait: the set is made from these facts too
  const set = await service.deployments.setFor(server, caller.at);
  const wanted = [...new Set(request.revisionIds)];
  const revisions = wanted.flatMap((id) => (set.deployments.has(id) ? (catalogue.revisions.get(id) ?? []) : []));
  const inScope = new Set(revisions.map(({ revisionId }) => revisionId));
  const info = await extendedInfo(service, revisions, request.infoTypes, request.locales, caller);
  const outOfScopeRevisionIds = wanted.filter((id) => !inScope.has(id));
  return { operation: 'GetExtendedUpdateInfo', extendedUpdateInfo: { ...info, outOfScopeRevisionIds } };
};

/** The same by identity. No update of ours has secured or encrypted files, so there are no keys to give. */
export const getExtendedUpdateInfo2: WuspHandler<'GetExtendedUpdateInfo2'> = async (service, request, caller) => {
  const session = sessionOf(service, request.cookie, caller.at);
  checkCount(request.updateIds.length, 'parameters.updateIDs');
  const server = await loadServer(service, session, caller.at);
  const { catalogue } = service.facts.current(); // after the wait: the set is made from these facts too
  const set = await service.deployments.setFor(server, caller.at);
  const revisions = request.updateIds.flatMap(({ updateId, revisionNumber }) => {
    const revision = catalogue.revision(updateId, revisionNumber);
    return revision && set.deployments.has(revision.revisionId) ? [revision] : [];
  });
  const extendedUpdateInfo = await extendedInfo(service, revisions, request.infoTypes, request.locales, caller);
  return { operation: 'GetExtendedUpdateInfo2', extendedUpdateInfo };
};

function checkCount(count: number, place: string): void {
  if (count > MAX_EXTENDED_UPDATES) throw new Refusal('InvalidParameters', place);
}

async function extendedInfo(
  service: WsusService,
  revisions: readonly Revision[],
  infoTypes: readonly InfoType[],
  locales: readonly string[],
  caller: Caller,
) {
  const ids = revisions.map(({ revisionId }) => revisionId);
  const found = await service.fragments.list(ids, infoTypes.filter(isStored), [...locales, 'en']);
  const digests = revisions.flatMap(({ files }) => files.map(({ sha1 }) => sha1));
  return {
    updates: found.map((xml) => ({ id: xml.revisionId, xml })),
    fileLocations: await fileLocations(service, digests, caller),
  };
}

/** Published and VerificationRule were never seen answered; FileUrl and FileDecryption belong to secured updates. */
function isStored(type: InfoType): type is FragmentRef['fragment'] {
  return type === 'Core' || type === 'Extended' || type === 'LocalizedProperties' || type === 'Eula';
}
