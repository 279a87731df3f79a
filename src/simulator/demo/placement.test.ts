import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import type { KnownUpdate } from './known-updates.ts';
import { type Placement, placementOf } from './placement.ts';

// Default week of October 2023: Sunday 22nd, 02:00 to 06:00.
const PLAN = makePlan({ name: 'p' });
const PUBLISHED = Temporal.Instant.from('2023-10-10T17:00:00Z');

function placed(
  from: string,
  to: string,
  over: { plan?: Plan; class?: string; needsRestart?: boolean } = {},
): Placement {
  const update: KnownUpdate = {
    updateId: 'u',
    title: 'An update',
    published: PUBLISHED,
    class: over.class ?? 'os-cumulative',
    verdict: 'approve',
    expired: false,
  };
  return placementOf(over.plan ?? PLAN, 'UTC', update, {
    startedAt: Temporal.Instant.from(`2023-10-${from}:00Z`),
    finishedAt: Temporal.Instant.from(`2023-10-${to}:00Z`),
    needsRestart: over.needsRestart ?? true,
    published: PUBLISHED,
  });
}

test('an installation belongs into a window from its beginning to the end of its restart', () => {
  assert.equal(placed('22T02:00', '22T06:00'), 'window');
  assert.equal(placed('22T01:59', '22T02:30'), 'outside-window');
  assert.equal(placed('22T05:30', '22T06:01'), 'overrun');
  assert.equal(placed('22T06:00', '22T06:10'), 'outside-window');
  assert.equal(placed('29T02:00', '29T03:00'), 'window');
  assert.equal(placed('15T02:00', '15T03:00'), 'before-release');
});

test('definitions go at any time, a servicing stack that needs no restart in the lead', () => {
  assert.equal(placed('12T12:00', '12T12:05', { class: 'definition', needsRestart: false }), 'definition');
  assert.equal(placed('20T12:00', '20T12:05', { class: 'ssu', needsRestart: false }), 'servicing-stack');
  assert.equal(placed('20T12:00', '20T12:05', { class: 'ssu' }), 'outside-window');
  assert.equal(placed('19T12:00', '19T12:05', { class: 'ssu', needsRestart: false }), 'outside-window');
  // Its lead begins before its week does.
  const plan = makePlan({ name: 'w', weekday: 3 });
  assert.equal(placed('16T12:00', '16T12:05', { class: 'ssu', needsRestart: false, plan }), 'servicing-stack');
});

test('a plan that catches up allows some hours after its window', () => {
  const plan = makePlan({ name: 'c', missed: { kind: 'catch-up', hours: 12 } });
  assert.equal(placed('22T17:59', '22T18:30', { plan }), 'catch-up');
  assert.equal(placed('22T18:00', '22T18:30', { plan }), 'outside-window');
  assert.equal(placed('22T05:30', '22T06:01', { plan }), 'overrun');
});
