import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { cli } from '#cli/testing/cli.ts';
import { sampleDocuments, TOKEN, testService } from '#server/api/testing/service.ts';
import { startTestUpstream, type TestUpstream } from '#simulator/upstream/test-upstream.ts';

type Run = (...argv: string[]) => ReturnType<typeof cli>;

async function setting(t: TestContext): Promise<{ readonly run: Run; readonly upstream: TestUpstream }> {
  const upstream = await startTestUpstream();
  t.after(() => upstream.close());
  upstream.catalogue.add(sampleDocuments('2023-10', '2023-10'));
  const { app } = await testService(t, '2023-10-11T00:00:00Z');
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  return { upstream, run: (...argv) => cli(argv, { env: { ST_URL: url, ST_TOKEN: TOKEN } }) };
}

test('from nothing to updates: add, pull, categories, choose, pull', async (t) => {
  const { run, upstream } = await setting(t);
  assert.match((await run('upstream', 'list')).stdout, /No upstreams/);
  const added = await run('upstream', 'add', 'wsus1', '--url', upstream.url, '--interval-hours', '12');
  assert.match(added.stdout, /every 12 h[\s\S]*upstream pull wsus1/);
  const first = await run('upstream', 'pull', 'wsus1');
  assert.equal(first.status, 0);
  assert.match(first.stdout, /done, 29 of 29 revisions[\s\S]*upstream choose wsus1/);
  assert.match((await run('upstream', 'categories', 'wsus1', 'server 2019')).stdout, /Windows Server 2019 +product/);
  const chosen = await run('upstream', 'choose', 'wsus1', 'Windows', 'Security Updates');
  assert.match(chosen.stdout, /^\* .*Windows +family[\s\S]*^\+ +Windows Server 2019/m);
  const second = JSON.parse((await run('upstream', 'pull', 'wsus1', '--json')).stdout);
  assert.equal(second.run.outcome, 'done');
  assert.ok(second.run.imported > 5);
  assert.match((await run('upstream', 'status', 'wsus1')).stdout, /Last success +2023-10-11T00:00:00Z/);
  assert.match((await run('upstream', 'quarantine', 'wsus1')).stdout, /Nothing/);
  assert.match((await run('upstream', 'stop', 'wsus1')).stdout, /No pull is under way/);
  assert.match((await run('upstream', 'remove', 'wsus1')).stdout, /wsus1/);
});

test('a pull that fails ends with status 1 and the reason', async (t) => {
  const { run, upstream } = await setting(t);
  await run('upstream', 'add', 'wsus1', '--url', upstream.url);
  upstream.faults.set('GetCookie', ['IncompatibleProtocolVersion']);
  const failed = await run('upstream', 'pull', 'wsus1');
  assert.equal(failed.status, 1);
  assert.match(failed.stdout, /GetCookie: IncompatibleProtocolVersion[\s\S]*upstream\.refused/);
  assert.equal((await run('upstream', 'pull', 'nowhere')).status, 1);
  assert.equal((await run('upstream', 'choose', 'wsus1')).status, 2);
});
