import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { DeploymentSet } from '#domain/decide/deployment.ts';
import type { Json } from '#domain/evidence/canonical-json.ts';
import { type RecordEntry, SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import type { SyncAnswer } from '#domain/sync/sync-updates.ts';
import { type Offer, tellOffers, withdrawOffers } from '#server/store/offers.ts';
import { plainPlan } from '#server/store/plans.ts';
import { inTransaction } from '#server/store/pool.ts';
import { appendRecord } from '#server/store/record.ts';
import type { WsusService } from '#server/wsus/service.ts';

/** The facts that an answer was made from, read in one moment: they may be newer ones by the time that it is on record. */
export interface Basis {
  readonly catalogue: Catalogue;
  readonly policyVersion: number;
}

/**
 * Notes, with the record, what an answer tells a server to install and what it takes back. Committed before the answer leaves, so that
 * what a server may hold is always on record. An answer without news costs nothing.
 */
export async function noteOffers(
  service: WsusService,
  server: ServerFacts,
  set: DeploymentSet,
  answer: SyncAnswer,
  basis: Basis,
  at: Temporal.Instant,
): Promise<void> {
  const { revisions } = basis.catalogue;
  const told = [...answer.newUpdates, ...answer.changed].filter((id) => set.deployments.get(id)?.action === 'Install');
  const ended = [...answer.changed, ...answer.outOfScope].filter((id) => set.deployments.get(id)?.action !== 'Install');
  const offers = told.map((id): Offer => {
    const deadline = set.deployments.get(id)?.deadline;
    return { updateId: revisions.get(id)?.updateId ?? '', revisionId: id, ...(deadline ? { deadline } : {}) };
  });
  const endedIds = ended.flatMap((id) => revisions.get(id)?.updateId ?? []);
  if (offers.length === 0 && endedIds.length === 0) return;
  await inTransaction(service.pool, async (client) => {
    const withdrawn = endedIds.length === 0 ? 0 : await withdrawOffers(client, server.serverId, endedIds, at);
    if (offers.length > 0) await tellOffers(client, server.serverId, offers, at);
    if (offers.length === 0 && withdrawn === 0) return;
    await appendRecord(client, [entry(service.clock, server, set, basis, { offers, withdrawn }, at)]);
  });
}

function entry(
  clock: WsusService['clock'],
  server: ServerFacts,
  set: DeploymentSet,
  { catalogue, policyVersion }: Basis,
  { offers, withdrawn }: { readonly offers: readonly Offer[]; readonly withdrawn: number },
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
    policyVersion,
    catalogueVersion: catalogue.version,
    plan: server.plan ? plainPlan(server.plan) : null,
    zone: server.zone,
  };
  return {
    customerId: server.customerId ?? SERVICE_CHAIN,
    at,
    clock,
    who: 'service',
    what: offers.length > 0 ? 'offer' : 'offer-withdrawn',
    subject: { serverId: server.serverId },
    facts,
  };
}
