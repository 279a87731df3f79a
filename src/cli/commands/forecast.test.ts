import assert from 'node:assert/strict';
import { it } from 'node:test';
import { cli, fakeService } from '#cli/testing/cli.ts';

const OTHER = '33333333-3333-4333-8333-333333333333';
const cumulative = {
  updateId: '22222222-2222-4222-8222-222222222222',
  revisionNumber: 1,
  title: '2023-10 Cumulative Update for Windows Server 2019',
  kb: '5031361',
};
const FORECAST = {
  at: '2023-10-12T00:00:00Z',
  server: 'srv1.example.com',
  zone: 'Europe/London',
  mode: 'observe',
  windows: [
    {
      window: { start: '2023-10-22T01:00:00Z', end: '2023-10-22T05:00:00Z', cycle: '2023-10', primary: true },
      leadFrom: '2023-10-20T01:00:00Z',
      local: 'Sunday 2023-10-22 02:00 +01:00',
      work: [],
      updates: [
        { ...cumulative, needed: true },
        { ...cumulative, updateId: OTHER, title: 'Removal Tool', kb: undefined, needed: false },
      ],
    },
    {
      window: { start: '2023-10-29T02:00:00Z', end: '2023-10-29T06:00:00Z', cycle: '2023-10', primary: false },
      leadFrom: '2023-10-27T02:00:00Z',
      local: 'Sunday 2023-10-29 02:00 +00:00',
      work: [],
      updates: [{ ...cumulative, needed: true }],
    },
    {
      window: { start: '2023-11-05T02:00:00Z', end: '2023-11-05T06:00:00Z', cycle: '2023-10', primary: false },
      leadFrom: '2023-11-03T02:00:00Z',
      local: 'Sunday 2023-11-05 02:00 +00:00',
      work: [],
      updates: [],
    },
  ],
  held: [
    { ...cumulative, title: 'A preview', kb: '5031364', code: 'approval.needs-review', text: 'A person decides.' },
  ],
};

const GOLDEN = `srv1.example.com, as known 2023-10-12T00:00:00Z, Thu 2023-10-12 01:00 +01:00. It is only observed: this is
what being managed would bring.

Sun 2023-10-22 02:00 to 06:00 Europe/London
  2023-10-22T01:00:00Z to 2023-10-22T05:00:00Z, cycle 2023-10, primary; offered from Fri 2023-10-20 02:00 +01:00
  needed     KB5031361  2023-10 Cumulative Update for Windows Server 2019
  if needed             Removal Tool

Sun 2023-10-29 02:00 to 06:00 Europe/London
  2023-10-29T02:00:00Z to 2023-10-29T06:00:00Z, cycle 2023-10, follow-up; offered from Fri 2023-10-27 03:00 +01:00
  what is left of 1 update of the windows before

Sun 2023-11-05 02:00 to 06:00 Europe/London
  2023-11-05T02:00:00Z to 2023-11-05T06:00:00Z, cycle 2023-10, follow-up; offered from Fri 2023-11-03 02:00 +00:00
  nothing that is known today

In no window
  - KB5031364 A preview: A person decides. (approval.needs-review)
`;

it('shows one block a window in local time and UTC, and what no window takes', async (t) => {
  const { url, seen } = await fakeService(t, () => ({ body: FORECAST }));
  const { status, stdout } = await cli(['forecast', 'srv1', '--weeks', '3'], { env: { ST_URL: url } });
  assert.equal(stdout, GOLDEN);
  assert.equal(status, 0);
  assert.equal(seen[0]?.path, '/servers/srv1/forecast?weeks=3');
});

it('says so when a server without a plan has no windows', async (t) => {
  const { url } = await fakeService(t, () => ({ body: { ...FORECAST, mode: 'unassigned', windows: [], held: [] } }));
  const { stdout } = await cli(['forecast', 'srv1'], { env: { ST_URL: url } });
  assert.match(stdout, /It belongs to no customer:\s+nothing is offered to it\./);
  assert.match(stdout, /No window in these weeks/);
});
