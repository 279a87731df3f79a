import type { DeploymentSet } from '#domain/decide/deployment.ts';
import type { Json } from '#domain/evidence/canonical-json.ts';
import { type RecordEntry, SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import type { SyncAnswer } from '#domain/sync/sync-updates.ts';
import { type Offer, tellOffers, withdrawOffers } from '#server/store/offers.ts';
import { inTransaction } from '#server/store/pool.ts';
import { appendRecord } from '#server/store/record.ts';
import type { WsusService } from '#server/wsus/service.ts';

/**
 * Notes, with the record, what an answer tells a server to install and what it takes back. Committed before the answer leaves, so that
 * what a server may hold is always on record. An answer without news costs nothing.
 */
export async function noteOffers(
  service: WsusService,
  server: ServerFacts,
  set: DeploymentSet,
  answer: SyncAnswer,
  at: Temporal.Instant,
): Promise<void> {
  const { catalogue } = service.facts.current();
  const told = [...answer.newUpdates, ...answer.changed].filter((id) => set.deployments.get(id)?.action === 'Install');
  const ended = [...answer.changed, ...answer.outOfScope].filter((id) => set.deployments.get(id)?.action !== 'Install');
  const offers = told.map((id): Offer => {
    const deadline = set.deployments.get(id)?.deadline;
    return { updateId: catalogue.revisions.get(id)?.updateId ?? '', revisionId: id, ...(deadline ? { deadline } : {}) };
  });
  const endedIds = ended.flatMap((id) => catalogue.revisions.get(id)?.updateId ?? []);
  if (offers.length === 0 && endedIds.length === 0) return;
  await inTransaction(service.pool, async (client) => {
    const withdrawn = endedIds.length === 0 ? 0 : await withdrawOffers(client, server.serverId, endedIds, at);
    if (offers.length > 0) await tellOffers(client, server.serverId, offers, at);
    if (offers.length === 0 && withdrawn === 0) return;
    await appendRecord(client, [entry(service, server, set, offers, withdrawn, at)]);
  });
}

function entry(
  service: WsusService,
  server: ServerFacts,
  set: DeploymentSet,
  offers: readonly Offer[],
  withdrawn: number,
  at: Temporal.Instant,
): RecordEntry {
  const facts: Json = {
    offered: offers.map(({ updateId, revisionId, deadline }) => ({
      updateId,
      revisionId,
      deadline: deadline?.toString() ?? null,
    })),
    withdrawn,
    deploymentSet: set.version,
    policyVersion: service.facts.policy().version,
    catalogueVersion: service.facts.current().catalogue.version,
    plan: server.plan ? { ...server.plan } : null,
    zone: server.zone,
  };
  return {
    customerId: server.customerId ?? SERVICE_CHAIN,
    at,
    clock: service.clock,
    who: 'service',
    what: offers.length > 0 ? 'offer' : 'offer-withdrawn',
    subject: { serverId: server.serverId },
    facts,
  };
}
