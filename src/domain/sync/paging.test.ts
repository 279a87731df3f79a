import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexCatalogue } from '#domain/catalogue/index-catalogue.ts';
import { revisionOf, updateIdOf } from '#domain/catalogue/testing.ts';
import type { Deployment } from '#domain/decide/deployment.ts';
import { syncUpdates } from '#domain/sync/sync-updates.ts';
import { askOf, deploymentSetOf, newClient, takeAnswer } from './testing.ts';

const LIMITS = { maxUpdates: 200, maxBytes: 5_000_000, bytesOf: () => 1_000 };
const INSTALL: Deployment = { action: 'Install', lastChange: '2023-10-10' };

test('a large catalogue is scanned within the 200 calls of a client, non-leaves first', () => {
  const detectoids = Array.from({ length: 12 }, (_, level) =>
    revisionOf({
      revisionId: 20_000 + level,
      updateType: 'Detectoid',
      prerequisites: level === 0 ? [] : [{ anyOf: [updateIdOf(20_000 + level - 1)], isCategory: false }],
    }),
  );
  const updates = Array.from({ length: 15_000 }, (_, at) =>
    revisionOf({
      revisionId: at + 1,
      prerequisites: [{ anyOf: [updateIdOf(20_000 + (at % 12))], isCategory: false }],
    }),
  );
  const catalogue = indexCatalogue([...updates, ...detectoids], 1);
  const set = deploymentSetOf(catalogue, 'all', new Map(updates.map((revision) => [revision, INSTALL])));
  const client = newClient(detectoids.map(({ updateId }) => updateId));
  let calls = 0;
  for (let again = true; again && calls < 200; calls++) {
    const answer = syncUpdates(catalogue, set, askOf(client, catalogue), LIMITS);
    again = takeAnswer(client, catalogue, set, answer);
  }
  assert.equal(client.cache.size, 15_012);
  assert.ok(calls <= Math.ceil(15_012 / 200) + 2, `${calls} calls`);
});

test('an update larger than a page is a page of its own', () => {
  const revisions = [1, 2, 3].map((revisionId) => revisionOf({ revisionId }));
  const catalogue = indexCatalogue(revisions, 1);
  const set = deploymentSetOf(catalogue, 'all', new Map(revisions.map((revision) => [revision, INSTALL])));
  const limits = { maxUpdates: 200, maxBytes: 100, bytesOf: (id: number) => (id === 2 ? 47_000_000 : 60) };
  const ask = askOf(newClient([]), catalogue);
  const pages = [[], [1], [1, 2]].map((otherCached) =>
    syncUpdates(catalogue, set, { ...ask, otherCached, known: set }, limits),
  );
  assert.deepEqual(
    pages.map(({ newUpdates }) => newUpdates),
    [[1], [2], [3]],
  );
  assert.deepEqual(
    pages.map(({ truncated }) => truncated),
    [true, true, false],
  );
});
