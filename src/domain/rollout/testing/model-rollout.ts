import fc from 'fast-check';
import { KINDS } from '#domain/approval/kinds.ts';
import type { AtOnce, Gate, Placement, RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { FOUR_WAVES, ORDER_ONLY } from '#domain/rollout/shipped-plans.ts';

const atOnce: fc.Arbitrary<AtOnce> = fc.constantFrom<AtOnce>(
  { kind: 'servers', servers: 1 },
  { kind: 'servers', servers: 3 },
  { kind: 'percent', percent: 50 },
  { kind: 'by-size' },
  { kind: 'all' },
);

const gate: fc.Arbitrary<Gate> = fc
  .record({
    minVerified: fc.nat(3),
    minPercent: fc.constantFrom(0, 50, 80, 100),
    maxFailures: fc.constantFrom(0, 1, 100),
    soakHours: fc.constantFrom(0, 24, 72),
    ownerTest: fc.constantFrom('none', 'none', 'one', 'each-owner'),
    go: fc.integer({ min: 0, max: 3 }).map((n) => n === 3),
  })
  .map((one) => ({ ...one, noIncident: false, timeoutHours: 96, tell: ['lead@example.com'] }));

const PLACES: readonly Placement['when'][] = [
  { environment: ['test', 'development', 'staging'] },
  { roles: ['domain-controller', 'file-server', 'cluster-node'] },
  { tier: ['critical', 'high'] },
  { name: ['s1*'] },
];

const drawn: fc.Arbitrary<RolloutPlan> = fc
  .record({
    waves: fc.array(fc.record({ atOnce, gate }), { minLength: 1, maxLength: 4 }),
    rules: fc.array(fc.tuple(fc.constantFrom(...PLACES), fc.nat(3)), { maxLength: 4 }),
    rest: fc.option(fc.nat(3), { freq: 9 }),
    weekGate: fc.option(gate, { freq: 1 }),
  })
  .map(({ waves, rules, rest, weekGate }) => {
    const place = (n: number) => `wave-${n % waves.length}`;
    return {
      name: 'drawn',
      kinds: KINDS.filter((kind) => kind !== 'definitions'),
      waves: waves.map((one, n) => ({ name: place(n), title: `Wave ${n}`, ...one })),
      placement: [
        ...rules.map(([when, wave]) => ({ wave: place(wave), when })),
        ...(rest === null ? [] : [{ wave: place(rest), when: {} }]),
      ],
      ...(weekGate ? { weekGate } : {}),
      twoPersons: false,
    };
  });

/** Rollout plans: drawn ones, and the two that are shipped. */
export const modelRollout: fc.Arbitrary<RolloutPlan> = fc.oneof(
  { weight: 4, arbitrary: drawn },
  { weight: 1, arbitrary: fc.constantFrom(FOUR_WAVES, ORDER_ONLY) },
);
