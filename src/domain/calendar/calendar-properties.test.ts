import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isTouched } from '#domain/calendar/freeze-rules.ts';
import { liesIn } from '#domain/calendar/local-spans.ts';
import type { Freeze, FreezeRule, OneOffWindow, Plan, Window } from '#domain/calendar/plan.ts';
import { planWindowsFrom } from '#domain/calendar/plan-windows.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { overlap } from '#domain/calendar/span.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { isBefore } from '#domain/instants.ts';

const START = Temporal.Instant.from('2023-06-01T00:00:00Z');
const after = (hours: number): Temporal.Instant => START.add({ hours });

const zones = fc.constantFrom('Europe/London', 'America/Chicago', 'Asia/Kathmandu', 'Pacific/Apia');
const plans = fc
  .record({
    kind: fc.constantFrom('weekly' as const, 'nightly' as const),
    weekday: fc.constantFrom(1 as const, 3 as const, 7 as const),
    hour: fc.integer({ min: 0, max: 23 }),
    followUp: fc.boolean(),
    extra: fc.boolean(),
  })
  .map(({ kind, weekday, hour, followUp, extra }) =>
    kind === 'nightly'
      ? makePlan({ name: 'p', kind })
      : makePlan({
          name: 'p',
          weekday,
          hour,
          followUp,
          extraWindows: extra ? [{ weekday: 5, hour: 22, windowMinutes: 180 }] : [],
        }),
  );
const hour = fc.integer({ min: 0, max: 24 * 200 });
const days = fc.integer({ min: 0, max: 200 }).map((day) => Temporal.PlainDate.from('2023-06-01').add({ days: day }));
const rules: fc.Arbitrary<FreezeRule> = fc.oneof(
  fc
    .tuple(hour, fc.integer({ min: 1, max: 500 }))
    .map(([from, hours]) => ({ kind: 'once' as const, start: after(from), end: after(from + hours) })),
  fc
    .tuple(days, fc.integer({ min: 0, max: 20 }))
    .map(([day, more]) => ({ kind: 'dates' as const, from: `${day}`, to: `${day.add({ days: more })}` })),
  fc.record({
    kind: fc.constant('month-end' as const),
    lastDays: fc.integer({ min: 0, max: 5 }),
    firstDays: fc.integer({ min: 1, max: 5 }),
  }),
  fc.constantFrom(
    { kind: 'yearly' as const, from: '12-20', to: '01-06' },
    { kind: 'yearly' as const, from: '07-01', to: '07-14' },
  ),
);
const freezes = fc
  .array(rules, { maxLength: 4 })
  .map((list) => list.map((rule, place): Freeze => ({ freezeId: String(place), name: `freeze ${place}`, rule })));
const oneOffs = fc.array(fc.tuple(hour, fc.integer({ min: 1, max: 72 })), { maxLength: 6 }).map((list) =>
  list.map(([from, hours], place): OneOffWindow => {
    return { windowId: String(place), start: after(from), end: after(from + hours) };
  }),
);

function until(windows: Iterable<Window>, end: Temporal.Instant): Window[] {
  const seen: Window[] = [];
  for (const window of windows) {
    if (!isBefore(window.start, end)) return seen;
    seen.push(window);
  }
  return seen;
}

function show({ start, end, cycle, primary }: Window): string {
  return `${start} ${end} ${cycle} ${primary}`;
}

const END = after(24 * 250);

test('an empty calendar changes no window', () => {
  fc.assert(
    fc.property(plans, zones, hour, (plan, zone, hours) => {
      const empty = { ...plan, calendar: { freezes: [], oneOff: [] } };
      assert.deepEqual(
        until(windowsFrom(empty, zone, after(hours)), END).map(show),
        until(planWindowsFrom(plan, zone, after(hours)), END).map(show),
      );
    }),
    { numRuns: 100 },
  );
});

test('no window is touched by a freeze, and no window is lost that is not', () => {
  fc.assert(
    fc.property(plans, zones, freezes, (plan, zone, frozen) => {
      const calendar = { freezes: frozen, oneOff: [] };
      const held = until(windowsFrom({ ...plan, calendar }, zone, START), END);
      for (const window of held) for (const { rule } of frozen) assert.ok(!isTouched(rule, window, zone), show(window));
      const free = until(planWindowsFrom(plan, zone, START), END).filter(
        (window) => !frozen.some(({ rule }) => isTouched(rule, window, zone)),
      );
      assert.deepEqual(held.map(show), free.map(show));
    }),
    { numRuns: 150 },
  );
});

test('a one-off window is held, alone or as part of another, unless something freezes it', () => {
  fc.assert(
    fc.property(plans, zones, oneOffs, freezes, (plan, zone, oneOff, frozen) => {
      const open = until(windowsFrom({ ...plan, calendar: { freezes: [], oneOff } }, zone, START), END);
      const held = until(windowsFrom({ ...plan, calendar: { freezes: frozen, oneOff } }, zone, START), END).map(show);
      for (const one of oneOff) {
        const [inside, ...others] = open.filter((window) => overlap(window, one));
        assert.ok(inside && others.length === 0);
        assert.ok(!isBefore(one.start, inside.start) && !isBefore(inside.end, one.end));
        const isFrozen = frozen.some(({ rule }) => isTouched(rule, inside, zone));
        assert.equal(held.includes(show(inside)), !isFrozen);
      }
      const own = until(planWindowsFrom(plan, zone, START), END);
      for (const window of own)
        assert.ok(open.some(({ start, end }) => !isBefore(window.start, start) && !isBefore(end, window.end)));
    }),
    { numRuns: 150 },
  );
});

test('windows with a calendar come in order, never meet, and are the same from wherever one looks', () => {
  fc.assert(
    fc.property(plans, zones, oneOffs, freezes, hour, (plan, zone, oneOff, frozen, hours) => {
      const full: Plan = { ...plan, calendar: { freezes: frozen, oneOff } };
      const seen = until(windowsFrom(full, zone, after(hours)), END);
      for (const [place, window] of seen.entries()) {
        const next = seen[place + 1];
        if (next) assert.ok(isBefore(window.end, next.start));
        const [again] = windowsFrom(full, zone, window.end.subtract({ seconds: 1 })).take(1);
        assert.equal(again && show(again), show(window));
      }
    }),
    { numRuns: 100 },
  );
});

test('every window lies in the hours of the server', () => {
  const hours = fc.array(
    fc.record({
      weekdays: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
      from: fc.integer({ min: 0, max: 1439 }),
      minutes: fc.integer({ min: 60, max: 1440 }),
    }),
    { minLength: 1, maxLength: 3 },
  );
  fc.assert(
    fc.property(plans, zones, hours, (plan, zone, own) => {
      const calendar = { freezes: [], oneOff: [], hours: own };
      for (const window of until(windowsFrom({ ...plan, calendar }, zone, START), after(24 * 60)))
        assert.ok(liesIn(own, zone, window));
    }),
    { numRuns: 100 },
  );
});
