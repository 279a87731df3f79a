import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cli, fakeService } from '#cli/testing/cli.ts';
import { temporaryFolder } from '#server/testing/server.ts';

const GUID = '11111111-1111-4111-8111-111111111111';
const AT = '2023-10-12T08:00:00Z';
const WINDOW = { start: AT, end: AT, local: 'Sunday 2023-10-22 02:00', cycle: '2023-10', primary: true };
const LATE = { plan: 'default', zone: 'Europe/London', servers: 2, count: 1, windows: [WINDOW], next: WINDOW };
const CONSEQUENCE = { servers: 3, lateServers: 2, late: [LATE] };
const NOBODY = { servers: 0, lateServers: 0, late: [] };
const RULE = { kind: 'yearly', from: '12-24', to: '01-02' };
const FREEZE = {
  ...{ freezeId: GUID, scope: 'customer', customer: 'Acme', name: 'Year end', rule: RULE },
  ...{ words: 'each year from 12-24 to 01-02', source: 'person', who: 'Ann', at: AT, state: 'in-force' },
};
const ONE_OFF = {
  ...{ windowId: GUID, scope: 'customer', customer: 'Acme', start: AT, end: '2023-10-12T12:00:00Z' },
  ...{ who: 'Ann', why: 'a fix', at: AT, state: 'in-force' },
};
const ICS = join(temporaryFolder(), 'holidays.ics');
writeFileSync(ICS, 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n');

const CASES: readonly {
  readonly argv: readonly string[];
  readonly answer: unknown;
  readonly asks: string;
  readonly body?: unknown;
  readonly prints: RegExp;
}[] = [
  {
    argv: ['freeze', 'add', 'Year end', '--customer', 'Acme', '--from', '12-24', '--to', '01-02', '--why', 'closed'],
    answer: { ...FREEZE, ...CONSEQUENCE, warnings: ['It is always so.'] },
    asks: 'POST /freezes',
    body: { scope: 'customer', name: 'Year end', rule: RULE, dryRun: false, why: 'closed', customer: 'Acme' },
    prints: /^Frozen: Acme, each year[\s\S]*2 of 3 servers[\s\S]*Warning: It is always so\./,
  },
  {
    argv: ['freeze', 'add', 'Books', '--all', '--last-days', '2', '--dry-run', '--why', 'closed'],
    answer: { ...FREEZE, freezeId: undefined, ...NOBODY, warnings: [] },
    asks: 'POST /freezes',
    body: {
      ...{ scope: 'all', name: 'Books', dryRun: true, why: 'closed' },
      rule: { kind: 'month-end', lastDays: 2, firstDays: 0 },
    },
    prints: /^Would freeze [\s\S]*Nothing was kept/,
  },
  {
    argv: ['freeze', 'list', '--source', 'person'],
    answer: { items: [FREEZE] },
    asks: 'GET /freezes?limit=100&source=person',
    prints: /in-force +Acme +Year end +each year from 12-24 to 01-02 +person +Ann/,
  },
  {
    argv: ['freeze', 'lift', GUID, '--why', 'over'],
    answer: { ...FREEZE, state: 'past' },
    asks: `DELETE /freezes/${GUID}?why=over`,
    prints: /^Lifted: "Year end" of Acme/,
  },
  {
    argv: ['window', 'add', '--customer', 'Acme', '--start', AT, '--end', ONE_OFF.end, '--why', 'a fix'],
    answer: { ...ONE_OFF, servers: 3, rule: 'Windows that touch are one.', warnings: [] },
    asks: 'POST /windows',
    body: { scope: 'customer', start: AT, end: ONE_OFF.end, dryRun: false, why: 'a fix', customer: 'Acme' },
    prints: /^Opens for Acme \(3 servers\)[\s\S]*window lift 1111[\s\S]*Windows that touch are one\./,
  },
  {
    argv: ['window', 'list', '--state', 'past'],
    answer: { items: [{ ...ONE_OFF, state: 'past' }] },
    asks: 'GET /windows?limit=100&state=past',
    prints: /past +Acme .* Ann +a fix/,
  },
  {
    argv: ['window', 'lift', GUID, '--why', 'over'],
    answer: { ...ONE_OFF, state: 'past' },
    asks: `DELETE /windows/${GUID}?why=over`,
    prints: /^Taken back: the window of Acme/,
  },
  {
    argv: ['calendar', 'import', ICS, '--customer', 'Acme', '--name', 'holidays', '--why', 'the new year'],
    answer: {
      ...{ added: 1, changed: 0, lifted: 0, unchanged: 4, skipped: 2, notes: ['line 9: has no zone'], kept: true },
      changes: [
        { change: 'added', name: 'Fair', rule: { kind: 'dates', from: '2023-11-01', to: '2023-11-01' }, words: 'x' },
      ],
      ...CONSEQUENCE,
    },
    asks: 'POST /calendars/import',
    body: {
      ...{ name: 'holidays', ics: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', dryRun: false },
      ...{ why: 'the new year', customer: 'Acme' },
    },
    prints: /1 added, 0 changed, 0 lifted, 4 as before[\s\S]*2 events[\s\S]*added: Fair, x[\s\S]*Note: line 9/,
  },
  {
    argv: ['calendar', 'feed', 'Acme'],
    answer: { customer: 'Acme', path: '/calendar/abc.ics' },
    asks: 'POST /customers/Acme/calendar-token',
    body: {},
    prints: /The calendar of Acme is at \/calendar\/abc\.ics/,
  },
  {
    argv: ['calendar', 'conflicts', '--customer', 'Acme'],
    answer: {
      items: [
        {
          ...{ serverId: GUID, dnsName: 'srv1', customer: 'Acme', plan: 'default', zone: 'UTC' },
          conflicts: [{ code: 'backup', text: 'It meets its backup.', advice: 'Move it.', window: WINDOW }],
        },
      ],
    },
    asks: 'GET /calendars/conflicts?limit=100&customer=Acme',
    prints: /srv1 +Acme +default +Sunday 2023-10-22 02:00 +It meets its backup\. +Move it\./,
  },
];

describe('each command of calendars', () => {
  for (const { argv, answer, asks, body, prints } of CASES)
    it(`asks by the contract and prints the answer: ${argv.slice(0, 2).join(' ')}`, async (t) => {
      const { url, seen } = await fakeService(t, () => ({ body: answer }));
      const { status, stdout, stderr } = await cli(argv, { env: { ST_URL: url } });
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      assert.deepEqual(
        seen.map(({ method, path }) => `${method} ${path}`),
        [asks],
      );
      if (body !== undefined) assert.deepEqual(JSON.parse(seen[0]?.body.toString() ?? ''), body);
      assert.match(stdout, prints);
    });
});

it('a freeze without its time, or with two, is refused with what to say', async () => {
  for (const words of [[], ['--from', '12-24'], ['--from', '12-24', '--to', '12-26', '--last-days', '2']]) {
    const argv = ['freeze', 'add', 'x', '--all', '--why', 'closed', ...words];
    const { status, stderr } = await cli(argv, { env: { ST_URL: 'http://127.0.0.1:9' } });
    assert.equal(status, 2);
    assert.match(stderr, /--start with --end|--start goes with --end/);
  }
});
