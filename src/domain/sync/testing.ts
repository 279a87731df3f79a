import fc from 'fast-check';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision, UpdateId, UpdateType } from '#domain/catalogue/revision.ts';
import type { Deployment, DeploymentSet } from '#domain/decide/deployment.ts';
import type { SyncAnswer, SyncAsk } from '#domain/sync/sync-updates.ts';

/** A GUID that says which of a test's updates it is. */
export function updateIdOf(number: number): UpdateId {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** A revision with what a test says, and otherwise the plainest software update. */
export function revisionOf(facts: Partial<Revision> & { readonly revisionId: number }): Revision {
  return {
    updateId: updateIdOf(facts.revisionId),
    revisionNumber: 1,
    updateType: 'Software',
    title: `Update ${facts.revisionId}`,
    published: Temporal.Instant.from('2023-10-10T17:00:00Z'),
    publicationState: 'Published',
    explicitlyDeployable: true,
    isBeta: false,
    reboot: 'NeverReboots',
    impact: 'Normal',
    removable: false,
    prerequisites: [],
    bundles: [],
    supersedes: [],
    files: [],
    ...facts,
  };
}

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

const MISSING = updateIdOf(0xffff);
const DEPTH = 12;
const TYPES: readonly UpdateType[] = ['Category', 'Detectoid', 'Software', 'Software', 'Software', 'Driver'];

const sketch = fc.record({
  type: fc.constantFrom(...TYPES),
  revisions: fc.array(
    fc.record({
      order: fc.nat(9999),
      clauses: fc.array(fc.array(fc.nat(9999), { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
      parts: fc.array(fc.array(fc.tuple(fc.nat(9999), fc.nat(3)), { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
      replaced: fc.array(fc.nat(9999), { maxLength: 2 }),
      hasParts: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
type Sketch = typeof sketch extends fc.Arbitrary<infer T> ? T : never;

/**
 * Whole catalogues: categories, detectoids, software, drivers; up to three revisions of each; clauses of one to three updates, some of
 * which do not exist; bundles of exact revisions. Everything is at most twelve levels deep, unless cycles are asked for.
 */
export function catalogueRevisions({ cycles }: { readonly cycles: boolean }): fc.Arbitrary<readonly Revision[]> {
  return fc
    .array(sketch, { minLength: 1, maxLength: 40, size: 'max' })
    .map((sketches) => drawRevisions(sketches, cycles));
}

function drawRevisions(sketches: readonly Sketch[], cycles: boolean): readonly Revision[] {
  const drawn = sketches.flatMap(({ type, revisions }, number) => {
    const level = Math.floor((number * DEPTH) / sketches.length);
    const reachable = cycles ? sketches.length : Math.floor((level * sketches.length) / DEPTH);
    const one = (pick: number) => (pick % 10 === 0 ? MISSING : updateIdOf(pick % reachable));
    const partOf = ([pick, revisionNumber]: readonly [number, number]) => ({
      updateId: updateIdOf(pick % reachable),
      revisionNumber,
    });
    const hasReach = reachable > 0;
    return revisions.map(({ order, clauses, parts, replaced, hasParts }, at) => ({
      order,
      facts: {
        updateId: updateIdOf(number),
        revisionNumber: at + 1,
        updateType: type,
        prerequisites: hasReach ? clauses.map((picks, at) => ({ anyOf: picks.map(one), isCategory: at === 0 })) : [],
        bundles: type === 'Software' && hasParts && hasReach ? parts.map((clause) => clause.map(partOf)) : [],
        supersedes: replaced.map((pick) => updateIdOf(pick % sketches.length)),
      } satisfies Partial<Revision>,
    }));
  });
  const ordered = drawn.toSorted((a, b) => a.order - b.order);
  return ordered.map(({ facts }, at) => revisionOf({ revisionId: 100 + at * 3, ...facts }));
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
    const updateId = catalogue.revisions.get(revisionId)?.updateId ?? MISSING;
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
