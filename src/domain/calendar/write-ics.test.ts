import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { type IcsEvent, writeIcs } from '#domain/calendar/write-ics.ts';

const AT = Temporal.Instant.from('2023-10-15T12:00:00.123456Z');

function readBack(text: string) {
  return new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((one) => {
    const { uid, summary, description, startDate, endDate } = new ICAL.Event(one);
    return { uid, summary, description, start: startDate.toString(), end: endDate.toString() };
  });
}

test('days and times as others read them', () => {
  const events: readonly IcsEvent[] = [
    { uid: '1', summary: 'Days', when: { kind: 'days', from: '2023-12-31', to: '2023-12-31' }, busy: false },
    { uid: '2', summary: 'Times', when: { kind: 'times', start: AT, end: AT.add({ hours: 1 }) }, busy: true },
  ];
  const text = writeIcs('Patching', events, AT);
  assert.deepEqual(
    readBack(text).map(({ start, end }) => `${start} ${end}`),
    ['2023-12-31 2024-01-01', '2023-10-15T12:00:00Z 2023-10-15T13:00:00Z'],
  );
  assert.match(text, /\r\nDTSTAMP:20231015T120000Z\r\n/);
  assert.ok(text.endsWith('END:VCALENDAR\r\n'));
});

test('whatever the text, it comes back, and no line is longer than 75 octets', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
    .map((one) => one.replaceAll(/\p{Cc}/gu, ''));
  fc.assert(
    fc.property(text, text, (summary, description) => {
      const when = { kind: 'times', start: AT, end: AT.add({ hours: 1 }) } as const;
      const written = writeIcs(
        'x',
        [{ uid: 'u;1', summary, description: `${description}\nsecond`, when, busy: true }],
        AT,
      );
      for (const line of written.split('\r\n')) assert.ok(new TextEncoder().encode(line).length <= 75, line);
      const [event] = readBack(written);
      assert.deepEqual([event?.uid, event?.summary, event?.description], ['u;1', summary, `${description}\nsecond`]);
    }),
    { numRuns: 200 },
  );
});
