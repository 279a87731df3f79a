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
  const NOTHING_SAID = { problems: [], changes: [], changed: 0, compared: 0, waits: false };
  const REACH = { offered: 40, withdrawn: 0, holding: 0 };
  const EFFECT = {
    offered: { updates: 1, servers: 40 },
    withdrawn: { updates: 0, servers: 0, holding: 0 },
    updates: [
      { updateId: GUID, title: 'An update', ...REACH, customers: [{ customer: 'Acme', ...REACH }], moreCustomers: 2 },
    ],
    moreUpdates: 0,
  };
  async function policyFile(t: Parameters<typeof temporaryFolder>[0]): Promise<string> {
    const file = join(await temporaryFolder(t), 'policy.yaml');
    await writeFile(file, POLICY);
    return file;
  }

  it('is tested: problems with their places exit with 1', async (t) => {
    const problems = [{ line: 3, column: 5, path: 'rules.0.when', message: 'no such condition "prodct"' }];
    const { url, seen } = await fakeService(t, () => ({ body: { ...NOTHING_SAID, problems } }));
    const { status, stdout } = await cli(['policy', 'test', await policyFile(t)], { env: { ST_URL: url } });
    assert.equal(status, 1);
    assert.match(stdout, /3:5 {4}rules\.0\.when {2}no such condition/);
    assert.deepEqual(JSON.parse(seen[0]?.body.toString() ?? ''), { yaml: POLICY });
  });

  it('is tested: changes are shown', async (t) => {
    const changes = [
      { updateId: GUID, title: 'An update', from: 'review', to: 'approve', fromRule: 'a', toRule: 'b', target: '2019' },
    ];
    const { url } = await fakeService(t, () => ({
      body: { ...NOTHING_SAID, changes, changed: 3, compared: 12, effect: EFFECT, waits: true },
    }));
    const { status, stdout } = await cli(['policy', 'test', await policyFile(t)], { env: { ST_URL: url } });
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^3 verdicts of 12 would change\.\nNewly offered: 1 update to 40 servers\. Withdrawn: 0 updates/,
    );
    assert.match(stdout, /40 +0 +0 +An update +Acme, 2 more\n[\s\S]*waits until another person approves it/);
    assert.match(stdout, /review \(a\) {2}approve \(b\) {2}2019 +An update\n2 more are not shown\./);
  });

  it('is put in force with its reason', async (t) => {
    const { url, seen } = await fakeService(t, () => ({
      body: { version: 4, changes: 2, waits: false, effect: EFFECT },
    }));
    const { stdout } = await cli(['policy', 'set', await policyFile(t), '--why', 'new rule'], { env: { ST_URL: url } });
    assert.match(stdout, /^Version 4 is in force; 2 verdicts changed\.\nNewly offered: 1 update to 40 servers\./);
    assert.deepEqual(JSON.parse(seen[0]?.body.toString() ?? ''), { yaml: POLICY, why: 'new rule' });
  });

  it('waits where two persons decide, and is approved by its number', async (t) => {
    const { url, seen } = await fakeService(t, () => ({
      body: { version: 4, changes: 2, waits: true, effect: EFFECT },
    }));
    const env = { ST_URL: url };
    const { stdout } = await cli(['policy', 'set', await policyFile(t), '--why', 'new rule'], { env });
    assert.match(stdout, /^Version 4 waits until another person approves it: policy approve 4\./);
    await cli(['policy', 'approve', '4', '--why', 'agreed'], { env });
    assert.equal(seen[1]?.path, '/policy/versions/4/approval');
    await cli(['policy', 'test', '--version', '4'], { env });
    assert.deepEqual(JSON.parse(seen[2]?.body.toString() ?? ''), { version: 4 });
    assert.equal((await cli(['policy', 'test'], { env })).status, 2);
  });
});
