import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Answer, cli, fakeService, type Seen } from '#cli/testing/cli.ts';

const GUID = '11111111-1111-4111-8111-111111111111';
const AT = '2023-10-12T08:00:00Z';
const CUSTOMER = {
  customerId: GUID,
  name: 'Acme',
  zone: 'Europe/London',
  mode: 'managed',
  strict: false,
  servers: 0,
  createdAt: AT,
};
const UPDATE = { updateId: GUID, revisionNumber: 1, title: 'An update', kb: '5031361' };
const SERVER = {
  serverId: GUID,
  clientId: 'c1',
  dnsName: 'srv1',
  os: 'Windows Server 2022',
  zone: 'Europe/London',
  mode: 'managed',
  firstSeen: AT,
  lastSeen: AT,
  tally: { installed: 1, needed: 2, downloaded: 0, pendingRestart: 0, failed: 0 },
  compliance: 'not-compliant',
};
const PLAN = {
  name: 'night',
  kind: 'weekly',
  releaseWeek: 2,
  weekday: 7,
  hour: 2,
  windowMinutes: 240,
  leadHours: 48,
  runMinutes: 90,
  soakDays: 8,
  followUp: true,
  missed: { kind: 'next' },
  definitions: 'each-scan',
  extraWindows: [],
};
const COUNTS = {
  total: 0,
  unassigned: 0,
  withoutPlan: 0,
  compliant: 0,
  notCompliant: 0,
  pendingRestart: 0,
  failed: 0,
  unknown: 0,
};
const STATUS = {
  version: '1.2.3',
  at: AT,
  clock: 'simulated',
  cycle: '2023-10',
  nextPatchTuesday: '2023-11-14T18:00:00Z',
  catalogue: { revisions: 3, deployable: 1, approved: 1, review: 0 },
  policyVersion: 1,
  servers: COUNTS,
  clients: ['https://patch.example.com:8531'],
  warnings: ['Plain HTTP is on.'],
};
const TIMES = {
  words: 'default week, Sunday 02:00',
  patchTuesday: AT,
  releaseWeekStart: AT,
  releaseWeekEnd: AT,
  leadFrom: AT,
  windowStart: AT,
  lastOffer: AT,
  windowEnd: AT,
  local: { windowStart: 'Sunday 02:00', windowEnd: 'Sunday 06:00' },
};
const NO_ITEMS = { items: [] };

/** What each command asks of the service, and what it prints of the answer. */
const CASES: readonly {
  readonly argv: string;
  readonly answer: unknown;
  readonly asks: string;
  readonly body?: unknown;
  readonly prints: RegExp;
}[] = [
  {
    argv: 'status',
    answer: STATUS,
    asks: 'GET /status',
    prints: /SIMULATED, it stands at 2023-10-12T08:00:00Z[\s\S]*Warning: Plain HTTP/,
  },
  {
    argv: 'catalogue list --search KB503 --verdict review',
    answer: NO_ITEMS,
    asks: 'GET /catalogue/updates?limit=100&search=KB503&verdict=review',
    prints: /No updates/,
  },
  {
    argv: 'policy show --version 2',
    answer: { version: 2, state: 'in-force', yaml: 'name: x\nrules:\n  - a\n', who: 'a', why: 'b', at: AT },
    asks: 'GET /policy?version=2',
    prints: /\nrules:\n {2}- a/,
  },
  {
    argv: 'policy versions --limit 5',
    answer: { items: [{ version: 1, state: 'in-force', who: 'admin', approvedBy: 'Bob', why: 'first', at: AT }] },
    asks: 'GET /policy/versions?limit=5',
    prints: /1 {2}in force +2023-10-12 08:00Z {2}admin +Bob +first/,
  },
  {
    argv: 'tokens list',
    answer: {
      items: [
        { name: 'admin', createdAt: AT },
        { name: 'Bob', createdAt: AT, revokedAt: AT },
      ],
    },
    asks: 'GET /tokens',
    prints: /admin {2}2023-10-12 08:00Z\nBob +2023-10-12 08:00Z {2}2023-10-12 08:00Z/,
  },
  {
    argv: 'tokens add Bob',
    answer: { name: 'Bob', token: 'secret' },
    asks: 'POST /tokens',
    body: { name: 'Bob' },
    prints: /The token of Bob.*\nsecret/,
  },
  {
    argv: 'tokens revoke Bob',
    answer: { name: 'Bob' },
    asks: 'DELETE /tokens/Bob',
    prints: /good no longer/,
  },
  { argv: 'customers list', answer: { items: [CUSTOMER] }, asks: 'GET /customers?limit=100', prints: /Acme +0 +none/ },
  {
    argv: 'customers change Acme --no-plan --mode observe',
    answer: CUSTOMER,
    asks: 'PATCH /customers/Acme',
    body: { mode: 'observe', plan: null },
    prints: /Acme/,
  },
  {
    argv: 'plan list',
    answer: { items: [{ ...PLAN, words: 'Sunday 02:00' }] },
    asks: 'GET /plans',
    prints: /night {2}Sunday 02:00/,
  },
  {
    argv: 'plan show night --cycle 2023-10 --zone Europe/London',
    answer: TIMES,
    asks: 'GET /plans/night/cycles/2023-10?zone=Europe%2FLondon',
    prints: /Window opens {3}2023-10-12T08:00:00Z, Sunday 02:00/,
  },
  {
    argv: 'servers list --customer Acme --limit 1',
    answer: { items: [SERVER], next: 'n1' },
    asks: 'GET /servers?limit=1&customer=Acme',
    prints: /srv1 +not-compliant[\s\S]*--after n1/,
  },
  { argv: 'servers show srv1', answer: SERVER, asks: 'GET /servers/srv1', prints: /Last sync {4}never/ },
  {
    argv: 'servers change srv1 --customer Acme --plan night --inherit zone,mode',
    answer: SERVER,
    asks: 'PATCH /servers/srv1',
    body: { customer: 'Acme', plan: 'night', zone: null, mode: null },
    prints: /srv1/,
  },
  {
    argv: 'approve KB5031361 --why needed --customer Acme --server srv1 --who Eve',
    answer: { ...UPDATE, decision: 'approve' },
    asks: 'POST /approvals',
    body: {
      update: 'KB5031361',
      decision: 'approve',
      why: 'needed',
      customer: 'Acme',
      server: 'srv1',
      who: 'Eve',
    },
    prints: /^Approved: KB5031361 An update/,
  },
  {
    argv: 'decline KB5031361 --why broken',
    answer: { ...UPDATE, decision: 'decline' },
    asks: 'POST /approvals',
    body: { update: 'KB5031361', decision: 'decline', why: 'broken' },
    prints: /^Declined: /,
  },
  {
    argv: 'withdraw KB5031361 --why repaired',
    answer: UPDATE,
    asks: 'DELETE /approvals/KB5031361?why=repaired',
    prints: /^Withdrawn/,
  },
  {
    argv: `eula accept ${GUID}`,
    answer: { eula: GUID, updates: 1 },
    asks: `POST /eulas/${GUID}/acceptance`,
    body: {},
    prints: /1 update\./,
  },
  {
    argv: 'clock show',
    answer: { clock: 'simulated', at: AT },
    asks: 'GET /clock',
    prints: /^SIMULATED: it stands at 2023-10-12T08:00:00Z/,
  },
  {
    argv: 'clock advance PT1H',
    answer: { clock: 'simulated', at: AT },
    asks: 'POST /clock',
    body: { advance: 'PT1H' },
    prints: /stands at/,
  },
  {
    argv: `clock to ${AT}`,
    answer: { clock: 'simulated', at: AT },
    asks: 'POST /clock',
    body: { to: AT },
    prints: /stands at/,
  },
  {
    argv: 'records --customer Acme',
    answer: {
      items: [
        {
          number: 1,
          at: AT,
          clock: 'real',
          who: 'admin',
          what: 'plan.set',
          subject: { plan: 'night' },
          facts: {},
          hash: 'aa',
        },
      ],
    },
    asks: 'GET /records?limit=100&customer=Acme',
    prints: /plan\.set +\{"plan":"night"\}/,
  },
];

describe('each command', () => {
  for (const { argv, answer, asks, body, prints } of CASES) {
    it(`asks by the contract and prints the answer: ${argv}`, async (t) => {
      const { url, seen } = await fakeService(t, () => ({ body: answer }));
      const { status, stdout, stderr } = await cli(argv.split(' '), { env: { ST_URL: url } });
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      assert.deepEqual(
        seen.map(({ method, path }) => `${method} ${path}`),
        [asks],
      );
      if (body !== undefined) assert.partialDeepStrictEqual(JSON.parse(seen[0]?.body.toString() ?? ''), body);
      assert.match(stdout, prints);
    });
  }
});

it('shows the token of a new customer, and what to write into WUServer', async (t) => {
  const { url, seen } = await fakeService(t, ({ method }) => {
    return { body: method === 'GET' ? STATUS : { customer: CUSTOMER, token: 'st-abc' } };
  });
  const { stdout } = await cli(['customers', 'add', 'Acme', '--zone', 'Europe/London'], { env: { ST_URL: url } });
  assert.deepEqual(JSON.parse(seen[1]?.body.toString() ?? ''), { name: 'Acme', zone: 'Europe/London' });
  assert.match(stdout, /^Token {5}st-abc$/m);
  assert.match(stdout, /^WUServer {2}https:\/\/patch\.example\.com:8531\/st-abc$/m);
});

it('asks page by page until it has what --limit says', async (t) => {
  const row = (name: string) => ({ ...CUSTOMER, name });
  const { url, seen } = await fakeService(t, ({ path }) => ({
    body: path.includes('after=p2') ? { items: [row('C')], next: 'p3' } : { items: [row('A'), row('B')], next: 'p2' },
  }));
  const { stdout } = await cli(['customers', 'list', '--limit', '3', '--json'], { env: { ST_URL: url } });
  const { items, next } = JSON.parse(stdout) as { items: { name: string }[]; next: string };
  assert.deepEqual([items.map(({ name }) => name), next], [['A', 'B', 'C'], 'p3']);
  assert.deepEqual(
    seen.map(({ path }) => path),
    ['/customers?limit=3', '/customers?limit=1&after=p2'],
  );
});

it('exits with 1 when a chain of records is broken', async (t) => {
  const chains = [
    { customer: 'Acme', records: 3, intact: true },
    { customer: 'Beta', records: 9, intact: false, firstBroken: 7 },
  ];
  const { url } = await fakeService(t, (_: Seen): Answer => ({ body: { chains } }));
  const { status, stdout } = await cli(['records', 'verify'], { env: { ST_URL: url } });
  assert.equal(status, 1);
  assert.match(stdout, /Beta +9 {2}NO, from record 7 on/);
});
