import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cli, fakeService, temporaryFolder } from '#cli/testing/cli.ts';

const GUID = '11111111-1111-4111-8111-111111111111';
const AT = '2023-10-12T08:00:00Z';

it('shows one update with its files, licence and relations', async (t) => {
  const update = {
    updateId: GUID,
    revisionNumber: 1,
    title: 'An update',
    kb: '5031361',
    class: 'os-cumulative',
    products: ['Windows Server 2019'],
    published: AT,
    reboot: 'CanRequestReboot',
    removable: true,
    size: 1_500_000,
    expired: false,
    superseded: true,
    verdict: 'approve',
    rule: 'os-cumulative',
    reason: 'By default.',
    persons: [{ decision: 'decline', customer: 'Acme', who: 'ann', why: 'it breaks the till', at: AT }],
    supersedes: [],
    supersededBy: [],
    prerequisites: [],
    files: [{ name: 'x.cab', size: 1_500_000, sha1: 'ab'.repeat(20), held: false, microsoft: true }],
    eula: GUID,
    eulaAccepted: false,
    texts: [],
    revisions: [1],
    links: {},
  };
  const { url } = await fakeService(t, () => ({ body: update }));
  const { stdout } = await cli(['catalogue', 'show', 'KB5031361'], { env: { ST_URL: url } });
  assert.match(stdout, /^Verdict {4}approve by os-cumulative: By default\.$/m);
  assert.match(stdout, /^Person {5}ann, for Acme: decline \(it breaks the till\)$/m);
  assert.match(stdout, /not accepted: see `eula accept`/);
  assert.match(stdout, /1 file, 1\.5 MB: 0 held here, 1 at Microsoft only/);
});

describe('a policy file', () => {
  const POLICY = 'name: x\nrules: []\n';
  async function policyFile(t: Parameters<typeof temporaryFolder>[0]): Promise<string> {
    const file = join(await temporaryFolder(t), 'policy.yaml');
    await writeFile(file, POLICY);
    return file;
  }

  it('is tested: problems with their places exit with 1', async (t) => {
    const problems = [{ line: 3, column: 5, path: 'rules.0.when', message: 'no such condition "prodct"' }];
    const { url, seen } = await fakeService(t, () => ({ body: { problems, changes: [], compared: 0 } }));
    const { status, stdout } = await cli(['policy', 'test', await policyFile(t)], { env: { ST_URL: url } });
    assert.equal(status, 1);
    assert.match(stdout, /3:5 {4}rules\.0\.when {2}no such condition/);
    assert.deepEqual(JSON.parse(seen[0]?.body.toString() ?? ''), { yaml: POLICY });
  });

  it('is tested: changes are shown', async (t) => {
    const changes = [
      { updateId: GUID, title: 'An update', from: 'review', to: 'approve', fromRule: 'a', toRule: 'b', target: '2019' },
    ];
    const { url } = await fakeService(t, () => ({ body: { problems: [], changes, compared: 12 } }));
    const { status, stdout } = await cli(['policy', 'test', await policyFile(t)], { env: { ST_URL: url } });
    assert.equal(status, 0);
    assert.match(stdout, /^1 verdict of 12 would change\.\n[\s\S]*review \(a\) {2}approve \(b\) {2}2019 +An update/);
  });

  it('is put in force with its reason', async (t) => {
    const { url, seen } = await fakeService(t, () => ({ body: { version: 4, changes: 2 } }));
    const { stdout } = await cli(['policy', 'set', await policyFile(t), '--why', 'new rule'], { env: { ST_URL: url } });
    assert.equal(stdout, 'Version 4 is in force; 2 verdicts changed.\n');
    assert.deepEqual(JSON.parse(seen[0]?.body.toString() ?? ''), { yaml: POLICY, why: 'new rule' });
  });
});
