import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarConflicts } from '#domain/calendar/conflicts.ts';
import type { FreezeRule, Plan, PlanCalendar } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import type { LocalSpan } from '#domain/fleet/inventory.ts';

const AT = Temporal.Instant.from('2023-10-15T12:00:00Z');
const freeze = (rule: FreezeRule, name = 'month end') => ({ freezeId: name, name, rule });

function conflicts(calendar: Partial<PlanCalendar>, choice: Partial<Plan> = {}, backup?: LocalSpan): string[] {
  const plan = { ...makePlan({ name: 'p', ...choice }), calendar: { freezes: [], oneOff: [], ...calendar } };
  return calendarConflicts(plan, 'UTC', AT, backup).map(({ code, text, window }) => `${code} ${window.start} ${text}`);
}

test('a plan alone, and one whose freezes leave its release windows, have none', () => {
  assert.deepEqual(conflicts({}), []);
  assert.deepEqual(conflicts({}, { kind: 'nightly' }), []);
  const freezes = [freeze({ kind: 'yearly', from: '12-20', to: '12-31' })];
  assert.deepEqual(conflicts({ freezes }), []);
});

test('a freeze that takes the release window three cycles in a row is told, with the cycles and its name', () => {
  const [found, ...others] = conflicts(
    { freezes: [freeze({ kind: 'month-end', lastDays: 9, firstDays: 0 })] },
    { weekday: 2 },
  );
  assert.deepEqual(others, []);
  assert.match(found ?? '', /^not-held 2023-\d\d-\d\dT02:00:00Z The release window of the cycles 2023-10, 2023-11, /);
  assert.match(found ?? '', /\(month end\): later windows take its place/);
});

test('without follow-up windows the same freeze leaves nothing', () => {
  const [found] = conflicts(
    { freezes: [freeze({ kind: 'month-end', lastDays: 9, firstDays: 0 })] },
    { weekday: 2, followUp: false },
  );
  assert.match(found ?? '', /^no-window .* 2023-10, 2023-11, .* it is not patched in them/);
});

test('two cycles in a row are not three', () => {
  const freezes = [freeze({ kind: 'dates', from: '2023-10-20', to: '2023-11-30' })];
  assert.deepEqual(conflicts({ freezes }), []);
  const longer = [freeze({ kind: 'dates', from: '2023-10-20', to: '2024-01-03' })];
  assert.match(conflicts({ freezes: longer })[0] ?? '', /^not-held .*2023-10, 2023-11, 2023-12 /);
});

test('windows that never lie in the own hours', () => {
  const hours = [{ weekdays: [1, 2, 3, 4, 5], from: 0, minutes: 1440 }];
  assert.match(conflicts({ hours })[0] ?? '', /^own-hours /);
  assert.deepEqual(conflicts({ hours: [{ weekdays: [7], from: 60, minutes: 360 }] }), []);
});

test('a window over the backup, by a minute', () => {
  const slot = (minutes: number): LocalSpan => ({ weekdays: [6], from: 23 * 60, minutes });
  assert.deepEqual(conflicts({}, {}, slot(180)), []);
  assert.match(conflicts({}, {}, slot(181))[0] ?? '', /^backup 2023-10-22T02:00:00Z \d+ of \d+ windows/);
});

test('a one-off window that is shorter than the run', () => {
  const [start, end] = ['2023-11-01T02:00:00Z', '2023-11-01T03:00:00Z'].map((at) => Temporal.Instant.from(at));
  assert.ok(start && end);
  assert.match(
    conflicts({ oneOff: [{ windowId: 'w', start, end }] })[0] ?? '',
    /^too-short 2023-11-01T02:00:00Z A run of 90 minutes does not fit into the window of Wednesday 2023-11-01 02:00/,
  );
});
