import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import { indexCatalogue, withRevisions } from '#domain/catalogue/index-catalogue.ts';
import type { PrerequisiteClause, Revision } from '#domain/catalogue/revision.ts';
import { revisionOf, updateIdOf } from '#domain/catalogue/testing.ts';
import type { Deployment, DeploymentSet } from '#domain/decide/deployment.ts';
import { type SyncAsk, syncUpdates } from '#domain/sync/sync-updates.ts';
import { askOf, deploymentSetOf, newClient, type TestClient, takeAnswer } from './testing.ts';

const LIMITS = { maxUpdates: 200, maxBytes: 1_000_000, bytesOf: () => 1_000 };
const INSTALL: Deployment = { action: 'Install', lastChange: '2023-10-10' };
const EVALUATE: Deployment = { action: 'Evaluate', lastChange: '2023-10-10' };
const CHECK: Deployment = { action: 'PreDeploymentCheck', lastChange: '2023-10-10' };

function requires(...numbers: readonly number[]): readonly PrerequisiteClause[] {
  return numbers.map((number) => ({ anyOf: [updateIdOf(number)], isCategory: false }));
}

function setOf(
  version: string,
  catalogue: Catalogue,
  deployments: Readonly<Record<number, Deployment>>,
): DeploymentSet {
  const roots = new Map<Revision, Deployment>();
  for (const [revisionId, deployment] of Object.entries(deployments)) {
    const revision = catalogue.revisions.get(Number(revisionId));
    if (revision) roots.set(revision, deployment);
  }
  return deploymentSetOf(catalogue, version, roots);
}

function scan(client: TestClient, catalogue: Catalogue, set: DeploymentSet, ask: Partial<SyncAsk> = {}): number[][] {
  const changed: number[][] = [];
  for (let calls = 0; calls < 200; calls++) {
    const answer = syncUpdates(catalogue, set, { ...askOf(client, catalogue), ...ask }, LIMITS);
    changed.push([...answer.changed]);
    if (!takeAnswer(client, catalogue, set, answer)) return changed;
  }
  return assert.fail('the scan did not end');
}

const cached = (client: TestClient) => [...client.cache.keys()].sort((a, b) => a - b);

test('a deployment is told again when its action, its deadline or its date changed, and only then', () => {
  const catalogue = indexCatalogue(
    [1, 2, 3, 4, 5].map((revisionId) => revisionOf({ revisionId })),
    1,
  );
  const at = (text: string) => ({ ...INSTALL, deadline: Temporal.Instant.from(text) });
  const client = newClient([]);
  const old = { 1: INSTALL, 2: INSTALL, 3: at('2023-10-22T01:00Z'), 4: at('2023-10-22T01:00Z'), 5: INSTALL };
  const now = {
    1: INSTALL,
    2: CHECK,
    3: at('2023-10-22T02:00Z'),
    4: at('2023-10-22T03:00+02:00'),
    5: at('2023-10-22T01:00Z'),
  };
  scan(client, catalogue, setOf('old', catalogue, old));
  assert.deepEqual(scan(client, catalogue, setOf('now', catalogue, now)), [[2, 3, 5]]);
  const moved = { ...now, 1: { ...INSTALL, lastChange: '2023-10-11' } };
  assert.deepEqual(scan(client, catalogue, setOf('moved', catalogue, moved)), [[1]]);
});

test('the same version needs no comparison, whichever object carries it', () => {
  const catalogue = indexCatalogue([revisionOf({ revisionId: 1 })], 1);
  const client = newClient([]);
  scan(client, catalogue, setOf('v', catalogue, { 1: INSTALL }));
  assert.deepEqual(scan(client, catalogue, setOf('v', catalogue, { 1: INSTALL })), [[]]);
});

test('an update that becomes a prerequisite unlocks its dependents in the same scan', () => {
  const before = indexCatalogue([revisionOf({ revisionId: 1 })], 1);
  const client = newClient([updateIdOf(1)]);
  scan(client, before, setOf('before', before, { 1: INSTALL }));
  assert.deepEqual(client.cache.get(1), { isLeaf: true, deployment: INSTALL });

  const after = withRevisions(before, [revisionOf({ revisionId: 2, prerequisites: requires(1) })], 2);
  const set = setOf('after', after, { 1: INSTALL, 2: INSTALL });
  assert.deepEqual(scan(client, after, set), [[1], []]);
  assert.deepEqual(cached(client), [1, 2]);
});

test('a part that arrives after its non-leaf bundle lets the client ask once more, however deep it lies', () => {
  const bundleOf = (number: number) => [[{ updateId: updateIdOf(number), revisionNumber: 1 }]];
  const revisions = [
    revisionOf({ revisionId: 1, bundles: bundleOf(5) }),
    revisionOf({ revisionId: 2, prerequisites: requires(3) }),
    revisionOf({ revisionId: 3, updateType: 'Detectoid' }),
    revisionOf({ revisionId: 4, prerequisites: requires(1) }),
    revisionOf({ revisionId: 5, bundles: bundleOf(2) }),
  ];
  const catalogue = indexCatalogue(revisions, 1);
  const client = newClient([updateIdOf(2), updateIdOf(3)]);
  scan(client, catalogue, setOf('all', catalogue, { 4: INSTALL }));
  assert.deepEqual(cached(client), [1, 2, 3, 4, 5]);
});

test('non-leaves come first, and parts before the bundle that they make', () => {
  const revisions = [
    revisionOf({ revisionId: 1, bundles: [[{ updateId: updateIdOf(2), revisionNumber: 1 }]] }),
    revisionOf({ revisionId: 2 }),
    revisionOf({ revisionId: 3, bundles: [[{ updateId: updateIdOf(4), revisionNumber: 1 }]] }),
    revisionOf({ revisionId: 4 }),
    revisionOf({ revisionId: 5, updateType: 'Detectoid' }),
    revisionOf({ revisionId: 6, prerequisites: requires(5, 3) }),
  ];
  const catalogue = indexCatalogue(revisions, 1);
  const set = setOf('all', catalogue, { 1: INSTALL, 6: INSTALL });
  const answer = syncUpdates(catalogue, set, askOf(newClient([]), catalogue), LIMITS);
  assert.deepEqual(answer.newUpdates, [4, 5, 3, 2, 1]);
});

test('a lost cookie costs a client that knows its non-leaves no further call', () => {
  const revisions = [revisionOf({ revisionId: 1 }), revisionOf({ revisionId: 2, prerequisites: requires(1) })];
  const catalogue = indexCatalogue(revisions, 1);
  const client = newClient([updateIdOf(1)]);
  const set = setOf('all', catalogue, { 2: INSTALL });
  scan(client, catalogue, set);
  client.known = undefined;
  assert.deepEqual(scan(client, catalogue, set), [[1, 2]]);
});

test('a new revision takes the place of the old one', () => {
  const before = indexCatalogue([revisionOf({ revisionId: 1, updateId: updateIdOf(7) })], 1);
  const client = newClient([]);
  scan(client, before, setOf('before', before, { 1: INSTALL }));
  const newer = revisionOf({ revisionId: 9, updateId: updateIdOf(7), revisionNumber: 2 });
  const after = withRevisions(before, [newer], 2);
  scan(client, after, setOf('after', after, { 9: INSTALL }));
  assert.deepEqual(cached(client), [9]);
});

test('ids that nobody knows go out of scope, drivers too', () => {
  const catalogue = indexCatalogue(
    [revisionOf({ revisionId: 1 }), revisionOf({ revisionId: 2, updateType: 'Driver' })],
    1,
  );
  const set = setOf('all', catalogue, { 1: INSTALL, 2: INSTALL });
  const claims = { installedNonLeaf: [77, 77], otherCached: [2, 1, 77, -5, 1, 2_147_483_647] };
  const answer = syncUpdates(catalogue, set, { ...askOf(newClient([]), catalogue), ...claims, known: set }, LIMITS);
  assert.deepEqual(answer.outOfScope, [77, 2, -5, 2_147_483_647]);
  assert.deepEqual([answer.newUpdates, answer.changed], [[], []]);
});

test('an offer that was told in a category scan is withdrawn again by the next scan of everything', () => {
  const revisions = [
    revisionOf({ revisionId: 1, updateType: 'Category', categoryType: 'Product' }),
    revisionOf({ revisionId: 2, prerequisites: requires(1) }),
    revisionOf({ revisionId: 3 }),
  ];
  const catalogue = indexCatalogue(revisions, 1);
  const held = setOf('held', catalogue, { 1: EVALUATE, 2: CHECK, 3: CHECK });
  const offered = setOf('offered', catalogue, { 1: EVALUATE, 2: INSTALL, 3: INSTALL });
  const client = newClient([updateIdOf(1)]);
  const filter = { filterCategories: [updateIdOf(1)], needTwoGroupOutOfScope: true };

  scan(client, catalogue, held);
  scan(client, catalogue, offered, filter);
  assert.equal(client.cache.get(2)?.deployment?.action, 'Install');
  assert.equal(client.cache.get(3)?.deployment?.action, 'PreDeploymentCheck', 'outside of the filter nothing is told');
  assert.equal(client.known, undefined, 'the client has neither set');

  scan(client, catalogue, held);
  assert.equal(client.cache.get(2)?.deployment?.action, 'PreDeploymentCheck');
  scan(client, catalogue, offered);
  assert.equal(client.cache.get(3)?.deployment?.action, 'Install');
});

test('changes are told at once, however small the page, and leave room for one new update', () => {
  const revisions = Array.from({ length: 50 }, (_, at) => revisionOf({ revisionId: at + 1 }));
  const catalogue = indexCatalogue(revisions, 1);
  const all = (version: string, count: number, deployment: Deployment) =>
    setOf(version, catalogue, Object.fromEntries(revisions.slice(0, count).map((r) => [r.revisionId, deployment])));
  const ask = { ...askOf(newClient([]), catalogue), otherCached: revisions.slice(0, 40).map((r) => r.revisionId) };
  const tiny = { maxUpdates: 1, maxBytes: 2_000, bytesOf: () => 1_000 };
  const answer = syncUpdates(catalogue, all('now', 50, INSTALL), { ...ask, known: all('old', 40, CHECK) }, tiny);
  assert.equal(answer.changed.length, 40);
  assert.deepEqual(answer.newUpdates, [41]);
  assert.deepEqual([answer.truncated, answer.complete], [true, true]);
});
