import assert from 'node:assert/strict';
import { it } from 'node:test';
import { cli, fakeService } from '#cli/testing/cli.ts';

const SERVER = '/servers/srv1.example.com';
const HELD = {
  at: '2023-10-12T00:00:00Z',
  simulated: true,
  server: {
    serverId: '11111111-1111-4111-8111-111111111111',
    dnsName: 'srv1.example.com',
    zone: 'Europe/London',
    plan: 'default',
  },
  update: {
    updateId: '22222222-2222-4222-8222-222222222222',
    revisionNumber: 1,
    title: '2023-10 Cumulative Update for Windows Server 2019 for x64-based Systems',
    kb: '5031361',
  },
  offered: false,
  headline: 'Held until Fri 2023-10-20 02:00 (Europe/London): the default release week has not come.',
  answers: [
    { question: 'catalogue', held: false, text: 'Revision 1 is published and the latest.', reasons: [] },
    { question: 'approval', held: false, text: 'os-cumulative: installed by default.', reasons: [] },
    {
      question: 'licence-payload',
      held: true,
      text: 'Nobody accepted its licence terms yet.',
      reasons: [
        {
          question: 'licence-payload',
          code: 'licence.eula-not-accepted',
          text: 'Nobody accepted its licence terms yet.',
          subject: '33333333-3333-4333-8333-333333333333',
        },
        {
          question: 'licence-payload',
          code: 'payload.not-available',
          text: '1 of its 2 files can be delivered neither from here nor from Microsoft.',
          subject: 'windows10.0-kb5031361-x64.cab',
        },
      ],
    },
    {
      question: 'release',
      held: true,
      text: 'Release week 2.',
      reasons: [
        {
          question: 'release',
          code: 'release.not-yet',
          text: 'Release week 2 of its cycle allows it from 2023-10-17T23:00:00Z on.',
          subject: 'week 2',
          until: '2023-10-20T01:00:00Z',
        },
      ],
    },
  ],
  nextChange: '2023-10-20T01:00:00Z',
  knownBy: '2023-10-21T03:24:00Z',
  reported: {
    state: 'failed',
    provisional: true,
    since: '2023-10-11T20:00:00Z',
    result: '0x80070070',
    meaning: 'There is not enough space on the disk. Free some on the system drive.',
  },
  told: { at: '2023-09-20T01:00:00Z', withdrawnAt: '2023-09-21T01:00:00Z' },
  links: { knowledgeBase: 'https://support.microsoft.com/help/5031361' },
};

const GOLDEN = `Held until Fri 2023-10-20 02:00 (Europe/London): the default release week has not come.

Server     srv1.example.com, plan default, Europe/London
Update     KB5031361 2023-10 Cumulative Update for Windows Server 2019 for x64-based Systems, revision 1
Asked for  2023-10-12T00:00:00Z, Thu 2023-10-12 01:00 +01:00 in Europe/London (SIMULATED CLOCK)

ok   Catalogue       Revision 1 is published and the latest.
ok   Approval        os-cumulative: installed by default.
HELD Licence, files  Nobody accepted its licence terms yet.
                     licence.eula-not-accepted (33333333-3333-4333-8333-333333333333)
                     1 of its 2 files can be delivered neither from here nor from Microsoft.
                     payload.not-available (windows10.0-kb5031361-x64.cab)
HELD Release         Release week 2 of its cycle allows it from 2023-10-17T23:00:00Z on.
                     release.not-yet (week 2), until 2023-10-20T01:00:00Z, Fri 2023-10-20 02:00 +01:00

Offered      no
Next change  2023-10-20T01:00:00Z, Fri 2023-10-20 02:00 +01:00
Known by     2023-10-21T03:24:00Z, Sat 2023-10-21 04:24 +01:00, if the server scans as usual
Reported     failed since 2023-10-11T20:00:00Z, Wed 2023-10-11 21:00 +01:00, before its next status report
Result       0x80070070: There is not enough space on the disk. Free some on the system drive.
Told         offered 2023-09-20T01:00:00Z, Wed 2023-09-20 02:00 +01:00; withdrawn 2023-09-21T01:00:00Z, Thu
             2023-09-21 02:00 +01:00

https://support.microsoft.com/help/5031361
`;

it('explains a held update: every question, the next change, what was reported and told', async (t) => {
  const { url, seen } = await fakeService(t, () => ({ body: HELD }));
  const { status, stdout, stderr } = await cli(['why', 'srv1.example.com', 'KB5031361'], { env: { ST_URL: url } });
  assert.equal(stdout, GOLDEN);
  assert.deepEqual(
    { status, stderr, path: seen[0]?.path },
    { status: 0, stderr: '', path: `${SERVER}/updates/KB5031361/why` },
  );
});

it('uses signs and colours on a terminal, and no colours with NO_COLOR', async (t) => {
  const { url } = await fakeService(t, () => ({ body: HELD }));
  const argv = ['why', 'srv1.example.com', 'KB5031361'];
  const coloured = await cli(argv, { env: { ST_URL: url }, columns: 120 });
  assert.ok(coloured.stdout.includes('\u001b[32m✓\u001b[39m Catalogue'));
  const plain = await cli(argv, { env: { ST_URL: url, NO_COLOR: '1' }, columns: 60 });
  assert.ok(plain.stdout.includes('✓ Catalogue') && plain.stdout.includes('✗ Release'));
  assert.deepEqual(
    plain.stdout.split('\n').filter((line) => line.length > 60),
    [],
  );
});

it('shows an offer with its window and deadline, for the instant that was asked for', async (t) => {
  const at = '2023-10-22T01:30:00Z';
  const body = {
    ...HELD,
    at,
    simulated: false,
    offered: true,
    phase: 'window',
    headline: 'Offered in the window that is open now.',
    answers: [],
    deadline: '2023-10-22T01:00:00Z',
    window: { start: '2023-10-22T01:00:00Z', end: '2023-10-22T05:00:00Z', cycle: '2023-10', primary: true },
    reported: { state: 'unknown', provisional: false },
    told: undefined,
    nextChange: undefined,
    knownBy: undefined,
    links: {},
  };
  const { url, seen } = await fakeService(t, () => ({ body }));
  const { stdout } = await cli(['why', 'srv1.example.com', 'cumulative', '--at', at], { env: { ST_URL: url } });
  assert.equal(seen[0]?.path, `${SERVER}/updates/cumulative/why?at=${encodeURIComponent(at)}`);
  assert.match(stdout, /^Offered {7}yes, in the window$/m);
  assert.match(
    stdout,
    /^Window opens {2}2023-10-22T01:00:00Z, Sun 2023-10-22 02:00 \+01:00, primary window of 2023-10$/m,
  );
  assert.match(stdout, /^Deadline {6}2023-10-22T01:00:00Z/m);
  assert.match(stdout, /^Next change {3}not by time alone/m);
  assert.match(stdout, /^Told {10}nothing yet$/m);
});

it('gives JSON as the service gave it', async (t) => {
  const { url } = await fakeService(t, () => ({ body: HELD }));
  const { stdout } = await cli(['why', 'srv1.example.com', 'KB5031361', '--json'], { env: { ST_URL: url } });
  assert.deepEqual(JSON.parse(stdout), HELD);
});
