import { loadServer } from '#server/wsus/server.ts';
import type { WuspHandler } from '#server/wsus/service.ts';
import { sessionOf } from '#server/wsus/session.ts';
import { wireDeployment } from '#server/wsus/wire-deployment.ts';

/**
 * RefreshCache ([MS-WUSP] 3.1.5.8): translates the identities that a client has cached into our revision ids, after it lost touch
 * with the server it knew. What is not deployed to it, and what is only a part of a bundle, is left out; it will be sent anew.
 */
export const refreshCache: WuspHandler<'RefreshCache'> = async (service, request, caller) => {
  const session = sessionOf(service, request.cookie, caller.at);
  const server = await loadServer(service, session, caller.at);
  const { catalogue } = service.facts.current(); // after the wait: the set is made from these facts too
  const set = await service.deployments.setFor(server, caller.at);
  const results = request.globalIds.flatMap(({ updateId, revisionNumber }) => {
    const revision = catalogue.revision(updateId, revisionNumber);
    const deployment = revision && set.deployments.get(revision.revisionId);
    if (!revision || !deployment || deployment.action === 'Bundle') return [];
    const { revisionId } = revision;
    const globalId = { updateId, revisionNumber };
    return [{ revisionId, globalId, isLeaf: catalogue.isLeaf(updateId), deployment: wireDeployment(revisionId, set) }];
  });
  return { operation: 'RefreshCache', results };
};
