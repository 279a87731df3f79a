import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offerTimes } from '#domain/calendar/offer-times.ts';
import type { Freeze, OneOffWindow, Plan } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';

// Saturdays at 02:00 in London; the last days of August 2024 are frozen, 31 August is a Saturday.
const FROZEN: Freeze = {
  freezeId: 'end-of-month',
  name: 'Month end',
  rule: { kind: 'month-end', lastDays: 2, firstDays: 1 },
};
const TUESDAY: OneOffWindow = {
  windowId: 'tuesday',
  start: Temporal.Instant.from('2024-09-03T02:00:00Z'),
  end: Temporal.Instant.from('2024-09-03T06:00:00Z'),
};

function leadOfTuesday(freezes: readonly Freeze[], from: string): string {
  const calendar = { freezes, oneOff: [TUESDAY] };
  const plan: Plan = { ...makePlan({ name: 'saturdays', weekday: 6, leadHours: 96 }), calendar };
  for (const window of windowsFrom(plan, 'Europe/London', Temporal.Instant.from(from))) {
    if (window.start.equals(TUESDAY.start)) return offerTimes(plan, window).leadFrom.toString();
  }
  return 'never';
}

test('the lead of a window begins after a frozen one, at which the agents’ own schedule would install what they were told', () => {
  assert.equal(leadOfTuesday([FROZEN], '2024-08-20T00:00:00Z'), '2024-08-31T05:00:00Z');
});

test('a frozen window before the lead takes nothing from it', () => {
  const earlier: Freeze = {
    ...FROZEN,
    rule: { kind: 'dates', from: '2024-08-24', to: '2024-08-24' },
  };
  assert.equal(leadOfTuesday([earlier], '2024-08-20T00:00:00Z'), '2024-08-30T02:00:00Z');
});

test('it is the same lead whenever one asks for it', () => {
  for (const from of ['2024-08-30T12:00:00Z', '2024-08-31T02:00:00Z', '2024-09-01T12:00:00Z', '2024-09-03T03:00:00Z'])
    assert.equal(leadOfTuesday([FROZEN], from), '2024-08-31T05:00:00Z', from);
});
