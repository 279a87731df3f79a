import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cli, fakeService, temporaryFolder } from '#cli/testing/cli.ts';

const AT = '2025-10-12T08:00:00Z';
const TEXT = 'name: four-waves\nwaves: []\n';
const VERSION = { version: 2, state: 'waiting', who: 'Ann', why: 'more\npilots', at: AT };
const HOLE = {
  os: 'Windows Server 2022',
  role: 'rds',
  applications: ['crm', 'shop'],
  servers: 7,
  waves: ['high-impact'],
};
const COVERAGE = { combinations: 12, covered: 10, holes: [HOLE] };
const EFFECT = {
  waves: [{ wave: 'pilot', title: 'Pilot', servers: 3, before: 1 }],
  unplaced: { servers: 60, names: ['lost1', 'lost2'] },
  notManaged: 1,
  moved: 2,
  coverage: COVERAGE,
  warnings: ['No rule takes every server.'],
  changes: [
    { path: 'waves.pilot.gate.soakHours', from: '24', to: '48' },
    { path: 'weekGate.go', to: 'true' },
  ],
};

/** What each command asks of the service, and what it prints of the answer. */
const CASES: readonly {
  readonly argv: readonly string[];
  readonly answer: unknown;
  readonly asks: string;
  readonly body?: unknown;
  readonly prints: RegExp;
}[] = [
  {
    argv: ['rollout', 'show', '--version', '2'],
    answer: { ...VERSION, text: TEXT, plan: { name: 'four-waves' } },
    asks: 'GET /customers/Acme/rollout?version=2',
    prints: /^# Version 2, waits for another person, .*, by Ann: more pilots\nname: four-waves\nwaves: \[\]\n/,
  },
  {
    argv: ['rollout', 'versions'],
    answer: { items: [VERSION, { ...VERSION, version: 1, state: 'in-force', why: 'first', approvedBy: 'Bob' }] },
    asks: 'GET /customers/Acme/rollout/versions?limit=100',
    prints: /2 +waits for another person +.* +Ann +more pilots\n +1 +in force +.* +Ann +Bob +first/,
  },
  {
    argv: ['rollout', 'check', 'FILE'],
    answer: { problems: [], effect: EFFECT, waits: true },
    asks: 'POST /customers/Acme/rollout/check',
    body: { text: TEXT },
    prints:
      /pilot +Pilot +3 +1\n[\s\S]*60 servers: lost1, lost2, …[\s\S]*10 of 12 combinations[\s\S]*7 +Windows Server 2022 +rds +crm, shop +high-impact\n1 more are not shown\.[\s\S]*soakHours +24 +48[\s\S]*until another person/,
  },
  {
    argv: ['rollout', 'set', 'FILE', '--why', 'a change', '--who', 'Ann'],
    answer: { version: 3, waits: true, effect: EFFECT },
    asks: 'PUT /customers/Acme/rollout',
    body: { text: TEXT, why: 'a change', who: 'Ann' },
    prints: /^Version 3 waits until another person approves it: rollout approve 3/,
  },
  {
    argv: ['rollout', 'approve', '3', '--why', 'agreed'],
    answer: { version: 3, effect: EFFECT },
    asks: 'POST /customers/Acme/rollout/versions/3/approval',
    body: { why: 'agreed' },
    prints: /^Version 3 is in force\./,
  },
  {
    argv: ['rollout', 'diff', '1'],
    answer: { from: 1, to: 2, changes: EFFECT.changes },
    asks: 'GET /customers/Acme/rollout/changes?from=1',
    prints: /From version 1 to 2:[\s\S]*weekGate\.go +\(not there\) +true/,
  },
  {
    argv: ['rollout', 'coverage'],
    answer: { ...COVERAGE, version: 2, servers: 40, unplaced: 3 },
    asks: 'GET /customers/Acme/rollout/coverage',
    prints: /^Version 2, 40 servers, 3 placed nowhere\.\nCoverage: 10 of 12/,
  },
];

describe('each command of rollout plans', () => {
  for (const { argv, answer, asks, body, prints } of CASES) {
    it(`asks by the contract and prints the answer: ${argv.join(' ')}`, async (t) => {
      const { url, seen } = await fakeService(t, () => ({ body: answer }));
      const { status, stdout, stderr } = await cli(await filled(argv, t), { env: { ST_URL: url } });
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      assert.deepEqual(
        seen.map(({ method, path }) => `${method} ${path}`),
        [asks],
      );
      if (body !== undefined) assert.deepEqual(JSON.parse(seen[0]?.body.toString() ?? ''), body);
      assert.match(stdout, prints);
    });
  }
});

it('says where a server is placed, and that one is placed nowhere', async (t) => {
  const answer = { server: 'a.acme.test', customer: 'Acme', version: 2, kinds: ['cumulative', 'dotnet'] };
  const placed = { wave: { place: 4, name: 'high', title: 'High impact' }, rule: { place: 2, words: 'tier critical' } };
  const answers = [{ ...answer, ...placed }, answer];
  const { url, seen } = await fakeService(t, () => ({ body: answers.shift() }));
  const first = await cli(['rollout', 'place', 'a.acme.test'], { env: { ST_URL: url } });
  assert.match(first.stdout, /Wave +4: High impact \(high\)\nRule +2: tier critical\nKinds +cumulative, dotnet/);
  assert.equal(seen[0]?.path, '/servers/a.acme.test/wave');
  const second = await cli(['rollout', 'place', 'a.acme.test'], { env: { ST_URL: url } });
  assert.match(second.stdout, /Wave +none: no rule places it/);
});

it('prints the problems of a plan that does not read, and fails', async (t) => {
  const problem = { line: 3, column: 5, path: 'waves[0].name', message: 'This is missing.' };
  const { url } = await fakeService(t, () => ({ body: { problems: [problem], waits: false } }));
  const { status, stdout } = await cli(await filled(['rollout', 'check', 'FILE'], t), { env: { ST_URL: url } });
  assert.equal(status, 1);
  assert.match(stdout, /3:5 +waves\[0\]\.name +This is missing\./);
});

it('refuses a call without its customer, without asking', async () => {
  const { status, stderr } = await cli(['rollout', 'show'], { env: { ST_URL: 'http://127.0.0.1:9' } });
  assert.deepEqual([status, /--customer is missing/.test(stderr)], [2, true], stderr);
});

/** The call with a customer, and with a file that holds the text. */
async function filled(argv: readonly string[], t: Parameters<typeof temporaryFolder>[0]): Promise<string[]> {
  const path = join(await temporaryFolder(t), 'plan.yaml');
  await writeFile(path, TEXT);
  return [...argv.map((word) => (word === 'FILE' ? path : word)), '--customer', 'Acme'];
}
