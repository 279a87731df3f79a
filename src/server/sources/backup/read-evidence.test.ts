import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TaskReport } from '#contract/settings-task.ts';
import { readMoment } from '#server/sources/backup/moments.ts';
import { readEvidence } from '#server/sources/backup/read-evidence.ts';
import { taskEvidence } from '#server/sources/backup/task-evidence.ts';

const NOW = Temporal.Instant.from('2025-11-14T12:00:00Z');
const REPORT: TaskReport = {
  ...{ settingsVersion: '1', overwrittenByPolicy: false, bootedAt: '2025-11-01T00:00:00Z', pendingRestart: false },
  ...{ systemDiskFreeMegabytes: 50_000, stoppedServices: [], eventLogErrors: 0 },
};
const OPTIONS = { zone: 'Europe/Berlin', now: NOW };

function read(lines: readonly string[], options: Partial<Parameters<typeof readEvidence>[1]> = {}) {
  const { lines: understood, ...rest } = readEvidence(lines.join('\r\n'), { ...OPTIONS, ...options });
  const told = understood.flatMap(({ line, server, evidence }) =>
    evidence.map(({ kind, ok, at }) => `${line} ${server} ${kind} ${ok ? 'ok' : 'failed'} ${at}`),
  );
  return { ...rest, told };
}

test("Veeam's task sessions as PowerShell writes them: a run is a backup and leaves a restore point", () => {
  const { told, form, running, problems } = read([
    '#TYPE Selected.Veeam.Backup.Core.CBackupTaskSession',
    '"Name","JobName","Status","Start Time","End Time"',
    '"SQL01","Nightly, all","Success","11/13/2025 11:00:00 PM","11/13/2025 11:42:10 PM"',
    '"dc1.example.com","Nightly, all","Failed","11/13/2025 11:00:00 PM","11/13/2025 11:05:00 PM"',
    '"web1","Nightly, all","Warning","11/13/2025 11:00:00 PM","11/14/2025 12:05:00 AM"',
    '"web2","Nightly, all","InProgress","11/13/2025 11:00:00 PM",""',
  ]);
  assert.deepEqual([form, running, problems], ['veeam', 1, []]);
  assert.deepEqual(told, [
    '3 sql01 backup ok 2025-11-13T22:42:10Z',
    '3 sql01 restore-point ok 2025-11-13T22:42:10Z',
    '4 dc1.example.com backup failed 2025-11-13T22:05:00Z',
    '4 dc1.example.com restore-point failed 2025-11-13T22:05:00Z',
    '5 web1 backup ok 2025-11-13T23:05:00Z',
    '5 web1 restore-point ok 2025-11-13T23:05:00Z',
  ]);
});

test('German dates, semicolons, and restore tests where the caller says so', () => {
  const { told } = read(['\uFEFFVM Name;Job;Result;Ende;End Time', 'SQL01;Tests;Success;;13.11.2025 23:42:10'], {
    kind: 'restore-test',
  });
  assert.deepEqual(told, ['2 sql01 restore-test ok 2025-11-13T22:42:10Z']);
});

test('a job is no server, and the message says what to export', () => {
  const { problems } = read([
    'Name,JobName,Result,EndTime',
    '"Nightly (Incremental)",Nightly,Success,2025-11-13 23:00:00',
  ]);
  assert.match(problems[0]?.message ?? '', /is a job, not a server; export the task sessions/);
});

test('dates with slashes are read by what the file shows, refused where it shows nothing or both', () => {
  const file = (...dates: string[]) => ['server,kind,result,at', ...dates.map((date) => `a,backup,ok,${date} 10:00`)];
  assert.deepEqual(read(file('10/11/2025', '13/11/2025')).told, [
    '2 a backup ok 2025-11-10T09:00:00Z',
    '3 a backup ok 2025-11-13T09:00:00Z',
  ]);
  assert.deepEqual(read(file('11/10/2025', '11/13/2025')).told, [
    '2 a backup ok 2025-11-10T09:00:00Z',
    '3 a backup ok 2025-11-13T09:00:00Z',
  ]);
  assert.match(read(file('10/11/2025')).problems[0]?.message ?? '', /day or month comes first/);
  assert.deepEqual(read(file('10/11/2025'), { order: 'day-first' }).told, ['2 a backup ok 2025-11-10T09:00:00Z']);
  assert.match(read(file('13/11/2025', '11/13/2025')).problems[0]?.message ?? '', /some dates/);
});

test('each wrong line is told with its number, a thousand of them too', () => {
  const lines = Array.from(
    { length: 1_000 },
    (_, at) => `,backup,ok,2025-11-13T10:00:${String(at % 60).padStart(2, '0')}Z`,
  );
  const { problems, told } = read([
    'server,kind,result,at',
    ...lines,
    'a,backup,ok,2025-11-14T13:00:00Z',
    'a,backup,maybe,2025-11-14T11:00:00Z',
  ]);
  assert.equal(problems.length, 1_002);
  assert.deepEqual([problems[0]?.line, problems[999]?.line], [2, 1_001]);
  assert.match(problems[1_000]?.message ?? '', /in the future; is the zone Europe\/Berlin right/);
  assert.match(problems[1_001]?.message ?? '', /"maybe" is no result/);
  assert.deepEqual(told, []);
});

test('what is no table, lacks a column, has one twice or too many cells is refused', () => {
  const first = (lines: string[]) => read(lines).problems[0]?.message ?? '';
  assert.match(first(['']), /empty/);
  assert.match(first(['server,kind,at', 'a,backup,2025-11-13T10:00:00Z']), /no column for result/);
  assert.match(first(['server,Server,kind,result,at', 'a']), /twice/);
  assert.match(first(['server,kind,result,at', 'a,backup,ok,2025-11-13T10:00:00Z,more']), /has 5 cells/);
  assert.match(first(['server,kind,result,at', 'a,"backup,ok']), /no table that reads/);
});

test("a column without a name is nobody's, and a line for Excel is none", () => {
  const lines = ['sep=;', 'Name;;Состояние;Status;End Time', 'SQL01;x;y;Failed;13.11.2025 23:42'];
  const { lines: understood } = readEvidence(lines.join('\n'), OPTIONS);
  assert.deepEqual(
    understood.map(({ line, evidence }) => [line, evidence[0]?.job, evidence[0]?.detail]),
    [[3, '', '']],
  );
});

test('a time that was never set is refused', () => {
  const times = ['01.01.0001 00:00:00', '0000-01-01T00:00:00Z', '1900-01-01 00:00:00', '1999-12-31T23:59:59Z'];
  const { problems, told } = read(['server,kind,result,at', ...times.map((at) => `a,backup,failed,${at}`)]);
  assert.deepEqual(told, []);
  assert.deepEqual(problems[0], { line: 2, message: '"01.01.0001 00:00:00" is before the year 2000' });
  assert.equal(problems.length, times.length);
});

test('of what a settings task tells no control character and no time of nonsense is kept', () => {
  const backups = [
    { at: '2025-11-14T10:00:00Z', ok: true, detail: 'well\u0000\u001b[31m done' },
    { at: '2025-11-14T12:00:01Z', ok: true, detail: 'of the future' },
    { at: '0000-01-01T00:00:00Z', ok: true, detail: 'of nobody' },
  ];
  const told = taskEvidence({ ...REPORT, backups }, NOW);
  assert.deepEqual(
    told.map(({ kind, at, detail }) => [kind, String(at), detail]),
    ['backup', 'restore-point'].map((kind) => [kind, '2025-11-14T10:00:00Z', 'well [31m done']),
  );
  assert.equal(taskEvidence({ ...REPORT, backupAt: '0001-01-01T00:00:00Z' }, NOW).length, 0);
});

test('of a local time that comes twice the first is meant, and what no clock shows is none', () => {
  assert.equal(String(readMoment('26.10.2025 02:30', 'Europe/Berlin', 'day-first')), '2025-10-26T00:30:00Z');
  for (const text of ['31.02.2025 10:00', '2025-11-13', '13.11.2025 25:00', '13/11/2025 13:00 PM', 'yesterday', ''])
    assert.equal(readMoment(text, 'Europe/Berlin', 'day-first'), undefined, text);
});

test('any text is read or refused, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (lines) => {
      const { told, problems } = read(['server,kind,result,at', ...lines]);
      assert.ok(Array.isArray(told) && Array.isArray(problems));
    }),
  );
});
