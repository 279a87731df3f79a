import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  importDocuments,
  listPolicies,
  listUpdates,
  putPolicy,
  showPolicy,
  testPolicy,
} from '#contract/endpoints/catalogue.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { sampleDocuments, testService } from './testing/service.ts';

const NOTHING =
  'name: nothing\nrules:\n  - { name: never, when: { title: "*" }, verdict: not-approve, reason: Nothing is approved. }\n';

test('a policy is tested without effect, then put in force as a new version', async (t) => {
  const { call } = await testService(t, '2023-10-11T00:00:00Z');
  await call(importDocuments, { body: { source: 'sample', documents: sampleDocuments('2023-10', '2023-10') } });
  const { yaml } = await call(showPolicy);
  assert.deepEqual((await call(testPolicy, { body: { yaml } })).changes, []);
  const tested = await call(testPolicy, { body: { yaml: NOTHING } });
  const approved = (await call(listUpdates, { query: { verdict: 'approve' } })).items;
  assert.ok(approved.length > 0);
  for (const { updateId } of approved) {
    assert.ok(
      tested.changes.some(
        (change) => change.updateId === updateId && change.to === 'not-approve' && change.toRule === 'never',
      ),
    );
  }
  assert.match(tested.changes[0]?.target ?? '', /Windows Server/);
  assert.equal((await call(showPolicy)).version, 1);
  const put = await call(putPolicy, { body: { yaml: NOTHING, who: 'Ann', why: 'a freeze' } });
  assert.deepEqual(put, { version: 2, changes: tested.changes.length });
  assert.deepEqual((await call(listUpdates, { query: { verdict: 'approve' } })).items, []);
  assert.equal((await call(showPolicy, { query: { version: 1 } })).yaml, yaml);
  await assert.rejects(call(showPolicy, { query: { version: 3 } }), { code: 'not-found' });
  const page = await call(listPolicies, { query: { limit: 1 } });
  assert.deepEqual(page.items, [{ version: 2, who: 'Ann', why: 'a freeze', at: '2023-10-11T00:00:00Z' }]);
  const rest = await call(listPolicies, { query: { limit: 1, after: page.next ?? '' } });
  assert.deepEqual([rest.items[0]?.version, rest.next], [1, undefined]);
  const record = (await call(listRecords)).items.at(-1);
  assert.deepEqual([record?.what, record?.who, record?.subject], ['policy.changed', 'Ann', { version: 2 }]);
});

test('a policy that does not read changes nothing and names every problem with its place', async (t) => {
  const { call } = await testService(t, '2023-10-11T00:00:00Z');
  const yaml = 'name: broken\nrules:\n  - { name: a, when: { clas: driver }, verdict: maybe, reason: x }\n';
  const { problems } = await call(testPolicy, { body: { yaml } });
  assert.ok(problems.length >= 2 && problems.every(({ line }) => line === 3));
  await assert.rejects(call(putPolicy, { body: { yaml, why: 'a try' } }), (error: Error) => {
    const { code, details } = error as Error & { code: string; details: string[] };
    assert.equal(code, 'policy.invalid');
    assert.equal(details.length, problems.length);
    assert.match(details[0] ?? '', /^line 3, column \d+: /);
    return true;
  });
  assert.equal((await call(showPolicy)).version, 1);
});
