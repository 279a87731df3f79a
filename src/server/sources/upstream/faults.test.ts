import assert from 'node:assert/strict';
import { test } from 'node:test';
import { upstreamWorld } from '#server/sources/upstream/testing/world.ts';
import { temporaryFolder } from '#server/testing/server.ts';
import { clientTls } from '#server/tls/certificate.ts';
import { bigCatalogue } from '#simulator/sample/big-catalogue.ts';

const DOCUMENTS = [...bigCatalogue(101)];

test('a server that is busy, drops connections or forgets its cookies is asked again, and nothing is lost', async (t) => {
  const world = await upstreamWorld(t);
  const { upstream } = world;
  upstream.catalogue.add(DOCUMENTS);
  upstream.habits.maxUpdates = 10;
  await world.pull();
  await world.chooseAll();
  upstream.faults.set('GetAuthConfig', [503, 'drop']);
  upstream.faults.set('GetRevisionIdList', ['InvalidCookie', 'ServerBusy', 'ServerBusy']);
  upstream.faults.set('GetUpdateData', ['InvalidCookie', 'drop', 'ServerBusy', 429, 'InvalidCookie', 'drop']);
  const before = upstream.cookies.issued;
  const run = await world.pull();
  assert.equal(run.outcome, 'done');
  assert.equal(world.keeper.current().catalogue.revisions.size, 101);
  assert.ok(upstream.cookies.issued - before >= 2);
});

test('a pull that fails says why and where, keeps what came, and the next one goes on there', async (t) => {
  const world = await upstreamWorld(t);
  const { upstream, pool } = world;
  upstream.catalogue.add(DOCUMENTS);
  upstream.habits.maxUpdates = 10;
  await world.pull();
  await world.chooseAll();
  upstream.faults.set('GetUpdateData', [
    ...Array(2)
      .fill(200)
      .map(() => 'ServerBusy' as const),
    'InternalServerError',
  ]);
  const failed = await world.pull();
  assert.equal(failed.outcome, 'failed');
  assert.equal(failed.code, 'upstream.refused');
  assert.match(failed.message ?? '', /GetUpdateData: InternalServerError: as planned/);
  const { rows } = await pool.query('select anchor, open_anchor from upstream_list where kind = $1', ['updates']);
  assert.deepEqual(
    rows.map(({ anchor }) => anchor),
    [null],
  );
  const lists = () => upstream.requests.filter(({ operation }) => operation === 'GetRevisionIdList').length;
  const listed = lists();
  const next = await world.pull();
  assert.equal(next.outcome, 'done');
  assert.ok(failed.imported + next.imported === 72);
  assert.equal(lists() - listed, 2, 'what was listed before is fetched without being listed again');
  assert.equal(world.keeper.current().catalogue.revisions.size, 101);
});

test('after ServerChanged all anchors are forgotten, everything is listed again, and nothing is fetched twice', async (t) => {
  const world = await upstreamWorld(t);
  const { upstream } = world;
  upstream.catalogue.add(DOCUMENTS);
  await world.pull();
  await world.chooseAll();
  await world.pull();
  upstream.faults.set('GetRevisionIdList', ['ServerChanged']);
  const before = upstream.requests.length;
  const run = await world.pull();
  assert.equal(run.outcome, 'done');
  assert.match(run.warnings.join(), /listed again/);
  const later = upstream.requests.slice(before);
  const filters = later.flatMap((request) => (request.operation === 'GetRevisionIdList' ? [request.filter] : []));
  assert.deepEqual(
    filters.map(({ anchor }) => anchor !== undefined),
    [true, false, false],
  );
  assert.ok(later.every(({ operation }) => operation !== 'GetUpdateData'));
  upstream.faults.set('GetRevisionIdList', Array(9).fill('ServerChanged'));
  assert.equal((await world.pull()).outcome, 'failed');
});

test('an upstream that does not know our anchor lists in full', async (t) => {
  const world = await upstreamWorld(t);
  world.upstream.catalogue.add(DOCUMENTS);
  await world.pull();
  await world.chooseAll();
  await world.pull();
  await world.pool.query(`update upstream_list set anchor = 'of another server'`);
  const run = await world.pull();
  assert.equal(run.outcome, 'done');
  assert.equal(run.listed, 0);
});

test('one pull at a time; a stopped one leaves the rest for the next', async (t) => {
  const world = await upstreamWorld(t);
  const { upstream, pulls } = world;
  upstream.catalogue.add(DOCUMENTS);
  upstream.habits.maxUpdates = 5;
  await world.pull();
  await world.chooseAll();
  upstream.habits.delay = 20;
  await pulls.start(1, 'test');
  await assert.rejects(pulls.start(1, 'test'), { code: 'upstream.busy' });
  while ((pulls.progress(1)?.imported ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.equal(await pulls.stop(1), true);
  const stopped = await world.ended();
  assert.equal(stopped.outcome, 'stopped');
  assert.ok(stopped.done < stopped.listed);
  upstream.habits.delay = 0;
  assert.equal((await world.pull()).outcome, 'done');
  assert.equal(world.keeper.current().catalogue.revisions.size, 101);
});

test('what is no upstream, or cannot be trusted, is named', async (t) => {
  const dataDir = temporaryFolder();
  const {
    certificate: cert,
    key,
    root = '',
  } = await clientTls({ dataDir, names: ['127.0.0.1'], at: Temporal.Now.instant() });
  const untrusted = await upstreamWorld(t, { tls: { cert, key } });
  assert.equal((await untrusted.pull()).code, 'upstream.untrusted');
  const trusted = await upstreamWorld(t, { tls: { cert, key }, ca: root });
  assert.equal((await trusted.pull()).outcome, 'done');
  trusted.upstream.faults.set('GetAuthConfig', [200]);
  assert.equal((await trusted.pull()).code, 'upstream.unexpected');
  trusted.upstream.override = (request) =>
    request.operation === 'GetAuthConfig'
      ? {
          operation: 'GetAuthConfig',
          config: {
            lastChange: '2026-01-01T00:00:00Z',
            authInfo: [{ plugInId: 'DssTargeting', serviceUrl: 'http://169.254.169.254/' }],
          },
        }
      : undefined;
  const led = await trusted.pull();
  assert.equal(led.code, 'upstream.unexpected');
  assert.match(led.message ?? '', /another address/);
  await trusted.upstream.close();
  assert.equal((await trusted.pull()).code, 'upstream.unreachable');
});
