import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainRule } from '#domain/calendar/plain-freeze.ts';
import { readCalendar } from './read-calendar.ts';
import { readInWorker } from './read-in-worker.ts';

const AT = Temporal.Instant.from('2023-10-15T12:00:00Z');

function event(...lines: string[]): string[] {
  return ['BEGIN:VEVENT', ...lines, 'END:VEVENT'];
}

function calendar(...lines: string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

function read(ics: string, match?: string): string[] {
  const reading = readCalendar({ ics, zone: 'Europe/London', at: AT, ...(match === undefined ? {} : { match }) });
  if (!reading.ok) return reading.problems.map(({ line, message }) => `line ${line} ${message}`);
  const freezes = reading.freezes.map(({ name, rule }) => `${name}: ${Object.values(plainRule(rule)).join(' ')}`);
  return [...freezes, ...reading.notes.map(({ line, message }) => `note ${line} ${message}`)];
}

test('days stay days, the last one included; times become instants', () => {
  const ics = calendar(
    ...event('UID:1', 'SUMMARY:Stocktaking', 'DTSTART;VALUE=DATE:20231224', 'DTEND;VALUE=DATE:20231227'),
    ...event('UID:2', 'SUMMARY:One day', 'DTSTART;VALUE=DATE:20231231'),
    ...event('UID:3', 'SUMMARY:Launch', 'DTSTART;TZID=America/New_York:20231101T090000', 'DURATION:PT2H'),
    ...event('UID:4', 'SUMMARY:Audit', 'DTSTART:20231102T090000Z', 'DTEND:20231102T100000Z'),
  );
  assert.deepEqual(read(ics), [
    'Stocktaking: dates 2023-12-24 2023-12-26',
    'One day: dates 2023-12-31 2023-12-31',
    'Launch: once 2023-11-01T13:00:00Z 2023-11-01T15:00:00Z',
    'Audit: once 2023-11-02T09:00:00Z 2023-11-02T10:00:00Z',
  ]);
});

test('a time without a zone is taken in the customer’s, and said; without an end it is left out', () => {
  const ics = calendar(
    ...event('UID:1', 'SUMMARY:Floating', 'DTSTART:20240701T090000', 'DTEND:20240701T100000'),
    ...event('UID:2', 'SUMMARY:No end', 'DTSTART:20240701T090000Z'),
  );
  assert.deepEqual(read(ics), [
    'Floating: once 2024-07-01T08:00:00Z 2024-07-01T09:00:00Z',
    'note 6 has no zone: it is taken in Europe/London',
    'note 9 "No end" has no end and takes no time: left out',
  ]);
});

test('a series: what is over is left out, an excluded time too, a moved one moves, and one without end says so', () => {
  const ics = calendar(
    ...event(
      'UID:close',
      'SUMMARY:Books',
      'DTSTART;VALUE=DATE:20230131',
      'RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20240331',
      'EXDATE;VALUE=DATE:20231130',
    ),
    ...event('UID:close', 'SUMMARY:Books', 'RECURRENCE-ID;VALUE=DATE:20240131', 'DTSTART;VALUE=DATE:20240202'),
    ...event('UID:year', 'SUMMARY:Fair', 'DTSTART;VALUE=DATE:20200501', 'RRULE:FREQ=YEARLY'),
  );
  assert.deepEqual(read(ics), [
    'Books: dates 2023-10-31 2023-10-31',
    'Books: dates 2023-12-31 2023-12-31',
    'Books: dates 2024-02-29 2024-02-29',
    'Books: dates 2024-03-31 2024-03-31',
    'Fair: dates 2024-05-01 2024-05-01',
    'Fair: dates 2025-05-01 2025-05-01',
    'Fair: dates 2026-05-01 2026-05-01',
    'Books: dates 2024-02-02 2024-02-02',
    'note 20 "Fair" goes on without end: taken for 3 years; import it again in time',
  ]);
});

test('a series in a zone keeps its wall time over the clock change, and its UIDs are the same the next time', () => {
  const ics = calendar(
    ...event(
      'UID:weekly',
      'SUMMARY:Run',
      'DTSTART;TZID=Europe/London:20231022T090000',
      'DTEND;TZID=Europe/London:20231022T100000',
      'RRULE:FREQ=WEEKLY;COUNT=2',
    ),
  );
  assert.deepEqual(read(ics), [
    'Run: once 2023-10-22T08:00:00Z 2023-10-22T09:00:00Z',
    'Run: once 2023-10-29T09:00:00Z 2023-10-29T10:00:00Z',
  ]);
  const uids = (at: Temporal.Instant): string[] => {
    const reading = readCalendar({ ics, zone: 'Europe/London', at });
    return reading.ok ? reading.freezes.map(({ uid }) => uid) : [];
  };
  assert.deepEqual(uids(AT.add({ hours: 24 * 10 })), uids(AT).slice(1));
});

test('a series ends at its UNTIL, wherever it is: an instant, a wall time, or a whole day', () => {
  const series = (uid: string, start: string, until: string): string[] =>
    event(`UID:${uid}`, `SUMMARY:${uid}`, `DTSTART;TZID=${start}`, 'DURATION:PT1H', `RRULE:FREQ=DAILY;UNTIL=${until}`);
  const ics = calendar(
    ...series('Tokyo', 'Asia/Tokyo:20240601T080000', '20240602T230000Z'),
    ...series('New York', 'America/New_York:20240601T020000', '20240602T035959Z'),
    ...series('Wall', 'Asia/Tokyo:20240601T080000', '20240601T080000'),
    ...series('Day', 'Asia/Tokyo:20240601T080000', '20240602'),
  );
  assert.deepEqual(read(ics), [
    'Tokyo: once 2024-05-31T23:00:00Z 2024-06-01T00:00:00Z',
    'Tokyo: once 2024-06-01T23:00:00Z 2024-06-02T00:00:00Z',
    'Tokyo: once 2024-06-02T23:00:00Z 2024-06-03T00:00:00Z',
    'New York: once 2024-06-01T06:00:00Z 2024-06-01T07:00:00Z',
    'Wall: once 2024-05-31T23:00:00Z 2024-06-01T00:00:00Z',
    'Day: once 2024-05-31T23:00:00Z 2024-06-01T00:00:00Z',
    'Day: once 2024-06-01T23:00:00Z 2024-06-02T00:00:00Z',
  ]);
});

test('a day that a year does not have is left out, and a day excludes the time in it', () => {
  const ics = calendar(
    ...event('UID:1', 'SUMMARY:Leap', 'DTSTART;VALUE=DATE:20200229', 'RRULE:FREQ=YEARLY;UNTIL=20251231'),
    ...event(
      ...['UID:2', 'SUMMARY:Run', 'DTSTART;TZID=Asia/Tokyo:20240601T080000', 'DURATION:PT1H'],
      ...['RRULE:FREQ=DAILY;COUNT=2', 'EXDATE;VALUE=DATE:20240601'],
    ),
  );
  assert.deepEqual(read(ics), [
    'Leap: dates 2024-02-29 2024-02-29',
    'Run: once 2024-06-01T23:00:00Z 2024-06-02T00:00:00Z',
  ]);
});

test('a zone of the calendar’s own, as Outlook writes it', () => {
  const ics = calendar(
    'BEGIN:VTIMEZONE',
    'TZID:W. Europe Standard Time',
    'BEGIN:STANDARD',
    'DTSTART:16010101T030000',
    'TZOFFSETFROM:+0200',
    'TZOFFSETTO:+0100',
    'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
    'END:STANDARD',
    'BEGIN:DAYLIGHT',
    'DTSTART:16010101T020000',
    'TZOFFSETFROM:+0100',
    'TZOFFSETTO:+0200',
    'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
    'END:DAYLIGHT',
    'END:VTIMEZONE',
    ...event('UID:1', 'SUMMARY:Summer', 'DTSTART;TZID=W. Europe Standard Time:20240701T090000', 'DURATION:PT1H'),
    ...event('UID:2', 'SUMMARY:Winter', 'DTSTART;TZID="W. Europe Standard Time":20240115T090000', 'DURATION:PT1H'),
  );
  assert.deepEqual(read(ics), [
    'Summer: once 2024-07-01T07:00:00Z 2024-07-01T08:00:00Z',
    'Winter: once 2024-01-15T08:00:00Z 2024-01-15T09:00:00Z',
  ]);
});

test('only what matches, by category or in the summary; cancelled events not at all', () => {
  const ics = calendar(
    ...event('UID:1', 'SUMMARY:Year end FREEZE', 'DTSTART;VALUE=DATE:20231224'),
    ...event('UID:2', 'SUMMARY:Closed', 'CATEGORIES:Work,Freeze', 'DTSTART;VALUE=DATE:20231225'),
    ...event('UID:3', 'SUMMARY:Party', 'DTSTART;VALUE=DATE:20231226'),
    ...event('UID:4', 'SUMMARY:No freeze', 'STATUS:CANCELLED', 'DTSTART;VALUE=DATE:20231227'),
  );
  assert.deepEqual(read(ics, 'freeze'), [
    'Year end FREEZE: dates 2023-12-24 2023-12-24',
    'Closed: dates 2023-12-25 2023-12-25',
  ]);
});

test('every problem is named with its line', () => {
  const ics = calendar(
    'this is no line',
    ...event('UID:1', 'SUMMARY:No start'),
    ...event('UID:2', 'DTSTART;VALUE=DATE:20231335'),
    ...event('UID:3', 'DTSTART:20231102T100000Z', 'DTEND:20231102T090000Z'),
    ...event('UID:4', 'DTSTART;TZID=Mars/Olympus:20231102T100000', 'DURATION:PT1H'),
    ...event('UID:5', 'DTSTART:20231102T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=SECONDLY'),
    ...event('UID:6', 'DTSTART;VALUE=DATE:20231102', 'DTEND;VALUE=DATE:20261102'),
    ...event('UID:7', 'DTSTART;VALUE=DATE:99991230', 'DURATION:P5D'),
    ...event('UID:8', 'DTSTART;VALUE=DATE:20231102', 'RRULE:FREQ=DAILY;COUNT=9', 'EXRULE:FREQ=WEEKLY'),
    ...event('UID:8', 'RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20231103', 'DTSTART;VALUE=DATE:20231104'),
    ...event('UID:9', 'DTSTART;VALUE=DATE:20231102'),
    ...event('UID:9', 'DTSTART;VALUE=DATE:20231103'),
  );
  const problems = read(ics);
  assert.deepEqual(
    problems.map((line) => line.split(' ').slice(0, 2).join(' ')),
    [
      'line 3',
      'line 4',
      'line 10',
      'line 12',
      'line 19',
      'line 26',
      'line 28',
      'line 33',
      'line 42',
      'line 46',
      'line 53',
    ],
  );
  assert.match(problems[6] ?? '', /at most 400 days/);
  assert.match(problems[7] ?? '', /not be after the year 9998/);
  assert.match(problems[10] ?? '', /same UID as the one of line 49/);
});

test('what is no calendar, and what never ends', () => {
  assert.deepEqual(read(''), ['line 1 is not a calendar: no VCALENDAR']);
  assert.match(read('<html>')[0] ?? '', /^line 1 is not a line of iCalendar/);
  assert.deepEqual(read('BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1'), ['line 2 begins VEVENT, which never ends']);
  assert.match(read(`BEGIN:VCALENDAR\n${'BEGIN:VEVENT\n'.repeat(100_000)}`)[0] ?? '', /nested deeper/);
  assert.match(read(`BEGIN:VCALENDAR\nX-A:${'y'.repeat(70_000)}`)[0] ?? '', /is longer than/);
  const many = Array.from({ length: 6_000 }, (_, n) => event(`UID:${n}`, 'DTSTART;VALUE=DATE:20231102')).flat();
  assert.match(read(calendar(...many)).join(), /more than 5000 events/);
  const thousand = Array.from({ length: 1_500 }, () => 'nonsense');
  assert.equal(read(calendar(...thousand)).length, 100);
});

test('series that are too many, too long or too old', () => {
  const daily = (uid: number): string[] =>
    event(`UID:${uid}`, 'SUMMARY:Daily', 'DTSTART;VALUE=DATE:20231101', 'RRULE:FREQ=DAILY');
  assert.match(read(calendar(...daily(1), ...daily(2))).at(-1) ?? '', /more than 1000 occurrences in 3 years/);
  const old = event('UID:1', 'DTSTART:00010101T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY');
  assert.match(
    read(calendar(...old))[0] ?? '',
    /line 7 cannot be worked out: it repeats too often, or began too long ago/,
  );
});

test('a rule that never comes true is given up in a thread of its own', async () => {
  const never = event('UID:1', 'DTSTART;VALUE=DATE:20231101', 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30');
  await assert.rejects(readInWorker({ ics: calendar(...never), zone: 'UTC', at: AT }, 2_000), {
    code: 'calendar.too-large',
  });
});

test('the thread gives the same freezes', async () => {
  const ics = calendar(...event('UID:1', 'SUMMARY:Audit', 'DTSTART:20231102T090000Z', 'DTEND:20231102T100000Z'));
  const reading = await readInWorker({ ics, zone: 'UTC', at: AT });
  assert.ok(reading.ok);
  assert.deepEqual(
    reading.freezes.map(({ uid, rule }) => ({ uid, rule: plainRule(rule) })),
    [{ uid: '1', rule: { kind: 'once', start: '2023-11-02T09:00:00Z', end: '2023-11-02T10:00:00Z' } }],
  );
});
