import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cli, fakeService, temporaryFolder } from '#cli/testing/cli.ts';

const AT = '2025-10-12T08:00:00Z';
const ID = '11111111-0000-4000-8000-000000000001';
const TEXT = 'server,kind,result,at\n';
const EVIDENCE = {
  kind: 'backup',
  ok: false,
  at: AT,
  job: 'Nightly',
  detail: 'Event 517',
  source: 'veeam',
  who: 'admin',
  receivedAt: AT,
};
const HEAD = { serverId: ID, dnsName: 'db1.example', customer: 'Acme', tier: 'critical' };
const BACKUP = { check: 'backup', demanded: 'one of the last 24 h', found: '31 h old', ok: false, text: 'Too old.' };
const OVERRIDE = {
  overrideId: ID,
  server: 'db1.example',
  checks: ['backup'],
  who: 'Ann',
  why: 'vault',
  at: AT,
  expires: AT,
  state: 'in-force',
};
const IMPORTED = {
  form: 'veeam',
  zone: 'Europe/Berlin',
  applied: false,
  lines: 2,
  running: 1,
  servers: 1,
  added: 2,
  known: 0,
  problems: [],
  problemCount: 0,
};
const HOOK = {
  name: 'snap',
  customer: 'Acme',
  before: 'https://vault.example/',
  afterHours: 24,
  mostOpen: 20,
  timeoutSeconds: 30,
  attempts: 5,
  changedAt: AT,
};

/** What each command asks of the service, and what it prints of the answer. */
const CASES: readonly {
  readonly argv: readonly string[];
  readonly answer: unknown;
  readonly asks: string;
  readonly body?: unknown;
  readonly prints: RegExp;
  readonly status?: number;
}[] = [
  {
    argv: ['readiness', 'show', 'db1.example'],
    answer: {
      ...HEAD,
      policy: 'shipped',
      zone: 'Etc/UTC',
      ready: false,
      checks: [BACKUP],
      evidence: [EVIDENCE],
      recovery: [{ role: 'SQL Server', who: 'DBA', how: 'Restore it.', minutes: 60 }],
    },
    asks: 'GET /readiness/servers/db1.example',
    prints:
      /Ready +NO\n\nHELD backup: 31 h old; demanded: one of the last 24 h\.\n\n[\s\S]*FAILED +veeam +Nightly +Event 517\n\nRecovery, SQL Server: Restore it\. DBA, about 60 minutes\./,
    status: 1,
  },
  {
    argv: ['readiness', 'list', '--customer', 'Acme', '--not-ready'],
    answer: { items: [{ ...HEAD, ready: false, findings: [{ check: 'backup', text: '' }], overridden: ['tls'] }] },
    asks: 'GET /readiness?limit=100&customer=Acme&notReady=true',
    prints: /db1\.example +Acme +critical +NO +backup, \(tls\)/,
  },
  {
    argv: ['readiness', 'policy', 'test', 'FILE'],
    answer: { problems: [{ line: 3, column: 1, path: 'tiers', message: 'This is missing.' }] },
    asks: 'POST /readiness/policy/check',
    body: { text: TEXT },
    prints: /3:1 +tiers +This is missing\./,
    status: 1,
  },
  {
    argv: ['readiness', 'policy', 'set', 'FILE', '--why', 'a start'],
    answer: { version: 2, effect: { servers: 3, readyNow: 3, readyThen: 1 } },
    asks: 'PUT /readiness/policy',
    body: { text: TEXT, why: 'a start' },
    prints: /^Version 2 is in force\. Of 3 managed servers .* 3 were ready before and 1 are ready under it\./,
  },
  {
    argv: ['readiness', 'override', 'db1', '--checks', 'backup, tls', '--expires', AT, '--why', 'vault'],
    answer: OVERRIDE,
    asks: 'POST /readiness/overrides',
    body: { server: 'db1', checks: ['backup', 'tls'], expires: AT, why: 'vault' },
    prints: /db1\.example goes without backup until 2025-10-12T08:00:00Z\. End it with: readiness end /,
  },
  {
    argv: ['readiness', 'end', ID, '--why', 'back'],
    answer: OVERRIDE,
    asks: `DELETE /readiness/overrides/${ID}?why=back`,
    prints: /needs backup again/,
  },
  {
    argv: ['evidence', 'import', 'FILE', '--customer', 'Acme', '--dates', 'day-first'],
    answer: IMPORTED,
    asks: 'POST /evidence/import',
    body: { customer: 'Acme', text: TEXT, apply: false, dates: 'day-first' },
    prints:
      /^2 lines about 1 server; .* 1 run not ended yet, passed over\.\nWould keep 2 \(repeat with --apply\); 0 known already\./,
  },
  {
    argv: ['evidence', 'import', 'FILE', '--customer', 'Acme'],
    answer: { ...IMPORTED, problems: [{ line: 7, message: 'no server' }], problemCount: 101 },
    asks: 'POST /evidence/import',
    prints: /Nothing was kept\.\nLine +Problem\n +7 +no server\n… and 100 more/,
    status: 1,
  },
  {
    argv: [
      'hooks',
      'set',
      'snap',
      '--customer',
      'Acme',
      '--before',
      HOOK.before,
      '--tiers',
      'critical,high',
      '--why',
      'ours',
    ],
    answer: { ...HOOK, secret: 's3cret' },
    asks: 'PUT /hooks/snap',
    body: { customer: 'Acme', before: HOOK.before, why: 'ours', newSecret: false, tiers: ['critical', 'high'] },
    prints: /Its secret, shown this once: s3cret/,
  },
  {
    argv: ['hooks', 'remove', 'snap', '--customer', 'Acme', '--abandon', '--why', 'gone'],
    answer: HOOK,
    asks: 'DELETE /hooks/snap?customer=Acme&why=gone&abandon=true',
    prints: /^Removed: snap\./,
  },
];

describe('each command of readiness, evidence and hooks', () => {
  for (const { argv, answer, asks, body, prints, status = 0 } of CASES) {
    it(`asks by the contract and prints the answer: ${argv.join(' ')}`, async (t) => {
      const { url, seen } = await fakeService(t, () => ({ body: answer }));
      const path = join(await temporaryFolder(t), 'file');
      await writeFile(path, Buffer.from(`\uFEFF${TEXT}`));
      const words = argv.map((word) => (word === 'FILE' ? path : word));
      const run = await cli(words, { env: { ST_URL: url } });
      assert.deepEqual([run.status, run.stderr], [status, '']);
      assert.deepEqual(
        seen.map(({ method, path: asked }) => `${method} ${asked}`),
        [asks],
      );
      const sent = JSON.parse(seen[0]?.body.toString() || '{}');
      if (body !== undefined)
        assert.deepEqual({ ...sent, ...('text' in sent ? { text: sent.text.replace('\uFEFF', '') } : {}) }, body);
      assert.match(run.stdout, prints);
    });
  }
});

it('refuses a check and a tier that there is not, without asking', async () => {
  const env = { ST_URL: 'http://127.0.0.1:9' };
  const override = ['readiness', 'override', 'db1', '--checks', 'bakup', '--expires', AT, '--why', 'vault'];
  const hook = [
    'hooks',
    'set',
    'snap',
    '--customer',
    'Acme',
    '--before',
    HOOK.before,
    '--tiers',
    'gold',
    '--why',
    'ours',
  ];
  for (const argv of [override, hook]) assert.equal((await cli(argv, { env })).status, 2);
});
