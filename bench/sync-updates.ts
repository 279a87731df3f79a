// SyncUpdates over 20,000 revisions: a scan of a client that has everything, and a whole first scan.
// Usage: node bench/sync-updates.ts [revisions]
import { indexCatalogue, withRevisions } from '#domain/catalogue/index-catalogue.ts';
import type { PrerequisiteClause, Revision } from '#domain/catalogue/revision.ts';
import { revisionOf, updateIdOf } from '#domain/catalogue/testing.ts';
import type { Deployment, DeploymentSet } from '#domain/decide/deployment.ts';
import { type SyncAsk, syncUpdates } from '#domain/sync/sync-updates.ts';
import { askOf, deploymentSetOf, newClient, takeAnswer } from '#domain/sync/testing.ts';

const COUNT = Number(process.argv[2] ?? 20_000);
const DETECTOIDS = 400;
const PRODUCTS = 60;
const CACHED = 3_000;
const LIMITS = {
  maxUpdates: 200,
  maxBytes: 5_000_000,
  bytesOf: (revisionId: number) => 2_000 + (revisionId % 7) * 4_000,
};
const INSTALL: Deployment = { action: 'Install', lastChange: '2023-10-10' };
const CHECK: Deployment = { action: 'PreDeploymentCheck', lastChange: '2023-10-10' };

function requires(...numbers: readonly number[]): readonly PrerequisiteClause[] {
  return numbers.map((number) => ({ anyOf: [updateIdOf(number)], isCategory: number < PRODUCTS }));
}

/** Categories in three levels, detectoids in five, and bundles of one part that each require a product and three detectoids. */
function* revisions(): Iterable<Revision> {
  for (let number = 0; number < PRODUCTS; number++) {
    const prerequisites = number === 0 ? [] : requires(number < 5 ? 0 : 1 + (number % 4));
    yield revisionOf({ revisionId: number, updateType: 'Category', prerequisites });
  }
  for (let number = PRODUCTS; number < PRODUCTS + DETECTOIDS; number++) {
    const prerequisites = number < PRODUCTS + 80 ? [] : requires(number - 80);
    yield revisionOf({ revisionId: number, updateType: 'Detectoid', prerequisites });
  }
  for (let number = PRODUCTS + DETECTOIDS; number < COUNT; number += 2) {
    const detectoid = (step: number) => PRODUCTS + (((number / 2) * step) % DETECTOIDS);
    const prerequisites = requires(5 + ((number / 2) % (PRODUCTS - 5)), detectoid(1), detectoid(3), detectoid(7));
    const bundles = [[{ updateId: updateIdOf(number + 1), revisionNumber: 1 }]];
    yield revisionOf({ revisionId: number, prerequisites, bundles });
    yield revisionOf({ revisionId: number + 1, explicitlyDeployable: false, prerequisites });
  }
}

function measured<T>(what: string, work: () => T): T {
  const start = performance.now();
  const result = work();
  console.log(`${what.padEnd(60)} ${(performance.now() - start).toFixed(1).padStart(9)} ms`);
  return result;
}

function rate(what: string, milliseconds: number, work: () => void): void {
  for (let warm = 0; warm < 50; warm++) work();
  let calls = 0;
  const start = performance.now();
  while (performance.now() - start < milliseconds) {
    work();
    calls++;
  }
  const each = (performance.now() - start) / calls;
  console.log(`${what.padEnd(60)} ${each.toFixed(3).padStart(9)} ms  ${Math.round(1_000 / each)}/s`);
}

function wholeScan(set: DeploymentSet): number {
  const client = newClient(Array.from({ length: PRODUCTS + DETECTOIDS }, (_, number) => updateIdOf(number)));
  for (let calls = 1; ; calls++) {
    const answer = syncUpdates(catalogue, set, askOf(client, catalogue), LIMITS);
    if (!takeAnswer(client, catalogue, set, answer)) return calls;
  }
}

const all = [...revisions()];
const catalogue = measured(`index ${COUNT} revisions in batches of 100, read at the end`, () => {
  let grown = indexCatalogue([], 0);
  for (let at = 0; at < all.length; at += 100) grown = withRevisions(grown, all.slice(at, at + 100), at + 1);
  grown.isLeaf(updateIdOf(0));
  return grown;
});
const deploy = (version: string, deployment: Deployment) =>
  deploymentSetOf(catalogue, version, new Map(catalogue.deployable.map((revision) => [revision, deployment])));
const set = measured('closure of everything that is deployable', () => deploy('now', INSTALL));
const old = deploy('old', CHECK);

const installedNonLeaf = Array.from({ length: 90 }, (_, at) => at);
const empty: SyncAsk = { ...askOf(newClient([]), catalogue), installedNonLeaf, known: set };
measured('first call: compile the catalogue and the set', () => syncUpdates(catalogue, set, empty, LIMITS));
measured('a second set under the same catalogue', () => syncUpdates(catalogue, old, empty, LIMITS));

rate('a client whose set is its own: compile, compare and answer', 1_000, () => {
  syncUpdates(catalogue, { ...set }, { ...empty, known: { ...old } }, LIMITS);
});

// A real client has the needed ones cached, and as many that lately went out of need.
const cached = new Set<number>();
const everything = { ...empty, installedNonLeaf: Array.from({ length: PRODUCTS + DETECTOIDS }, (_, at) => at) };
const plenty = { ...LIMITS, maxUpdates: CACHED, maxBytes: Number.POSITIVE_INFINITY };
for (const revisionId of syncUpdates(catalogue, set, everything, plenty).newUpdates) cached.add(revisionId);
const hot: SyncAsk = { ...everything, otherCached: [...cached] };
const nothingNew = deploymentSetOf(
  catalogue,
  'cached only',
  new Map([...cached].flatMap((id) => catalogue.revisions.get(id) ?? []).map((revision) => [revision, INSTALL])),
);
rate(`hot call, ${cached.size} cached, a page of 200 follows`, 2_000, () => syncUpdates(catalogue, set, hot, LIMITS));
rate(`hot call, ${cached.size} cached, nothing new`, 2_000, () =>
  syncUpdates(catalogue, nothingNew, { ...hot, known: nothingNew }, LIMITS),
);
rate(`hot call, ${cached.size} cached, the whole set changed`, 2_000, () =>
  syncUpdates(catalogue, set, { ...hot, known: old }, LIMITS),
);
const calls = measured('whole first scan, the client included', () => wholeScan(set));
console.log(`${calls} calls`);
