import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { showUpstream, startPull } from '#contract/endpoints/upstream.ts';
import type { RevisionFilter, UpdateData, WsusssRequest } from '#protocol/wsusss/types.ts';
import { sampleDocuments } from '#server/api/testing/service.ts';
import { importDocuments } from '#server/sources/import.ts';
import { contentOf } from '#server/sources/upstream/testing/content.ts';
import { upstreamWorld, type World } from '#server/sources/upstream/testing/world.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { bigCatalogue } from '#simulator/sample/big-catalogue.ts';
import { microsoftUrlOf } from '#simulator/upstream/update-data.ts';

const NAME = { params: { upstream: 'test' } };

/** The filters of what was listed since the last look. */
function listings({ upstream }: World, from = 0): RevisionFilter[] {
  return upstream.requests
    .slice(from)
    .flatMap((request) => (request.operation === 'GetRevisionIdList' ? [request.filter] : []));
}

function fetched(requests: readonly WsusssRequest[]): string[] {
  return requests.flatMap((request) =>
    request.operation === 'GetUpdateData' ? request.updateIds.map(({ updateId }) => updateId) : [],
  );
}

test('without a choice only categories come, and the warning says what to do next', async (t) => {
  const world = await upstreamWorld(t);
  world.upstream.catalogue.add(sampleDocuments('2023-10', '2023-10'));
  const run = await world.pull();
  assert.equal(run.outcome, 'done');
  assert.match(run.warnings.join(), /upstream choose test/);
  assert.deepEqual(
    listings(world).map(({ getConfig }) => getConfig),
    [true],
  );
  const { revisions } = world.keeper.current().catalogue;
  assert.ok([...revisions.values()].every(({ updateType }) => updateType === 'Category' || updateType === 'Detectoid'));
  const shown = await world.call(showUpstream, NAME);
  assert.match(shown.warnings.join(), /No product and no classification/);
});

test('what is pulled equals what is imported from files, fragment by fragment', async (t) => {
  const world = await upstreamWorld(t);
  const documents = [...bigCatalogue(301)];
  world.upstream.catalogue.add(documents);
  await world.pull();
  await world.chooseAll();
  assert.equal((await world.pull()).outcome, 'done');
  const files = await freshDatabase(t);
  const sha1s = (await world.pool.query<{ sha1: string }>(`select encode(sha1, 'hex') as sha1 from payload`)).rows;
  const fileUrls = sha1s.map(({ sha1 }) => ({ sha1, url: microsoftUrlOf(sha1) }));
  await importDocuments(files, { source: 'files', at: world.clock.now(), documents, fileUrls });
  assert.equal(world.keeper.current().catalogue.revisions.size, 301);
  assert.deepEqual(await contentOf(world.pool), await contentOf(files));
});

test('every form of an answer gives the same: plain, cabinets, without xpress, a few at a time, cut short', async (t) => {
  const documents = sampleDocuments('2023-10', '2023-10');
  const contents: string[][] = [];
  for (const habits of [
    { cabinetAbove: undefined, xpress: false },
    { cabinetAbove: 0, xpress: true },
    { cabinetAbove: 5_120, maxUpdates: 7, maxAnswer: 10_000 },
  ]) {
    const world = await upstreamWorld(t);
    Object.assign(world.upstream.habits, habits);
    world.upstream.catalogue.add(documents);
    await world.pull();
    await world.chooseAll();
    const run = await world.pull();
    assert.equal(run.outcome, 'done');
    assert.equal(run.refused, 0);
    assert.equal(run.done, run.listed);
    contents.push(await contentOf(world.pool));
  }
  const [first, ...others] = contents;
  assert.ok((first?.length ?? 0) > 100);
  for (const other of others) assert.deepEqual(other, first);
});

test('after the first pull only what is new is asked for, and a new choice in full', async (t) => {
  const world = await upstreamWorld(t);
  const documents = [...bigCatalogue(201)];
  world.upstream.catalogue.add(documents.slice(0, 149));
  await world.pull();
  await world.choose('Windows Server 2019', 'Security Updates');
  await world.pull();
  const before = world.upstream.requests.length;
  assert.equal((await world.pull()).listed, 0);
  assert.deepEqual(fetched(world.upstream.requests.slice(before)), []);
  world.upstream.catalogue.add(documents.slice(149));
  const delta = await world.pull();
  assert.ok(delta.imported > 0 && delta.imported < 50);
  const counted = world.upstream.requests.length;
  await world.choose('Windows Server 2016');
  const more = await world.pull();
  const [, filter] = listings(world, counted);
  const flags = filter?.categories.map(({ delta: isDelta }) => isDelta).toSorted();
  assert.deepEqual(flags, [false, true]);
  assert.deepEqual(
    filter?.classifications.map(({ delta: isDelta }) => isDelta),
    [true],
  );
  assert.ok(more.imported > delta.imported);
  const again = world.upstream.requests.length;
  await world.pull();
  assert.ok(listings(world, again)[1]?.categories.every(({ delta: isDelta }) => isDelta));
});

test('a part of a bundle that the lists lack is fetched by its identity', async (t) => {
  const world = await upstreamWorld(t);
  const documents = [...bigCatalogue(61)];
  world.upstream.catalogue.add(documents);
  await world.pull();
  await world.chooseAll();
  const hidden = documents.find(({ xml }) => xml.includes('BundledUpdates'))?.xml ?? '';
  const part = /<upd:BundledUpdates>.*?UpdateID="([^"]+)"/.exec(hidden)?.[1] ?? '';
  world.upstream.override = (request) => {
    if (request.operation !== 'GetRevisionIdList') return undefined;
    const list = world.upstream.catalogue.list(request.filter);
    if (!list) return undefined;
    const newRevisions = list.newRevisions.filter(({ updateId }) => updateId !== part);
    return { operation: 'GetRevisionIdList', anchor: list.anchor, newRevisions };
  };
  await world.pull();
  assert.equal(world.keeper.current().catalogue.revisions.size, 61);
});

test('what cannot be taken goes into quarantine, and the rest goes on', async (t) => {
  const world = await upstreamWorld(t);
  const documents = [...bigCatalogue(61)];
  world.upstream.catalogue.add(documents);
  await world.pull();
  await world.chooseAll();
  const [lost, broken, swapped] = documents.slice(-6, -3).map(({ name }) => name.slice(0, 36)) as [
    string,
    string,
    string,
  ];
  world.upstream.catalogue.lose({ updateId: lost, revisionNumber: revisionOf(documents, lost) });
  world.upstream.override = (request) => {
    if (request.operation !== 'GetUpdateData') return undefined;
    const { catalogue } = world.upstream;
    return {
      operation: 'GetUpdateData',
      fileUrls: [],
      updates: request.updateIds.flatMap((id): UpdateData[] => {
        const xml = catalogue.find(id)?.xml;
        if (xml === undefined) return [];
        if (id.updateId === broken)
          return [{ id, document: { form: 'cabinet', cabinet: Buffer.from('MSCF') }, fileDigests: [] }];
        const sent = id.updateId === swapped ? (documents[0]?.xml ?? '') : xml;
        return [{ id, document: { form: 'xml', xml: sent }, fileDigests: [] }];
      }),
    };
  };
  const run = await world.pull();
  assert.equal(run.outcome, 'done');
  assert.equal(run.refused, 3);
  assert.equal(world.keeper.current().catalogue.revisions.size, 58);
  const { rows } = await world.pool.query('select update_id, code from upstream_refused order by update_id');
  assert.deepEqual(
    new Map(rows.map(({ update_id: id, code }) => [id, code])),
    new Map(
      [
        [lost, 'upstream.omitted'],
        [broken, 'upstream.unreadable'],
        [swapped, 'upstream.unreadable'],
      ].toSorted() as [string, string][],
    ),
  );
  assert.equal((await world.call(showUpstream, NAME)).quarantined, 3);
  world.upstream.override = undefined;
  assert.equal((await world.pull()).listed, 0, 'it is not asked for at every pull');
  await world.call(startPull, { ...NAME, body: { again: true } });
  while ((await world.call(showUpstream, NAME)).run?.outcome === 'running') await after(5);
  assert.equal((await world.call(showUpstream, NAME)).quarantined, 1);
  assert.equal(world.keeper.current().catalogue.revisions.size, 60);
});

function revisionOf(documents: readonly { readonly name: string }[], updateId: string): number {
  return Number(documents.find(({ name }) => name.startsWith(updateId))?.name.split('-r')[1]);
}
