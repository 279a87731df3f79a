import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import type { Deployment, DeploymentSet } from '#domain/decide/deployment.ts';
import type { SyncAnswer, SyncAsk } from '#domain/sync/sync-updates.ts';

/** What a test's deployment set holds: the given roots with their deployments, `Evaluate` for what these need. */
export function deploymentSetOf(
  catalogue: Catalogue,
  version: string,
  roots: ReadonlyMap<Revision, Deployment>,
): DeploymentSet {
  const deployments = new Map<number, Deployment>();
  for (const revision of catalogue.closure(roots.keys())) {
    deployments.set(revision.revisionId, roots.get(revision) ?? { action: 'Evaluate', lastChange: '2023-10-10' });
  }
  return { version, deployments };
}

/** A Windows Update Agent, as far as the rounds of SyncUpdates go. */
export interface TestClient {
  /** Updates whose rules hold on this machine; those of bundles follow from their parts. */
  readonly installed: ReadonlySet<UpdateId>;
  readonly cache: Map<number, { isLeaf: boolean; deployment: Deployment | undefined }>;
  known: DeploymentSet | undefined;
}

/** A client that was never synchronised. */
export function newClient(installed: Iterable<UpdateId>): TestClient {
  return { installed: new Set(installed), cache: new Map(), known: undefined };
}

/** What the client sends in its next call: the installed ones of those that it takes for non-leaves, and all others. */
export function askOf(client: TestClient, catalogue: Catalogue): SyncAsk {
  const installedNonLeaf: number[] = [];
  const otherCached: number[] = [];
  for (const [revisionId, { isLeaf }] of client.cache) {
    const isInstalled = !isLeaf && evaluate(client, catalogue, revisionId, new Set());
    (isInstalled ? installedNonLeaf : otherCached).push(revisionId);
  }
  return { installedNonLeaf, otherCached, filterCategories: [], needTwoGroupOutOfScope: false, known: client.known };
}

/** Takes an answer into the client's cache; true when the client must call again ([MS-WUSP] 3.1.5.7, 2.2.2.2.4 Truncated). */
export function takeAnswer(client: TestClient, catalogue: Catalogue, set: DeploymentSet, answer: SyncAnswer): boolean {
  for (const revisionId of answer.outOfScope) client.cache.delete(revisionId);
  for (const revisionId of [...answer.changed, ...answer.newUpdates]) {
    const updateId = catalogue.revisions.get(revisionId)?.updateId ?? '';
    client.cache.set(revisionId, {
      isLeaf: catalogue.isLeaf(updateId),
      deployment: set.deployments.get(revisionId),
    });
  }
  client.known = answer.complete ? set : undefined;
  return answer.truncated || answer.newUpdates.some((revisionId) => client.cache.get(revisionId)?.isLeaf === false);
}

/** A bundle is installed when each of its clauses has an installed part in the cache; anything else by the machine's word. */
function evaluate(client: TestClient, catalogue: Catalogue, revisionId: number, above: Set<number>): boolean {
  const revision = catalogue.revisions.get(revisionId);
  if (revision === undefined || !client.cache.has(revisionId) || above.has(revisionId)) return false;
  if (revision.bundles.length === 0) return client.installed.has(revision.updateId);
  above.add(revisionId);
  const isInstalled = revision.bundles.every((clause) =>
    clause.some(({ updateId, revisionNumber }) => {
      const part = catalogue.revision(updateId, revisionNumber);
      return part !== undefined && evaluate(client, catalogue, part.revisionId, above);
    }),
  );
  above.delete(revisionId);
  return isInstalled;
}
