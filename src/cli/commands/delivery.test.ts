import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cli, fakeService } from '#cli/testing/cli.ts';
import { ACCEPTANCE } from '#contract/acceptance.ts';

const GUID = '11111111-1111-4111-8111-111111111111';
const AT = '2023-10-12T08:00:00Z';
const UPDATE = { updateId: GUID, revisionNumber: 1, title: 'An update', kb: '5031361' };
const WINDOW = { start: AT, end: AT, local: 'Sunday 2023-10-22 02:00', cycle: '2023-10', primary: true };
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
  missed: { kind: 'catch-up', hours: 12 },
  definitions: 'daily',
  extraWindows: [],
  words: 'default week, Sunday 02:00',
  zone: 'Europe/London',
  windows: [{ ...WINDOW, leadFrom: AT, lastOffer: AT }],
  warnings: ['There is one window a cycle.'],
  overlaps: { rule: 'Windows that touch are one.', notes: ['extra window 1 meets it.'] },
  servers: { using: 3, changed: 2 },
};
const PAUSE = {
  pauseId: GUID,
  scope: 'group',
  customer: 'Acme',
  group: 'SQL',
  starts: AT,
  ends: '2023-10-23T00:00:00Z',
  who: 'Ann',
  why: 'audit',
  state: 'in-force',
};
const LATE = { plan: 'default', zone: 'Europe/London', servers: 2, count: 1, windows: [WINDOW], next: WINDOW };
const CONSEQUENCE = { servers: 3, lateServers: 2, late: [LATE] };
const SCAN = { from: AT, until: '2023-10-12T16:00:00Z', by: 'agent', overdue: false };
const HOLDER = { serverId: GUID, dnsName: 'srv1', customer: 'Acme', toldAt: AT, nextScan: SCAN };
const BRAKE = { update: UPDATE, who: 'Ann', why: 'bad', at: AT };
const REQUEST = {
  requestedBy: 'Carl',
  requestedAt: '2023-10-11T00:00:00Z',
  acceptedBy: 'Dora',
  acceptance: ACCEPTANCE,
};
const SAID = { verdict: 'approve', level: 'customer', customer: 'Acme', who: 'Eve', why: 'audit', policyVersion: 4 };

/** What each command asks of the service, and what it prints of the answer. */
const CASES: readonly {
  readonly argv: readonly string[];
  readonly answer: unknown;
  readonly asks: string;
  readonly body?: unknown;
  readonly prints: RegExp;
}[] = [
  {
    argv: ['pause', 'add', '--customer', 'Acme', '--group', 'SQL', '--ends', PAUSE.ends, '--why', 'audit'],
    answer: { ...PAUSE, ...CONSEQUENCE },
    asks: 'POST /pauses',
    body: { scope: 'group', customer: 'Acme', group: 'SQL', ends: PAUSE.ends, why: 'audit' },
    prints: /Acme, group SQL[\s\S]*2 of 3 servers[\s\S]*default +Europe\/London +2 +1 +Sunday 2023-10-22 02:00/,
  },
  {
    argv: ['pause', 'list', '--state', 'in-force'],
    answer: { items: [{ ...PAUSE, ...CONSEQUENCE }] },
    asks: 'GET /pauses?limit=100&state=in-force',
    prints: /in-force +Acme, group SQL .* 2 servers +Ann +audit/,
  },
  {
    argv: ['pause', 'lift', GUID, '--why', 'over'],
    answer: { ...PAUSE, state: 'past' },
    asks: `DELETE /pauses/${GUID}?why=over`,
    prints: /^Lifted: the pause of Acme, group SQL/,
  },
  {
    argv: ['brake', 'set', 'KB5031361', '--why', 'bad'],
    answer: {
      ...BRAKE,
      holding: 2,
      installed: 1,
      holders: { items: [HOLDER], next: 'n' },
      installers: { items: [{ serverId: GUID, dnsName: 'srv2', reportedAt: AT }] },
    },
    asks: 'POST /brakes',
    body: { update: 'KB5031361', why: 'bad' },
    prints:
      /2 servers hold[\s\S]*srv1 +Acme +unknown .* none +2023-10-12 08:00Z to 2023-10-12 16:00Z[\s\S]*brake holders[\s\S]*srv2/,
  },
  {
    argv: ['brake', 'list'],
    answer: { items: [{ ...BRAKE, holding: 2, installed: 1 }] },
    asks: 'GET /brakes',
    prints: /KB5031361 An update +2 +1 +Ann +bad/,
  },
  {
    argv: ['brake', 'holders', 'KB5031361'],
    answer: { items: [{ ...HOLDER, nextScan: { ...SCAN, overdue: true } }] },
    asks: 'GET /brakes/KB5031361/holders?limit=100',
    prints: /overdue since 2023-10-12 16:00Z/,
  },
  {
    argv: ['brake', 'installed', 'KB5031361'],
    answer: { items: [] },
    asks: 'GET /brakes/KB5031361/installed?limit=100',
    prints: /^No server reports/,
  },
  {
    argv: ['brake', 'lift', 'KB5031361', '--why', 'repaired', '--who', 'Bob'],
    answer: BRAKE,
    asks: 'DELETE /brakes/KB5031361?why=repaired&who=Bob',
    prints: /^The brake is off: KB5031361/,
  },
  {
    argv: [
      ...['approvals', 'request', 'KB5031361', '--customer', 'Acme', '--server', 'srv1', '--requested-by', 'Carl'],
      ...['--requested-at', '2023-10-11', '--accepted-by', 'Dora', '--why', 'audit'],
    ],
    answer: {
      ...UPDATE,
      level: 'server',
      customer: 'Acme',
      server: 'srv1',
      request: REQUEST,
      effect: 'It is offered.',
    },
    asks: 'POST /approvals/requests',
    body: { requestedBy: 'Carl', requestedAt: '2023-10-11', acceptedBy: 'Dora', acceptance: ACCEPTANCE },
    prints: /srv1 of Acme \(level: server\)[\s\S]*Dora[\s\S]*responsible[\s\S]*It is offered/,
  },
  {
    argv: ['approvals', 'list', '--as-of', '2023-10-12', '--customer', 'Acme'],
    answer: { asOf: AT, items: [{ ...UPDATE, since: AT, ...SAID, request: REQUEST }] },
    asks: 'GET /approvals?limit=100&asOf=2023-10-12&customer=Acme&verdict=approve',
    prints:
      /As of 2023-10-12T08:00:00Z[\s\S]*approve +Acme +Eve +4 +KB5031361 An update +audit \(asked for by Carl on 2023-10-11/,
  },
  {
    argv: ['approvals', 'list', '--verdict', 'all'],
    answer: { asOf: AT, items: [] },
    asks: 'GET /approvals?limit=100',
    prints: /Nothing was on record/,
  },
  {
    argv: ['approvals', 'history', 'KB5031361'],
    answer: { update: UPDATE, items: [{ ...SAID, at: AT, fact: 'ended', server: 'srv1' }], tests: [] },
    asks: 'GET /approvals/KB5031361?limit=100',
    prints: /ended: approve +srv1 of Acme +Eve +4 +audit/,
  },
  {
    argv: ['policy', 'order'],
    answer: { items: [{ name: 'approval', title: 'Who approves?', rules: ['The server.', 'The policy.'] }] },
    asks: 'GET /policy/order',
    prints: /Who approves\?\n {2}1\. The server\.\n {2}2\. The policy\./,
  },
  {
    argv: ['policy', 'show', '--as-of', '2023-10-12'],
    answer: { version: 2, state: 'former', yaml: 'name: x\n', who: 'a', why: 'b', at: AT },
    asks: 'GET /policy?asOf=2023-10-12',
    prints: /^# Version 2/,
  },
  {
    argv: [
      ...['plan', 'check', 'night', '--weekday', 'sat', '--hour', '22', '--follow-up', 'no', '--zone', 'Europe/London'],
      ...['--missed', 'catch-up:12', '--definitions', 'daily', '--latest-start-minutes', '60'],
      ...['--extra-windows', 'sun 2 120, 3 1 60'],
    ],
    answer: PLAN,
    asks: 'POST /plans/night/check?zone=Europe%2FLondon',
    body: {
      weekday: 6,
      hour: 22,
      followUp: false,
      missed: { kind: 'catch-up', hours: 12 },
      definitions: 'daily',
      latestStartMinutes: 60,
      extraWindows: [
        { weekday: 7, hour: 2, windowMinutes: 120 },
        { weekday: 3, hour: 1, windowMinutes: 60 },
      ],
    },
    prints:
      /catch up within 12 h[\s\S]*next window of 2 differs[\s\S]*touch are one\. extra window 1[\s\S]*Warning +There is one/,
  },
  {
    argv: ['plan', 'set', 'night', '--hour', '2'],
    answer: PLAN,
    asks: 'PUT /plans/night',
    body: { hour: 2 },
    prints: /^Plan +night: default week[\s\S]*Sunday 2023-10-22 02:00 \(primary\)/,
  },
  {
    argv: ['plan', 'put', 'night', '--hour', '2', '--dry-run'],
    answer: PLAN,
    asks: 'POST /plans/night/check',
    body: { hour: 2 },
    prints: /^Nothing was kept/,
  },
];

describe('each command of delivery', () => {
  for (const { argv, answer, asks, body, prints } of CASES) {
    it(`asks by the contract and prints the answer: ${argv.slice(0, 3).join(' ')}`, async (t) => {
      const { url, seen } = await fakeService(t, () => ({ body: answer }));
      const { status, stdout, stderr } = await cli(argv, { env: { ST_URL: url } });
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

it('refuses what says too little or too much, without asking', async () => {
  const ends = ['--ends', AT, '--why', 'a test'];
  const wrong: readonly (readonly [argv: readonly string[], message: RegExp])[] = [
    [['pause', 'add', ...ends], /name one of --all/],
    [['pause', 'add', '--all', '--server', 'a', ...ends], /name one of --all/],
    [['pause', 'add', '--server', 'a', '--group', 'b', ...ends], /belongs to a customer/],
    [['pause', 'add', '--all', '--why', 'a test'], /--ends is missing/],
    [
      ['approvals', 'request', 'KB1', '--customer', 'A', '--why', 'x', '--requested-by', 'C', '--requested-at', AT],
      /--accepted-by is missing/,
    ],
    [['plan', 'check', 'x', '--missed', 'later'], /not next, skip or catch-up:HOURS/],
    [['plan', 'check', 'x', '--extra-windows', 'sat 22'], /not DAY HOUR MINUTES/],
    [['plan', 'check', 'x', '--extra-windows', 'funday 22 60'], /not a weekday/],
    [['brake', 'set', 'KB1'], /--why is missing/],
  ];
  for (const [argv, message] of wrong) {
    const { status, stderr } = await cli(argv, { env: { ST_URL: 'http://127.0.0.1:9' } });
    assert.deepEqual([status, message.test(stderr)], [2, true], stderr);
  }
});
