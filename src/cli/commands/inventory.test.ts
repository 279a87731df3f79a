import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { cli, fakeService, temporaryFolder } from '#cli/testing/cli.ts';

const GUID = '11111111-1111-4111-8111-111111111111';
const AT = '2023-10-12T08:00:00Z';
const STATEMENT = { source: 'csv', value: 'high', text: 'high', who: 'Ann', at: AT };
const MACHINE = {
  machineId: GUID,
  name: 'sql1.example.com',
  customer: 'Acme',
  roles: ['sql-server'],
  tier: 'high',
  missing: ['owner'],
  conflicts: ['tier'],
};
const DEFAULTS = {
  role: 'sql-server',
  title: 'SQL Server',
  rank: 30,
  healthChecks: ['Engine is running'],
  backup: { text: 'Full and log backups.', evidence: ['backup'] },
  recovery: { who: 'Databases', how: 'Fail over', minutes: 60 },
  ownRecovery: true,
  neverTogether: 'Replicas',
};
const SHOWN = {
  ...MACHINE,
  groups: ['ag1'],
  fields: [
    {
      ...STATEMENT,
      field: 'tier',
      title: 'Business tier',
      others: [{ ...STATEMENT, source: 'directory', text: 'low', disagrees: true }],
    },
  ],
  defaults: [DEFAULTS],
};
const COUNTS = { servers: 2, added: 1, changed: 1, unchanged: 0, conflicts: 1 };
const ITEM = {
  line: 2,
  name: 'sql1.example.com',
  added: false,
  changes: [{ field: 'tier', title: 'Business tier', from: 'high', to: 'low', believed: 'high', conflict: true }],
};

async function file(t: TestContext, bytes: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(t), 'servers.csv');
  await writeFile(path, bytes);
  return path;
}

describe('inventory import', () => {
  it('shows every change over all pages, and changes nothing', async (t) => {
    const { url, seen } = await fakeService(t, ({ path }) => {
      const page = { applied: false, counts: COUNTS };
      return path.includes('after=')
        ? { body: { ...page, items: [{ ...ITEM, line: 3, added: true, changes: [] }] } }
        : { body: { ...page, items: [ITEM], next: 'more' } };
    });
    const path = await file(t, 'server,tier\nsql1,low\n');
    const { status, stdout } = await cli(['inventory', 'import', path, '--customer', 'Acme'], { env: { ST_URL: url } });
    assert.equal(status, 0);
    assert.match(
      stdout,
      /2 {2}sql1.example.com {2}Business tier {2}high {2}low +conflict: high stays: a better source says so/,
    );
    assert.match(stdout, /3 {2}sql1.example.com {2}new/);
    assert.match(
      stdout,
      /2 servers: 1 new, 1 changed, 0 as before, 1 with a conflict. Nothing was changed: --apply does it./,
    );
    assert.deepEqual(
      seen.map((one) => one.path.includes('apply')),
      [false, false],
    );
  });

  it('reads UTF-16, and refuses what is neither', async (t) => {
    const { url, seen } = await fakeService(t, () => ({ body: { applied: true, counts: COUNTS, items: [] } }));
    const utf16 = await file(t, Buffer.from('\uFEFFserver,notes\na,größer\n', 'utf16le'));
    const done = await cli(['inventory', 'import', utf16, '--customer', 'Acme', '--apply'], { env: { ST_URL: url } });
    assert.match(done.stdout, /^Done\. 2 servers/);
    assert.equal(JSON.parse(String(seen[0]?.body)).text, 'server,notes\na,größer\n');
    const latin = await file(t, Buffer.from('server,notes\na,gr\xf6\xdfer\n', 'latin1'));
    const refused = await cli(['inventory', 'import', latin, '--customer', 'Acme'], { env: { ST_URL: url } });
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /is not UTF-8 text; save it as UTF-8/);
    assert.equal(seen.length, 1);
  });
});

describe('inventory', () => {
  it('shows what is believed, what others say, and how its roles come back', async (t) => {
    const { url } = await fakeService(t, () => ({ body: SHOWN }));
    const { stdout } = await cli(['inventory', 'show', 'sql1'], { env: { ST_URL: url } });
    assert.match(stdout, /Business tier {2}high +csv/);
    assert.match(stdout, /but +low +directory/);
    assert.match(stdout, /Recovery +Databases, 60 min \(the customer's own\): Fail over/);
  });

  it('sets what options say, as the API takes it', async (t) => {
    const { url, seen } = await fakeService(t, () => ({ body: SHOWN }));
    const words = ['--roles', 'iis, rds', '--needs', 'none', '--owner', 'Jo', '--owner-contact', 'jo@example.com'];
    const more = ['--backup-slot', 'daily 22:00-02:00', '--clear', 'redundancy-group,notes', '--why', 'so it is'];
    const { status, stderr } = await cli(['inventory', 'set', 'sql1', ...words, ...more], { env: { ST_URL: url } });
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(String(seen[0]?.body)), {
      fields: {
        roles: ['iis', 'rds'],
        needs: [],
        owner: { kind: 'person', name: 'Jo', contact: 'jo@example.com' },
        backup: { slot: 'daily 22:00-02:00' },
        redundancyGroup: null,
        notes: null,
      },
      add: false,
      why: 'so it is',
    });
    const wrong = await cli(['inventory', 'set', 'sql1', '--clear', 'colour', '--why', 'so it is'], {
      env: { ST_URL: url },
    });
    assert.match(wrong.stderr, /there is no field "colour"; there are roles, .*redundancy-group/);
    const alone = await cli(['inventory', 'set', 'sql1', '--owner-contact', 'a@b.example', '--why', 'so it is'], {
      env: { ST_URL: url },
    });
    assert.match(alone.stderr, /--owner: name it too/);
    assert.equal(seen.length, 1);
  });

  it('counts gaps, and lists those of a kind', async (t) => {
    const missing = { owner: 1, window: 0, roles: 0, tier: 0, environment: 0, support: 0, needs: 0 };
    const { url } = await fakeService(t, ({ path }) =>
      path.startsWith('/inventory/gaps/cycle')
        ? { body: { items: [{ name: 'a', customer: 'Acme', text: 'a → b → a' }] } }
        : {
            body: {
              items: [{ customer: 'Acme', servers: 2, complete: 1, percent: 92, missing }],
              gaps: [{ kind: 'cycle', title: 'In a circle', servers: 1 }],
            },
          },
    );
    const all = await cli(['inventory', 'gaps'], { env: { ST_URL: url } });
    assert.match(all.stdout, /Acme +2 +92 % +1 +owner 1/);
    assert.match(all.stdout, /cycle +1 +In a circle/);
    assert.match((await cli(['inventory', 'gaps', 'cycle'], { env: { ST_URL: url } })).stdout, /a +Acme +a → b → a/);
    assert.equal((await cli(['inventory', 'gaps', 'colour'], { env: { ST_URL: url } })).status, 2);
  });

  it('asks for a whole recovery path', async (t) => {
    const { url, seen } = await fakeService(t, () => ({ body: DEFAULTS }));
    const words = ['inventory', 'recovery', 'sql-server', '--customer', 'Acme', '--why', 'so it is'];
    assert.equal((await cli([...words, '--by', 'Databases'], { env: { ST_URL: url } })).status, 2);
    assert.equal((await cli([...words, '--shipped'], { env: { ST_URL: url } })).status, 0);
    assert.equal(JSON.parse(String(seen[0]?.body)).recovery, null);
  });
});
