import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cli, fakeService } from '#cli/testing/cli.ts';

const GUID = '11111111-1111-4111-8111-111111111111';
const AT = '2023-10-13T02:00:00Z';
const WEEKS = [
  { name: 'early', start: '2023-10-11T00:00:00Z', end: '2023-10-18T00:00:00Z' },
  { name: 'default', start: '2023-10-18T00:00:00Z', end: '2023-10-25T00:00:00Z' },
] as const;
const NOW = {
  version: '1.2.3',
  at: AT,
  clock: 'real',
  cycle: {
    name: '2023-10',
    patchTuesday: '2023-10-10T17:00:00Z',
    nextPatchTuesday: '2023-11-14T18:00:00Z',
    weeks: WEEKS,
  },
  fleet: { total: 7, compliant: 5, notCompliant: 0, pendingRestart: 0, failed: 2, unknown: 0, unassigned: 0 },
  catalogue: { revisions: 9, approved: 3, review: 1 },
  attention: [
    {
      kind: 'failed',
      count: 2,
      text: 'Updates failed on 2 servers; their agents try again by themselves.',
      examples: [{ title: 'db1: An update\u001b[31m', detail: 'The agent gave no code.', server: GUID, update: GUID }],
    },
  ],
  windows: [
    {
      plan: 'early',
      zone: 'Europe/London',
      start: '2023-10-15T01:00:00Z',
      end: '2023-10-15T05:00:00Z',
      local: 'Sunday 2023-10-15 02:00',
      primary: true,
      servers: 4,
    },
  ],
  warnings: [],
};
const CURSOR = 'WyJhIl0';

function against(url: string): { readonly env: Readonly<Record<string, string>> } {
  return { env: { ST_URL: url, ST_TOKEN: 'token' } };
}

describe('now', () => {
  it('tells the week, what wants a person, and which windows open', async (t) => {
    const { url } = await fakeService(t, () => ({ body: NOW }));
    const { status, stdout } = await cli(['now'], against(url));
    assert.equal(status, 0);
    assert.match(stdout, /Cycle +2023-10, early week/);
    assert.match(stdout, /- Updates failed on 2 servers.* \(failed\)\n {4}db1: An update\. The agent gave no code\./);
    assert.match(stdout, /\n {4}Go on with: servers list --compliance failed\n/);
    assert.match(stdout, /2023-10-15 01:00Z +Sunday 2023-10-15 02:00 Europe\/London +early +4/);
    assert.ok(!stdout.includes('\u001b'));
  });

  it('says so where nothing wants a person and no window opens', async (t) => {
    const { url } = await fakeService(t, () => ({ body: { ...NOW, attention: [], windows: [] } }));
    const { stdout } = await cli(['now'], against(url));
    assert.match(stdout, /Nothing wants a person\./);
    assert.match(stdout, /None opens\./);
  });

  it('gives the answer as it is with --json', async (t) => {
    const { url } = await fakeService(t, () => ({ body: NOW }));
    const { stdout } = await cli(['now', '--json'], against(url));
    assert.deepEqual(JSON.parse(stdout).cycle, NOW.cycle);
  });
});

describe('servers list', () => {
  it('asks for what is wanted, and goes on where a call found nothing', async (t) => {
    const { url, seen } = await fakeService(t, ({ path }) => {
      return { body: path.includes('after') ? { items: [] } : { items: [], next: CURSOR } };
    });
    const wanted = ['--search', 'db', '--compliance', 'not-compliant', '--plan', 'early', '--sort', 'last-contact'];
    const { status, stdout } = await cli(['servers', 'list', ...wanted, '--os', 'Windows Server 2019'], against(url));
    assert.equal(status, 0);
    assert.match(stdout, /No servers/);
    assert.equal(seen.length, 2);
    const query = new URLSearchParams(seen[1]?.path.split('?')[1]);
    assert.deepEqual(Object.fromEntries(query), {
      limit: '100',
      search: 'db',
      compliance: 'not-compliant',
      plan: 'early',
      os: 'Windows Server 2019',
      sort: 'last-contact',
      after: CURSOR,
    });
  });

  it('refuses a state that there is not', async () => {
    const { status, stderr } = await cli(['servers', 'list', '--compliance', 'fine']);
    assert.equal(status, 2);
    assert.match(stderr, /compliant, not-compliant/);
  });
});

describe('servers updates', () => {
  const update = { updateId: GUID, title: 'An update', kb: '5031361', offered: false, restart: true };
  const updates = [
    {
      ...update,
      state: 'failed',
      headline: 'Failed. Held.',
      result: '0x80070070',
      meaning: 'There is not enough room on the drive.',
    },
    { ...update, state: 'unknown', offered: true, headline: 'Offered at each scan, at any hour.' },
  ];

  it('shows state, headline and the last error', async (t) => {
    const { url, seen } = await fakeService(t, () => ({ body: { at: AT, updates } }));
    const { status, stdout } = await cli(['servers', 'updates', 'db1', '--installed'], against(url));
    assert.equal(status, 0);
    assert.equal(seen[0]?.path, '/servers/db1/updates?installed=true');
    assert.match(stdout, /FAILED +KB5031361 An update\n {2}Failed\. Held\.\n {2}Last error 0x80070070: There is not/);
    assert.match(stdout, /offered +KB5031361 An update\n {2}Offered at each scan/);
  });

  it('says so when nothing is open', async (t) => {
    const { url, seen } = await fakeService(t, () => ({ body: { at: AT, updates: [] } }));
    const { stdout } = await cli(['servers', 'updates', 'db1'], against(url));
    assert.equal(seen[0]?.path, '/servers/db1/updates?installed=false');
    assert.match(stdout, /Nothing is open/);
  });
});
