import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentMissing, importDocuments, listUpdates, showUpdate } from '#contract/endpoints/catalogue.ts';
import { listRecords, status } from '#contract/endpoints/service.ts';
import { sharedFolder } from '#server/testing/shared.ts';
import { malformedDocuments } from '#simulator/sample/malformed.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';
import { sampleDocuments, TOKEN, testService } from './testing/service.ts';

const AT = '2023-10-11T00:00:00Z';

test('documents are imported once; malformed and contradicting ones are named and leave nothing behind', async (t) => {
  const { call, pool, keeper } = await testService(t, AT);
  const documents = sampleDocuments('2023-10', '2023-10');
  const malformed = malformedDocuments().map(({ name, xml }) => ({ name, xml }));
  const first = await call(importDocuments, { body: { source: 'sample', documents: [...malformed, ...documents] } });
  assert.deepEqual([first.imported, first.unchanged], [documents.length, 0]);
  assert.deepEqual(
    first.skipped.map(({ name }) => name),
    malformed.map(({ name }) => name),
  );
  assert.ok(first.skipped.every(({ code, problem }) => code === 'import.malformed' && problem?.startsWith('update.')));
  assert.ok(first.skipped.some(({ line, column }) => line === 1 && (column ?? 0) > 1));
  assert.equal((await pool.query('select from revision')).rowCount, documents.length);
  assert.equal(keeper.current().catalogue.revisions.size, documents.length);
  const again = await call(importDocuments, { body: { source: 'sample', documents } });
  assert.deepEqual([again.imported, again.unchanged], [0, documents.length]);
  const other = documents.map(({ name, xml }) => ({ name, xml: xml.replace('</upd:Title>', ' changed</upd:Title>') }));
  const contradiction = await call(importDocuments, { body: { source: 'other', documents: other.slice(0, 1) } });
  assert.deepEqual(
    contradiction.skipped.map(({ code }) => code),
    ['import.conflict'],
  );
  const { items } = await call(listRecords);
  assert.deepEqual(
    items.map(({ what }) => what),
    ['catalogue.imported'],
  );
});

test('updates are listed with verdict and rule, newest first, in pages, and shown with their relations', async (t) => {
  const { call } = await testService(t, '2023-12-20T00:00:00Z');
  await call(importDocuments, { body: { source: 'sample', documents: sampleDocuments('2023-09', '2023-12') } });
  const all = (await call(listUpdates, { query: { limit: 1000 } })).items;
  const seen = [];
  for (let after: string | undefined; ; ) {
    const page = await call(listUpdates, { query: { limit: 7, ...(after ? { after } : {}) } });
    seen.push(...page.items);
    if (page.next === undefined) break;
    after = page.next;
  }
  assert.deepEqual(seen, all);
  assert.deepEqual(
    all.map(({ published }) => published),
    all
      .map(({ published }) => published)
      .sort()
      .reverse(),
  );
  const { catalogue } = await call(status);
  assert.equal(catalogue.deployable, all.length);
  assert.equal(catalogue.approved, all.filter(({ verdict }) => verdict === 'approve').length);
  const [october] = (await call(listUpdates, { query: { search: 'KB5031361' } })).items;
  assert.ok(october);
  assert.deepEqual([october.class, october.verdict, october.superseded], ['os-cumulative', 'approve', true]);
  const shown = await call(showUpdate, { params: { update: 'kb5031361' } });
  assert.equal(shown.updateId, october.updateId);
  assert.ok(shown.supersededBy.some((name) => name.includes('2023-11')));
  assert.equal(shown.texts.find(({ language }) => language === 'en')?.title, shown.title);
  assert.ok(shown.files.length > 0 && shown.files.every(({ held, microsoft }) => !held && !microsoft));
  await assert.rejects(call(showUpdate, { params: { update: 'Cumulative Update' } }), { code: 'ambiguous' });
  await assert.rejects(call(showUpdate, { params: { update: '9999999' } }), { code: 'not-found' });
});

test('payloads are put in when they are what the catalogue promises; URLs are taken of Microsoft only', async (t) => {
  const { call, app, keeper } = await testService(t, AT);
  const sample = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 30 });
  const documents = sample.documents.map(({ name, xml }) => ({ name, xml }));
  await call(importDocuments, { body: { source: 'sample', documents } });
  const missing = (await call(contentMissing, { query: { limit: 1000 } })).items;
  assert.ok(missing.length > 1);
  const [{ sha1, name, size }, second] = missing as [(typeof missing)[0], (typeof missing)[0]];
  const bytes = Buffer.from(sample.payload(sha1) ?? []);
  const put = (digest: string, payload: Buffer) =>
    app.inject({
      method: 'PUT',
      url: `/api/v1/content/${digest}`,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      payload,
    });
  const wrong = await put(sha1, Buffer.concat([bytes.subarray(1), Buffer.from('x')]));
  assert.deepEqual([wrong.statusCode, wrong.json().error.code], [422, 'content.mismatch']);
  assert.equal(keeper.current().deliverable.has(sha1), false);
  assert.deepEqual((await put(sha1.toUpperCase(), bytes)).json(), { sha1, name, size });
  assert.equal(keeper.current().deliverable.has(sha1), true);
  const unknown = await put('0'.repeat(40), bytes);
  assert.deepEqual([unknown.statusCode, unknown.json().error.code], [404, 'content.unknown']);
  assert.equal((await put('short', bytes)).json().error.code, 'usage.wrong');
  const fileUrls = [
    { sha1: second.sha1.toUpperCase(), url: 'http://download.windowsupdate.com/c/msdownload/a.cab' },
    { sha1, url: 'https://microsoft.com.evil.example/a.cab' },
    { sha1, url: 'https://evil.example/windowsupdate.com' },
    { sha1, url: 'https://user@download.microsoft.com/a.cab' },
    { sha1, url: 'ftp://download.microsoft.com/a.cab' },
    { sha1: 'f'.repeat(40), url: 'https://catalog.s.download.windowsupdate.com/a.cab' },
  ];
  const { urls, skipped } = await call(importDocuments, { body: { source: 'urls', documents: [], fileUrls } });
  assert.equal(urls, 1);
  assert.deepEqual(new Set(skipped.map(({ code }) => code)), new Set(['import.url-refused']));
  assert.equal(skipped.length, 5);
  assert.equal(keeper.current().deliverable.has(second.sha1), true);
  const left = (await call(contentMissing, { query: { limit: 1000 } })).items;
  assert.ok(left.every((file) => file.sha1 !== sha1));
  assert.match(
    left.find((file) => file.sha1 === second.sha1)?.microsoft ?? '',
    /^http:\/\/download\.windowsupdate\.com/,
  );
});

const folder = join(sharedFolder() ?? '', 'data/update-metadata/docs');
const skip = sharedFolder() && existsSync(folder) ? false : 'no folder of real data (ST_SHARED)';

test('documents of a real upstream are imported whole', { skip }, async (t) => {
  const { call, keeper } = await testService(t, '2026-10-11T00:00:00Z');
  const names = readdirSync(folder).filter((name) => name.endsWith('.xml'));
  const documents = names.map((name) => ({ name, xml: readFileSync(join(folder, name), 'utf8') }));
  const { imported, skipped } = await call(importDocuments, { body: { source: 'real', documents } });
  assert.deepEqual(skipped, []);
  assert.equal(imported, names.length);
  assert.equal(keeper.current().catalogue.revisions.size, names.length);
});
