import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import { indexCatalogue } from '#domain/catalogue/index-catalogue.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import { catalogueRevisions, updateIdOf } from '#domain/catalogue/testing.ts';
import type { Deployment, DeploymentSet } from '#domain/decide/deployment.ts';
import { type PageLimits, type SyncAnswer, type SyncAsk, syncUpdates } from '#domain/sync/sync-updates.ts';
import { askOf, deploymentSetOf, newClient, type TestClient, takeAnswer } from './testing.ts';

const WIDE: PageLimits = { maxUpdates: 200, maxBytes: 5_000_000, bytesOf: () => 1_000 };
const FEW: PageLimits = { maxUpdates: 2, maxBytes: 5_000_000, bytesOf: () => 1_000 };
const NARROW: PageLimits = { maxUpdates: 200, maxBytes: 1_500, bytesOf: (id) => (id % 7) * 500 };

const INSTALL: Deployment = { action: 'Install', lastChange: '2023-10-10' };
const CHECK: Deployment = { action: 'PreDeploymentCheck', lastChange: '2023-10-10' };
const DEADLINE: Deployment = { ...INSTALL, deadline: Temporal.Instant.from('2023-10-22T01:00:00Z') };

const worlds = (cycles: boolean) =>
  fc
    .record({
      revisions: catalogueRevisions({ cycles }),
      installed: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      picks: fc.array(fc.constantFrom(INSTALL, CHECK, DEADLINE, undefined), { minLength: 40, maxLength: 40 }),
      laterPicks: fc.array(fc.constantFrom(INSTALL, CHECK, DEADLINE, undefined), { minLength: 40, maxLength: 40 }),
      limits: fc.constantFrom(WIDE, FEW, NARROW),
    })
    .map(({ revisions, installed, picks, laterPicks, limits }) => {
      const catalogue = indexCatalogue(revisions, 1);
      return {
        revisions,
        catalogue,
        client: newClient(installed.flatMap((is, number) => (is ? [updateIdOf(number)] : []))),
        set: deploymentSetOf(catalogue, 'first', rootsOf(revisions, picks)),
        later: deploymentSetOf(catalogue, 'later', rootsOf(revisions, laterPicks)),
        limits,
      };
    });

function rootsOf(
  revisions: readonly Revision[],
  picks: readonly (Deployment | undefined)[],
): Map<Revision, Deployment> {
  const roots = new Map<Revision, Deployment>();
  for (const revision of latestOf(revisions)) {
    const deployment = picks[Number.parseInt(revision.updateId.slice(-4), 16)];
    if (deployment && (revision.updateType === 'Software' || revision.updateType === 'Driver')) {
      roots.set(revision, deployment);
    }
  }
  return roots;
}

// The book, read anew and naively: nothing below may use the code under test.

function latestOf(revisions: readonly Revision[]): readonly Revision[] {
  return revisions.filter(
    (one) => !revisions.some((other) => other.updateId === one.updateId && other.revisionNumber > one.revisionNumber),
  );
}

function isSatisfied(revision: Revision, installed: ReadonlySet<UpdateId>): boolean {
  return revision.prerequisites.every(({ anyOf }) => anyOf.some((updateId) => installed.has(updateId)));
}

function neededByTheBook(
  revisions: readonly Revision[],
  set: DeploymentSet,
  installedIds: readonly number[],
): number[] {
  const installed = new Set(revisions.filter((r) => installedIds.includes(r.revisionId)).map((r) => r.updateId));
  return revisions
    .filter((r) => set.deployments.has(r.revisionId) && r.updateType !== 'Driver' && isSatisfied(r, installed))
    .map((r) => r.revisionId)
    .sort((a, b) => a - b);
}

/** Everything that a client gets in the end: what is needed when all that it could have evaluated was evaluated. */
function fixpoint(
  revisions: readonly Revision[],
  catalogue: Catalogue,
  set: DeploymentSet,
  client: TestClient,
): number[] {
  let needed: number[] = [];
  for (;;) {
    const whole = newClient(client.installed);
    for (const id of needed)
      whole.cache.set(id, { isLeaf: isLeafByTheBook(revisions, set, id), deployment: undefined });
    const next = neededByTheBook(revisions, set, askOf(whole, catalogue).installedNonLeaf);
    if (next.length === needed.length) return next;
    needed = next;
  }
}

function isLeafByTheBook(revisions: readonly Revision[], set: DeploymentSet, revisionId: number): boolean {
  const updateId = revisions.find((r) => r.revisionId === revisionId)?.updateId ?? '';
  return !revisions.some(
    (r) => set.deployments.has(r.revisionId) && r.prerequisites.some(({ anyOf }) => anyOf.includes(updateId)),
  );
}

function scan(
  client: TestClient,
  catalogue: Catalogue,
  set: DeploymentSet,
  limits: PageLimits,
  watch: (ask: SyncAsk, answer: SyncAnswer) => void = () => {},
): number {
  for (let calls = 1; calls <= 200; calls++) {
    const ask = askOf(client, catalogue);
    const answer = syncUpdates(catalogue, set, ask, limits);
    watch(ask, answer);
    if (!takeAnswer(client, catalogue, set, answer)) return calls;
  }
  return assert.fail('the scan did not end within 200 calls');
}

function cached(client: TestClient): number[] {
  return [...client.cache.keys()].sort((a, b) => a - b);
}

function assertHolds(client: TestClient, set: DeploymentSet): void {
  for (const [revisionId, { deployment }] of client.cache)
    assert.deepEqual(deployment, set.deployments.get(revisionId));
}

test('a first scan brings what the book says, once, never before its prerequisites', () => {
  fc.assert(
    fc.property(worlds(true), ({ revisions, catalogue, client, set, limits }) => {
      const delivered = new Set<number>();
      scan(client, catalogue, set, limits, (ask, answer) => {
        const needed = new Set(neededByTheBook(revisions, set, ask.installedNonLeaf));
        assert.deepEqual([...answer.outOfScope, ...answer.changed, ...answer.deployedOutOfScope], []);
        for (const revisionId of answer.newUpdates) {
          assert.ok(needed.has(revisionId), `${revisionId} came before its prerequisites`);
          assert.ok(!delivered.has(revisionId), `${revisionId} came twice`);
          delivered.add(revisionId);
        }
      });
      assert.deepEqual(cached(client), fixpoint(revisions, catalogue, set, client));
      assertHolds(client, set);
    }),
    { numRuns: 300 },
  );
});

test('one answer to any claim, installed or not, is needed and cached by the book', () => {
  const claims = fc.record({
    world: worlds(true),
    installedNonLeaf: fc.array(fc.integer({ min: 97, max: 400 })),
    otherCached: fc.array(fc.integer({ min: 97, max: 400 })),
  });
  fc.assert(
    fc.property(claims, ({ world: { revisions, catalogue, set }, installedNonLeaf, otherCached }) => {
      const ask = {
        installedNonLeaf,
        otherCached,
        filterCategories: [],
        needTwoGroupOutOfScope: true,
        known: undefined,
      };
      const answer = syncUpdates(catalogue, set, ask, WIDE);
      const needed = neededByTheBook(revisions, set, installedNonLeaf);
      const has = [...new Set([...installedNonLeaf, ...otherCached])].sort((a, b) => a - b);
      const sorted = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);
      assert.deepEqual(
        sorted(answer.newUpdates),
        needed.filter((id) => !has.includes(id)),
      );
      assert.deepEqual(
        sorted(answer.outOfScope),
        has.filter((id) => !needed.includes(id)),
      );
      assert.deepEqual(
        sorted(answer.changed),
        has.filter((id) => needed.includes(id)),
      );
      assert.deepEqual(answer.deployedOutOfScope, []);
    }),
    { numRuns: 300 },
  );
});

test('after the set changed, one scan leaves the client with deployments of the new one only', () => {
  fc.assert(
    fc.property(worlds(true), ({ catalogue, client, set, later, limits }) => {
      scan(client, catalogue, set, limits);
      const withdrawn = cached(client).filter((revisionId) => !later.deployments.has(revisionId));
      const dropped: number[] = [];
      scan(client, catalogue, later, limits, (_, answer) => dropped.push(...answer.outOfScope));
      assertHolds(client, later);
      for (const revisionId of withdrawn) assert.ok(dropped.includes(revisionId), `${revisionId} withdrawn`);
    }),
    { numRuns: 200 },
  );
});

test('whatever changed in the catalogue and the set, scans settle at what the book says', () => {
  const grown = fc.record({
    world: worlds(false),
    firstHalf: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  });
  fc.assert(
    fc.property(grown, ({ world: { revisions, catalogue, client, set, later, limits }, firstHalf }) => {
      const old = indexCatalogue(
        revisions.filter((_, at) => firstHalf[at % 40]),
        0,
      );
      scan(client, old, deploymentSetOf(old, 'old', rootsIn(old, set)), limits);
      for (const target of [set, later]) {
        // A prerequisite that is lost takes its dependents along in the scan after, theirs in the one after that.
        for (let round = 0; round <= 12; round++) scan(client, catalogue, target, limits);
        assert.deepEqual(cached(client), neededByTheBook(revisions, target, askOf(client, catalogue).installedNonLeaf));
        for (const id of fixpoint(revisions, catalogue, target, client))
          assert.ok(client.cache.has(id), `${id} missing`);
        assertHolds(client, target);
      }
    }),
    { numRuns: 200 },
  );
});

function rootsIn(catalogue: Catalogue, set: DeploymentSet): Map<Revision, Deployment> {
  const roots = new Map<Revision, Deployment>();
  for (const revision of catalogue.deployable) {
    const deployment = set.deployments.get(revision.revisionId);
    if (deployment) roots.set(revision, deployment);
  }
  return roots;
}

test('a client whose cookie is lost is told everything again, and only once', () => {
  fc.assert(
    fc.property(worlds(false), ({ catalogue, client, set, limits }) => {
      scan(client, catalogue, set, limits);
      client.known = undefined;
      const changed: number[] = [];
      scan(client, catalogue, set, limits, (_, answer) => changed.push(...answer.changed));
      assert.deepEqual(
        changed.toSorted((a, b) => a - b),
        cached(client),
      );
    }),
    { numRuns: 100 },
  );
});

test('a scan that brings nothing new says nothing', () => {
  fc.assert(
    fc.property(worlds(false), ({ catalogue, client, set, limits }) => {
      scan(client, catalogue, set, limits);
      const answer = syncUpdates(catalogue, set, askOf(client, catalogue), limits);
      assert.deepEqual(answer, {
        newUpdates: [],
        outOfScope: [],
        changed: [],
        deployedOutOfScope: [],
        truncated: false,
        complete: true,
      });
    }),
    { numRuns: 100 },
  );
});
