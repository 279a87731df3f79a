import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, cli, fakeService, type Seen } from '#cli/testing/cli.ts';

const GUID = '11111111-1111-4111-8111-111111111111';
const AT = '2023-10-12T08:00:00Z';
const LATER = '2023-10-22T00:00:00Z';
const CAMPAIGN = {
  campaignId: GUID,
  customer: 'Acme',
  name: '2023-10 #1',
  state: 'gathering',
  planVersion: 3,
  openedAt: AT,
};
const FIGURES = {
  ...{ servers: 5, needing: 4, told: 1, verified: 2, failed: 1, incidents: 0 },
  ...{ worked: 1, didNot: 0, cannotTell: 0, owners: 2, ownersWorked: 1 },
};
const GATE = {
  gate: 'pilot',
  title: 'Pilot',
  state: 'open',
  openedAt: AT,
  verdict: 'inconclusive',
  line: '2 of 3 verified',
  figures: FIGURES,
};
const TEST = {
  gate: 'pilot',
  owner: 'Web team',
  result: 'worked',
  builds: [17763],
  note: 'all pages',
  who: 'ann',
  at: AT,
};
const SHOWN = {
  ...CAMPAIGN,
  updates: [{ updateId: GUID, revisionNumber: 200, title: 'An update', joinedAt: AT }],
  waves: [{ ...GATE, seats: 2, taken: 2 }],
  weeks: [{ gate: 'week-2', title: 'Release week 2', state: 'waiting', figures: FIGURES }],
  unplaced: 1,
  tests: [TEST],
};
const INCIDENT = { incidentId: GUID, customer: 'Acme', title: 'Mail is slow', who: 'ann', openedAt: AT };
const PATH = '/campaigns/2023-10%20%231';

const CASES: readonly { argv: string[]; answer: unknown; asks: string; body?: unknown; prints: RegExp }[] = [
  {
    argv: ['campaigns', 'list', '--customer', 'Acme', '--under-way'],
    answer: { items: [CAMPAIGN] },
    asks: 'GET /campaigns?limit=100&customer=Acme&underWay=true',
    prints: /2023-10 #1 +Acme +gathering +2023-10-12 08:00Z/,
  },
  {
    argv: ['campaigns', 'show', '2023-10 #1'],
    answer: SHOWN,
    asks: `GET ${PATH}`,
    prints:
      /version 3[\s\S]*1 server, offered nothing[\s\S]*Pilot \(pilot\): open; seats: 2 of 2 taken\n {2}5 servers, 4 in need of it, 2 verified, 1 failed\n {2}Gate: inconclusive, 2 of 3 verified[\s\S]*An update +200[\s\S]*Web team/,
  },
  {
    argv: ['campaigns', 'show', '2023-10 #1', '--waves'],
    answer: SHOWN,
    asks: `GET ${PATH}`,
    prints: /Owners +2, of whom 1 say that it works[\s\S]*Release week 2 \(week-2\): waiting/,
  },
  {
    argv: ['campaigns', 'members', '2023-10 #1', '--state', 'waiting', '--wave', 'pilot'],
    answer: {
      items: [
        {
          ...{ serverId: GUID, dnsName: 'srv1', wave: 'pilot', releaseWeek: 2, state: 'waiting' },
          held: { code: 'order.group', text: 'Of the group "dc" 1 may go at a time.' },
        },
        {
          serverId: GUID,
          dnsName: 'srv2',
          releaseWeek: 2,
          state: 'told',
          toldAt: AT,
          window: { start: LATER, end: LATER },
        },
      ],
    },
    asks: `GET ${PATH}/servers?limit=100&state=waiting&wave=pilot`,
    prints:
      /srv1 +pilot +2 +waiting .*Of the group[\s\S]*srv2 +unplaced +2 +told +2023-10-12 08:00Z +2023-10-22 00:00Z/,
  },
  {
    argv: ['campaigns', 'stop', '2023-10 #1', '--why', 'smoke'],
    answer: {
      ...CAMPAIGN,
      state: 'stopped',
      holders: { items: [{ serverId: GUID, dnsName: 'srv1', toldAt: AT }], next: 'n' },
    },
    asks: `POST ${PATH}/stop`,
    body: { why: 'smoke' },
    prints: /^Stopped: 2023-10 #1 of Acme[\s\S]*srv1 .*never finished a scan[\s\S]*campaigns holders lists all/,
  },
  {
    argv: ['campaigns', 'go', '2023-10 #1', 'pilot', '--why', 'looks good'],
    answer: CAMPAIGN,
    asks: `POST ${PATH}/gates/pilot/go`,
    body: { why: 'looks good' },
    prints: /go is on record for 2023-10 #1/,
  },
  {
    argv: [
      'campaigns',
      'test',
      '2023-10 #1',
      'pilot',
      '--owner',
      'Web team',
      '--result',
      'worked',
      '--note',
      'all pages',
      '--builds',
      '17763, 20348',
    ],
    answer: TEST,
    asks: `POST ${PATH}/gates/pilot/tests`,
    body: { owner: 'Web team', result: 'worked', note: 'all pages', builds: [17763, 20348] },
    prints: /Web team says "worked" for pilot, on build 17763/,
  },
  {
    argv: ['campaigns', 'release', '2023-10 #1', 'srv1', '--why', 'looked at it'],
    answer: { serverId: GUID, dnsName: 'srv1', before: 'failed' },
    asks: `POST ${PATH}/servers/srv1/release`,
    body: { why: 'looked at it' },
    prints: /srv1 was failed and waits for another turn/,
  },
  {
    argv: ['campaigns', 'history', '2023-10 #1'],
    answer: {
      items: [{ at: AT, kind: 'stop', gate: 'pilot', who: 'service', details: { line: '1 failed', figures: FIGURES } }],
    },
    asks: `GET ${PATH}/history?limit=100`,
    prints: /stop +pilot +service +1 failed\n/,
  },
  {
    argv: ['incidents', 'open', 'Mail is slow', '--customer', 'Acme', '--reference', 'T-17'],
    answer: { ...INCIDENT, reference: 'T-17' },
    asks: 'POST /incidents',
    body: { customer: 'Acme', title: 'Mail is slow', reference: 'T-17' },
    prints: new RegExp(`incidents close ${GUID}`),
  },
  {
    argv: ['incidents', 'list', '--open'],
    answer: { items: [INCIDENT] },
    asks: 'GET /incidents?limit=100&open=true',
    prints: /Acme .*Mail is slow/,
  },
];

for (const { argv, answer, asks, body, prints } of CASES)
  test(argv.join(' '), async (t) => {
    const service = await fakeService(t, (_request: Seen): Answer => ({ body: answer }));
    const { status, stdout, stderr } = await cli(argv, { env: { ST_URL: service.url, ST_TOKEN: 'secret' } });
    assert.equal(status, 0, stderr);
    assert.match(stdout, prints);
    const [request] = service.seen;
    assert.equal(`${request?.method} ${request?.path}`, asks);
    if (body !== undefined) assert.deepEqual(JSON.parse(String(request?.body)), body);
  });
