import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { listRecords } from '#contract/endpoints/service.ts';
import {
  addUpstream,
  changeUpstream,
  chooseCategories,
  listPulls,
  listQuarantined,
  listUpstreamCategories,
  listUpstreams,
  removeUpstream,
  showUpstream,
  startPull,
  stopPull,
} from '#contract/endpoints/upstream.ts';
import { sampleDocuments, type TestService, testService } from '#server/api/testing/service.ts';
import { startTestUpstream } from '#simulator/upstream/test-upstream.ts';

const AT = '2023-10-11T00:00:00Z';

async function withUpstream(t: TestContext): Promise<TestService & { readonly url: string }> {
  const upstream = await startTestUpstream();
  t.after(() => upstream.close());
  const { url } = upstream;
  upstream.catalogue.add(sampleDocuments('2023-10', '2023-10'));
  return { ...(await testService(t, AT)), url };
}

const params = { upstream: 'Head office' };

async function pulled({ call }: TestService) {
  await call(startPull, { params, body: {} });
  for (;;) {
    const { run } = await call(showUpstream, { params });
    if (run && run.outcome !== 'running') return run;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('an upstream is added, pulled, chosen from by title, pulled again and removed; all of it is on record', async (t) => {
  const service = await withUpstream(t);
  const { call, url } = service;
  const added = await call(addUpstream, {
    body: { name: 'Head office', url: `${url}/ServerSyncWebService/ServerSyncWebService.asmx`, intervalMinutes: 60 },
  });
  assert.equal(added.url, url, 'only the root is kept');
  assert.match(added.warnings.join('\n'), /plain HTTP[\s\S]*upstream pull "Head office"/);
  await assert.rejects(call(addUpstream, { body: { name: 'head office', url } }), { code: 'conflict.exists' });
  await assert.rejects(call(chooseCategories, { params, body: { add: ['Windows'] } }), { code: 'not-found' });
  const first = await pulled(service);
  assert.equal(first.outcome, 'done');
  const { items, warnings } = await call(listUpstreamCategories, { params });
  const titles = items.map(({ title, depth }) => `${'-'.repeat(depth)}${title}`);
  assert.ok(titles.indexOf('Microsoft') < titles.indexOf('-Windows') && titles.includes('--Windows Server 2019'));
  assert.match(warnings.join(), /No product and no classification is chosen/);
  const chosen = await call(chooseCategories, { params, body: { add: ['windows', 'Security Updates'] } });
  assert.deepEqual(chosen.warnings, []);
  const of = (title: string) => chosen.items.find((item) => item.title === title);
  assert.deepEqual([of('Windows')?.chosen, of('Windows Server 2019')?.chosen], [true, false]);
  assert.deepEqual([of('Windows Server 2019')?.included, of('Office 2016')?.included], [true, false]);
  const second = await pulled(service);
  assert.ok(second.imported > 0 && second.imported === second.listed);
  const { items: runs } = await call(listPulls, { params, query: { limit: 1 } });
  assert.deepEqual(
    runs.map(({ runId }) => runId),
    [second.runId],
  );
  assert.deepEqual((await call(listQuarantined, { params })).items, []);
  assert.deepEqual(await call(stopPull, { params }), { stopping: false });
  assert.deepEqual(await call(removeUpstream, { params }), { removed: 'Head office' });
  assert.deepEqual((await call(listUpstreams)).items, []);
  assert.ok(service.keeper.current().catalogue.revisions.size > 29, 'what was pulled stays');
  const { items: records } = await call(listRecords);
  assert.deepEqual(
    records.map(({ what }) => what),
    ['upstream.added', 'upstream.pulled', 'upstream.chosen', 'upstream.pulled', 'upstream.removed'],
  );
});

test('what cannot be is refused with its reason', async (t) => {
  const { call, url } = await withUpstream(t);
  const add = (
    body: Parameters<typeof call<typeof addUpstream>>[1] extends { body?: infer B } | undefined ? B : never,
  ) => call(addUpstream, { body });
  await assert.rejects(add({ name: 'a' }), { code: 'usage.wrong' });
  await assert.rejects(add({ name: 'a', url: 'ftp://wsus.example.com' }), { code: 'usage.wrong' });
  await assert.rejects(add({ name: 'a', url: 'https://me:secret@wsus.example.com' }), { code: 'usage.wrong' });
  await assert.rejects(add({ name: 'a', url, ca: 'no certificate' }), { code: 'usage.wrong' });
  await assert.rejects(call(showUpstream, { params: { upstream: 'nowhere' } }), { code: 'not-found' });
  const microsoft = await add({ name: 'Microsoft', kind: 'microsoft', enabled: false });
  assert.equal(microsoft.url, 'https://sws.update.microsoft.com');
  assert.equal(microsoft.account.name, microsoft.account.guid, 'Microsoft learns no name of ours');
  assert.equal(microsoft.nextPull, undefined);
  const changed = await call(changeUpstream, {
    params: { upstream: 'microsoft' },
    body: { languages: ['en', 'de'], intervalMinutes: 720, enabled: true },
  });
  assert.deepEqual([changed.languages, changed.intervalMinutes, changed.enabled], [['en', 'de'], 720, true]);
});

test('a title that fits nothing, or more than one category, is answered with candidates', async (t) => {
  const service = await withUpstream(t);
  await service.call(addUpstream, { body: { name: 'Head office', url: service.url } });
  await pulled(service);
  const choose = (title: string) => service.call(chooseCategories, { params, body: { add: [title] } });
  await assert.rejects(choose('Server 2019'), (error: { code: string; details: string[] }) => {
    assert.equal(error.code, 'not-found');
    return error.details.some((line) => line.includes('Windows Server 2019'));
  });
  await service.pool.query(`update upstream set languages = '{xx}'`);
  await choose('Windows');
  await choose('Security Updates');
  const run = await pulled(service);
  assert.deepEqual([run.outcome, run.code], ['failed', 'upstream.language']);
  assert.match(run.message ?? '', /en, de/);
});
