import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { cli, fakeService, temporaryFolder } from '#cli/testing/cli.ts';

const AT = '2026-01-13T18:00:00Z';
const GUID = '11111111-1111-4111-8111-111111111111';
const COUNTS = { entries: 9, servers: 7, skipped: 1, added: 1, changed: 1, left: 0, conflicts: 1 };
const SHOWN = {
  ...{ name: 'corp', customer: 'Contoso', urls: ['ldaps://dc1.corp.example'], user: 'st@corp.example' },
  ...{ base: 'DC=corp,DC=example', filter: '(operatingSystem=*Server*)', staleDays: 90, enabled: true },
  ...{ mappings: [{ ou: 'OU=SQL,DC=corp,DC=example', tier: 'critical' }], ownRoots: true, changedAt: AT },
  lastRun: { startedBy: 'schedule', startedAt: AT, outcome: 'failed', code: 'directory.refused', message: 'dc1: no' },
};
const TIER = { field: 'tier', title: 'Business tier', from: 'low', to: 'high' };
const SYNCED = {
  dryRun: true,
  counts: COUNTS,
  changes: [
    { name: 'new1.corp.example', kind: 'added', fields: [{ ...TIER, from: undefined }] },
    { name: 'sql1.corp.example', kind: 'changed', fields: [{ ...TIER, believed: { source: 'csv', text: 'medium' } }] },
  ],
  skipped: [{ name: 'old1', reason: 'its account is disabled' }],
};
const WORK = {
  ...{ workId: GUID, scope: 'server', customer: 'Contoso', server: 'sql1', kind: 'firmware', title: 'BIOS 2' },
  ...{ tool: 'iDRAC', minutes: 40, notBefore: AT, restarts: true, who: 'admin', at: AT },
};

async function file(t: TestContext, name: string, bytes: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(t), name);
  await writeFile(path, bytes);
  return path;
}

describe('directory', () => {
  it('is added with the password from a file, which is printed nowhere', async (t) => {
    const { url, seen } = await fakeService(t, () => ({ body: SHOWN }));
    const password = await file(t, 'password.txt', 'Correct horse\n');
    const mappings = await file(t, 'units.json', JSON.stringify(SHOWN.mappings));
    const where = ['--url', 'ldaps://dc1.corp.example, ldap://dc2.corp.example', '--base', SHOWN.base];
    const words = ['--customer', 'Contoso', '--user', SHOWN.user, '--password-file', password, '--mappings', mappings];
    const { status, stdout, stderr } = await cli(['directory', 'add', 'corp', ...where, ...words], {
      env: { ST_URL: url },
    });
    assert.equal(status, 0, stderr);
    const sent = JSON.parse(String(seen[0]?.body));
    assert.equal(sent.password, 'Correct horse');
    assert.deepEqual(sent.urls, ['ldaps://dc1.corp.example', 'ldap://dc2.corp.example']);
    assert.deepEqual(sent.mappings, SHOWN.mappings);
    assert.match(stdout, /Latest reading +2026-01-13 18:00Z? by schedule: failed \(directory.refused\): dc1: no/);
    assert.ok(!`${stdout}${stderr}`.includes('horse'));
  });

  it('names what is missing, and a file of mappings that is none', async (t) => {
    const { url, seen } = await fakeService(t, () => ({ body: SHOWN }));
    const env = { ST_URL: url };
    const missing = await cli(['directory', 'add', 'corp', '--customer', 'Contoso', '--user', 'x'], { env });
    assert.deepEqual([missing.status, /--url is missing/.test(missing.stderr)], [2, true]);
    const broken = await file(t, 'units.json', '[');
    const refused = await cli(['directory', 'change', 'corp', '--mappings', broken], { env });
    assert.deepEqual([refused.status, /not JSON/.test(refused.stderr)], [2, true]);
    assert.equal(seen.length, 0);
  });

  it('shows what a reading changes, and whose word stays', async (t) => {
    const { url, seen } = await fakeService(t, () => ({ body: SYNCED }));
    const { status, stdout } = await cli(['directory', 'sync', 'corp', '--dry-run'], { env: { ST_URL: url } });
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(String(seen[0]?.body)), { dryRun: true, acceptLeft: false });
    assert.match(stdout, /new1\.corp\.example +new +Business tier +high/);
    assert.match(
      stdout,
      /sql1\.corp\.example +changed +Business tier +low +high +medium stays: that is the word of csv/,
    );
    assert.match(stdout, /old1 +its account is disabled/);
    assert.match(
      stdout,
      /7 servers in the directory: 1 new, 1 changed, 0 left, 1 with a conflict; 1 computer not taken\. Nothing was changed/,
    );
  });
});

describe('inventory systeminfo', () => {
  const SERVER = {
    ...{ file: 'a.txt', name: 'a.corp.example', added: true, operatingSystem: 'Windows Server 2019', build: 17763 },
    ...{ hotfixes: [], changes: [{ field: 'model', title: 'Model', to: 'Rack 7' }] },
  };

  it('sends files in their own bytes, and fails when one is not understood', async (t) => {
    const problems = [{ file: 'b.txt', line: 3, message: 'not a Windows' }];
    const { url, seen } = await fakeService(t, () => ({ body: { applied: false, servers: [SERVER], problems } }));
    const path = await file(t, 'a.txt', Buffer.from([0x81, 0x0a]));
    const words = ['inventory', 'systeminfo', path, '--customer', 'Contoso', '--apply'];
    const { status, stdout } = await cli(words, { env: { ST_URL: url } });
    assert.equal(status, 1);
    const sent = JSON.parse(String(seen[0]?.body));
    assert.deepEqual([sent.files, sent.dryRun], [[{ name: 'a.txt', base64: 'gQo=' }], false]);
    assert.match(stdout, /a\.corp\.example +new +Model +Rack 7/);
    assert.match(stdout, /b\.txt +3 +not a Windows/);
    assert.match(stdout, /Nothing was changed: mend these files or leave them out\./);
  });
});

describe('work', () => {
  it('is planned for whom it is named, and ended', async (t) => {
    const { url, seen } = await fakeService(t, () => ({ body: WORK }));
    const env = { ST_URL: url };
    const what = ['--kind', 'firmware', '--tool', 'iDRAC', '--minutes', '40', '--restarts'];
    const planned = await cli(['work', 'add', 'BIOS 2', '--server', 'sql1', ...what], { env });
    assert.equal(planned.status, 0, planned.stderr);
    assert.match(planned.stdout, /Planned for sql1: BIOS 2, 40 minutes/);
    assert.deepEqual(JSON.parse(String(seen[0]?.body)).scope, 'server');
    const nobody = await cli(['work', 'add', 'BIOS 2', ...what], { env });
    assert.equal(nobody.status, 2);
    const ended = await cli(['work', 'done', GUID, '--outcome', 'failed'], { env });
    assert.equal(ended.status, 0, ended.stderr);
    assert.equal(seen[1]?.path, `/work/${GUID}/end`);
  });
});
