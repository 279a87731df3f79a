import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CoreFragment, readCore } from '#protocol/update-xml/rules.ts';
import type { CachedUpdate } from './data-store.ts';
import { software } from './testing/scripted-updates.ts';
import { createUpdateCache, NO_UPDATES } from './update-cache.ts';

function coreOf(id: number): CoreFragment {
  const read = readCore(software({ id }).core);
  assert.ok(read.ok);
  return read.core;
}

const CORES = [1, 2, 3].map(coreOf);

function update(id: number, action = 'Install', deadline?: string): CachedUpdate {
  const core = CORES[id - 1];
  assert.ok(core);
  const due = deadline === undefined ? {} : { deadline: Temporal.Instant.from(deadline) };
  return { revisionId: id, isLeaf: true, core, deployment: { action, ...due } };
}

test('servers that have cached the same hold one set, whichever way it came about', () => {
  const cache = createUpdateCache();
  const one = cache.changed(NO_UPDATES, { put: [update(1), update(2, 'Evaluate'), update(3)] });
  const half = cache.changed(NO_UPDATES, { put: [update(3), update(2)] });
  const other = cache.changed(half, { put: [update(1), update(2, 'Evaluate')] });
  assert.equal(other, one);
  assert.deepEqual([...half.keys()].sort(), [2, 3]);
  assert.equal(half.get(3), one.get(3));
  assert.equal(cache.changed(one, { put: [update(1)], removed: [9] }), one);
});

test('what differs in action or deadline is not the same', () => {
  const cache = createUpdateCache();
  const plain = cache.changed(NO_UPDATES, { put: [update(1)] });
  const check = cache.changed(plain, { put: [update(1, 'PreDeploymentCheck')] });
  const due = cache.changed(plain, { put: [update(1, 'Install', '2023-10-11T00:00:00Z')] });
  assert.equal(new Set([plain, check, due]).size, 3);
  assert.equal(plain.get(1)?.deployment.action, 'Install');
  assert.equal(due.get(1)?.deployment.deadline?.toString(), '2023-10-11T00:00:00Z');
  assert.equal(cache.changed(due, { put: [update(1)] }), plain);
  assert.equal(cache.changed(plain, { removed: [1] }).size, 0);
});
