import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePlan } from '#domain/calendar/presets.ts';
import { createHabits } from '../agent/habits.ts';
import { type Circumstances, causeOf } from './cause.ts';
import type { YearServer } from './year-fleet.ts';

const AT = Temporal.Instant.from('2023-10-24T12:00:00Z');
const SERVER: YearServer = {
  dnsName: 's',
  clientId: 'c',
  zone: 'UTC',
  system: '2022',
  plans: [{ from: AT.subtract({ hours: 400 }), plan: makePlan({ name: 'a' }) }],
  profile: { kind: 'plan' },
  task: false,
  clone: false,
  habits: createHabits(),
};

function cause(over: Partial<Circumstances>, server: Partial<YearServer> = {}): string {
  return causeOf({
    server: { ...SERVER, ...server },
    placement: 'outside-window',
    trigger: 'schedule',
    startedAt: AT,
    installedAt: AT.add({ minutes: 5 }),
    downFrom: AT.add({ minutes: 20 }),
    finishedAt: AT.add({ minutes: 25 }),
    failedAt: undefined,
    toldAt: AT.subtract({ hours: 8 }),
    allows: () => false,
    ...over,
  });
}

const OFF = createHabits({ off: [{ from: AT.subtract({ hours: 6 }), to: AT.subtract({ minutes: 5 }) }] });

test('each cause is told from the others', () => {
  assert.equal(cause({}), 'unexplained');
  assert.equal(cause({ trigger: 'person' }), 'by-hand');
  assert.equal(cause({ trigger: 'missed-schedule' }), 'missed-schedule');
  assert.equal(cause({}, { profile: { kind: 'seed' } }), 'seed-schedule');
  assert.equal(cause({}, { profile: { kind: 'hand-made', day: 0, hour: 4 } }), 'hand-made-schedule');
  assert.equal(cause({ trigger: 'deadline' }), 'unexplained');
  assert.equal(cause({ trigger: 'deadline', failedAt: AT.subtract({ hours: 5 }) }), 'retry-after-failure');
  assert.equal(cause({ trigger: 'deadline' }, { habits: OFF }), 'off-over-window');
  assert.equal(cause({}, { habits: OFF }), 'taken-back-too-late');
});

test('a wrong clock and a former plan explain only what they would have allowed', () => {
  const habits = createHabits({ clockSkew: 90 });
  const shown = AT.add({ minutes: 90 });
  assert.equal(cause({ allows: (_plan, at) => at.equals(shown) }, { habits }), 'clock-skew');
  assert.equal(cause({}, { habits }), 'unexplained');
  const former = makePlan({ name: 'former' });
  const plans = [
    { from: AT.subtract({ hours: 400 }), plan: former },
    { from: AT.subtract({ hours: 100 }), plan: makePlan({ name: 'b' }) },
  ];
  assert.equal(cause({ allows: (plan) => plan === former }, { plans, task: true }), 'plan-changed');
  assert.equal(cause({}, { plans, task: true }), 'unexplained');
});

test('what began in time ended late for reasons of its own', () => {
  const placement = 'overrun' as const;
  assert.equal(cause({ placement, downFrom: AT.add({ hours: 168 }) }), 'restart-put-off');
  assert.equal(cause({ placement, trigger: 'deadline' }), 'began-late');
  const off = [{ from: AT.add({ minutes: 2 }), to: AT.add({ hours: 9 }) }];
  assert.equal(
    cause(
      { placement, downFrom: AT.add({ minutes: 2 }), finishedAt: AT.add({ hours: 9 }) },
      { habits: createHabits({ off }) },
    ),
    'switched-off',
  );
});
