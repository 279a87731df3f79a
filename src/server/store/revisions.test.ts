import assert from 'node:assert/strict';
import { it } from 'node:test';
import { freshDatabase } from '#server/testing/database.ts';
import { AT, sampleId, sampleImport, sampleRevision, sampleServer, sha256 } from '#server/testing/sample.ts';
import { findFragments, listFragments } from './fragments.ts';
import { listHolders, listOffers, tellOffers, withdrawOffers } from './offers.ts';
import { findPayloads, listDeliverable, listMissingPayloads, setPayloadHeld } from './payloads.ts';
import { findDocument, importRevision, loadRevisions } from './revisions.ts';

it('imports a revision whole, once', async (t) => {
  const pool = await freshDatabase(t);
  const imported = sampleImport();
  const first = await importRevision(pool, imported);
  assert.ok(first.ok && first.outcome === 'added');
  const { revisionId } = first;
  assert.deepEqual(await importRevision(pool, imported), { ok: true, outcome: 'unchanged', revisionId });
  const [revision] = await Array.fromAsync(loadRevisions(pool));
  assert.deepEqual(
    { ...revision, published: String(revision?.published) },
    { ...imported.revision, revisionId, published: String(AT) },
  );
  assert.equal(String(await findDocument(pool, revisionId)), 'document 1');
});

it('imports the same revision once when two do it at once', async (t) => {
  const pool = await freshDatabase(t);
  const both = await Promise.all([importRevision(pool, sampleImport()), importRevision(pool, sampleImport())]);
  assert.deepEqual(both.map((one) => one.ok && one.outcome).sort(), ['added', 'unchanged']);
});

it('refuses another document under a known identity', async (t) => {
  const pool = await freshDatabase(t);
  await sampleRevision(pool);
  const other = await importRevision(pool, sampleImport(1, { documentSha256: sha256('tampered'), source: 'evil.cab' }));
  assert.ok(!other.ok && other.code === 'revision.conflict' && other.message.includes('test.cab'));
});

it('refuses a file that contradicts a known one, and keeps nothing of its revision', async (t) => {
  const pool = await freshDatabase(t);
  await sampleRevision(pool);
  const [file] = sampleImport(1).files;
  assert.ok(file);
  for (const files of [[{ ...file, sha256: 'c'.repeat(64) }], [{ ...file, size: 1 }], [file, { ...file, size: 1 }]]) {
    const other = await importRevision(pool, sampleImport(2, { files }));
    assert.ok(!other.ok && other.code === 'payload.conflict');
  }
  assert.equal((await Array.fromAsync(loadRevisions(pool))).length, 1);
});

it('loads revisions after an id', async (t) => {
  const pool = await freshDatabase(t);
  const ids = [await sampleRevision(pool, 1), await sampleRevision(pool, 2), await sampleRevision(pool, 3)];
  const later = await Array.fromAsync(loadRevisions(pool, ids[0]));
  assert.deepEqual(
    later.map((one) => one.revisionId),
    ids.slice(1),
  );
});

it('finds fragments in the order in which they were asked for', async (t) => {
  const pool = await freshDatabase(t);
  const revisionId = await sampleRevision(pool);
  const keys = [
    { revisionId, kind: 'LocalizedProperties', locale: 'en' },
    { revisionId, kind: 'LocalizedProperties', locale: 'xx' },
    { revisionId, kind: 'Core', locale: '' },
  ] as const;
  assert.deepEqual((await findFragments(pool, keys, 'escaped')).map(String), ['en', 'undefined', '&lt;core&gt;']);
  assert.deepEqual((await findFragments(pool, keys, 'xpress'))[2], Buffer.from([1, 0, 255]));
  const listed = await listFragments(pool, [revisionId], ['Core', 'LocalizedProperties'], ['de', 'en']);
  assert.deepEqual(
    listed.map(({ kind, bytes }) => [kind, bytes]),
    [
      ['Core', 12],
      ['LocalizedProperties', 2],
    ],
  );
});

it('learns the SHA-256 and URL of a known file, and which files are held', async (t) => {
  const pool = await freshDatabase(t);
  const [file] = sampleImport(1).files;
  assert.ok(file);
  const { sha256: digest, ...without } = file;
  await importRevision(pool, sampleImport(1, { files: [without] }));
  await importRevision(pool, sampleImport(2, { files: [{ ...file, microsoftUrl: 'http://example.com/x' }] }));
  const [known] = await findPayloads(pool, [file.sha1, 'f'.repeat(40)]);
  assert.deepEqual(
    [known?.sha256, known?.size, known?.microsoftUrl, known?.heldAt],
    [digest, 12_345_678_901, 'http://example.com/x', null],
  );
  assert.deepEqual([await listDeliverable(pool, false), await listDeliverable(pool, true)], [[], [file.sha1]]);
  assert.equal((await listMissingPayloads(pool, '', 10)).length, 1);
  assert.equal(await setPayloadHeld(pool, file.sha1, AT), true);
  assert.deepEqual(await listDeliverable(pool, false), [file.sha1]);
  assert.equal((await listMissingPayloads(pool, '', 10)).length, 0);
});

it('knows what each server was told, latest word only', async (t) => {
  const pool = await freshDatabase(t);
  const revisionId = await sampleRevision(pool);
  const server = await sampleServer(pool);
  const [one, two] = [sampleId('a', 1), sampleId('a', 2)];
  const deadline = AT.add({ hours: 3 });
  await tellOffers(
    pool,
    server,
    [
      { updateId: one, revisionId },
      { updateId: two, revisionId },
    ],
    AT,
  );
  await tellOffers(pool, server, [{ updateId: one, revisionId, deadline }], AT.add({ hours: 1 }));
  await tellOffers(pool, server, [{ updateId: one, revisionId }], AT);
  assert.equal(await withdrawOffers(pool, server, [two, sampleId('a', 3)], AT.add({ hours: 2 })), 1);
  const offers = await listOffers(pool, server);
  assert.deepEqual(
    offers.map((row) => [row.updateId, String(row.deadline), String(row.withdrawnAt)]),
    [
      [one, String(deadline), 'null'],
      [two, 'null', String(AT.add({ hours: 2 }))],
    ],
  );
  assert.deepEqual(
    (await listHolders(pool, one, undefined, 10)).map((row) => row.serverId),
    [server],
  );
  assert.deepEqual(await listHolders(pool, two, undefined, 10), []);
});
