import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPlan } from '#domain/calendar/plan-schema.ts';
import { PRESETS } from '#domain/calendar/presets.ts';

function problems(input: unknown): string[] {
  const check = checkPlan(input);
  return check.ok ? [] : check.problems.map(({ path, message }) => `${path}: ${message}`);
}

test('a name is enough; soak, slot and lead follow from the choice', () => {
  assert.deepEqual(checkPlan({ name: 'web', releaseWeek: 3, weekday: 2, hour: 22 }), {
    ok: true,
    plan: {
      name: 'web',
      kind: 'weekly',
      releaseWeek: 3,
      weekday: 2,
      hour: 22,
      windowMinutes: 240,
      leadHours: 48,
      runMinutes: 90,
      soakDays: 15,
      followUp: true,
      missed: { kind: 'next' },
      definitions: 'each-scan',
      extraWindows: [],
    },
  });
  const nightly = checkPlan({ name: 'n', kind: 'nightly' });
  assert.ok(nightly.ok);
  const { hour, leadHours, windowMinutes, releaseWeek, soakDays } = nightly.plan;
  assert.deepEqual([hour, leadHours, windowMinutes, releaseWeek, soakDays], [1, 0, 240, 4, 22]);
});

test('presets are valid and survive JSON', () => {
  assert.deepEqual(
    PRESETS.map(({ plan }) => plan.name),
    ['early', 'default', 'delayed', 'managed-operations'],
  );
  assert.deepEqual(
    PRESETS.map(({ plan }) => plan.soakDays),
    [1, 8, 15, 22],
  );
  for (const { plan } of PRESETS) assert.deepEqual(checkPlan(JSON.parse(JSON.stringify(plan))), { ok: true, plan });
});

test('bounds are inclusive', () => {
  assert.deepEqual(
    problems({ name: 'a', windowMinutes: 60, runMinutes: 60, leadHours: 144, soakDays: 60, hour: 23 }),
    [],
  );
  assert.deepEqual(problems({ name: 'a', windowMinutes: 1440, runMinutes: 1440, hour: 0 }), []);
  for (const wrong of [
    { windowMinutes: 59, runMinutes: 30 },
    { windowMinutes: 1441 },
    { leadHours: 145 },
    { leadHours: -1 },
    { hour: 24 },
    { hour: 1.5 },
    { hour: '2' },
    { weekday: 0 },
    { weekday: 8 },
    { releaseWeek: 5 },
    { soakDays: -1 },
    { soakDays: 61 },
    { runMinutes: 0 },
    { kind: 'monthly' },
    { followUp: 'yes' },
    { name: '' },
    { name: '<script>' },
    { name: 'a'.repeat(64) },
    { hour: null },
  ]) {
    const [field] = Object.keys(wrong);
    const found = problems({ name: 'a', ...wrong });
    assert.equal(found.length, 1, JSON.stringify(wrong));
    assert.ok(found.join().startsWith(`${field}: must be `), found.join());
  }
});

test('fields that do not go together are refused with the field to change', () => {
  assert.deepEqual(problems({ name: 'a', windowMinutes: 60 }), [
    'runMinutes: must not be longer than the window (60 minutes)',
  ]);
  assert.deepEqual(problems({ name: 'a', leadHours: 0, windowMinutes: 60, runMinutes: 60 }), [
    'runMinutes: must be shorter than the window when there is no lead, or nothing is ever offered',
  ]);
  assert.deepEqual(problems({ name: 'a', kind: 'nightly', hour: 2, windowMinutes: 300, leadHours: 48 }), [
    'hour: must be 1 in a nightly plan',
    'windowMinutes: must be 240 in a nightly plan',
    'leadHours: must be 0 in a nightly plan',
  ]);
});

test('all problems of a plan are told at once, and what is no plan is refused', () => {
  assert.deepEqual(problems({ name: 'a', hour: 24, weekday: 9, wekday: 1 }), [
    'weekday: must be 1 (Monday) to 7 (Sunday)',
    'hour: must be a whole number from 0 to 23',
    ': has unknown fields, among them "wekday"',
  ]);
  for (const input of [null, undefined, 7, 'default', []]) {
    assert.deepEqual(problems(input), [': must be an object with the fields of a plan']);
  }
});

test('a hostile plan gets a short answer', () => {
  const hostile = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`${n}${'x'.repeat(100)}`, n]));
  assert.ok(problems({ name: 'a', ...hostile }).join().length < 300);
});
