import { KINDS } from '#domain/approval/kinds.ts';
import type { AtOnce, Gate, RolloutPlan } from '#domain/rollout/rollout-plan.ts';

const WAVE_KINDS = KINDS.filter((kind) => kind !== 'definitions');
/** More failures than any fleet has: such a gate never fails on them. */
const ANY_NUMBER = 1_000_000;

const PRODUCTION_GATE: Gate = {
  minVerified: 3,
  minPercent: 50,
  maxFailures: 1,
  soakHours: 24,
  noIncident: true,
  ownerTest: 'none',
  go: false,
  timeoutHours: 240,
  tell: [],
};
const HALF: AtOnce = { kind: 'percent', percent: 50 };

/**
 * The shipped plan: pilots, then production in the order of what an outage costs. Evidence of the pilots includes the word of one owner;
 * what the early release week shows gates the later ones. With weekly windows each wave takes a week, so that four fit into a cycle: half
 * of a wave at a time, and the next opens when that half is verified.
 */
export const FOUR_WAVES: RolloutPlan = {
  name: 'four-waves',
  kinds: WAVE_KINDS,
  waves: [
    {
      name: 'pilot',
      title: 'Pilot',
      atOnce: { kind: 'all' },
      gate: { ...PRODUCTION_GATE, minPercent: 75, maxFailures: 0, ownerTest: 'one' },
    },
    { name: 'low-risk', title: 'Low-risk production', atOnce: HALF, gate: PRODUCTION_GATE },
    {
      name: 'critical-infrastructure',
      title: 'Critical infrastructure',
      atOnce: HALF,
      gate: { ...PRODUCTION_GATE, maxFailures: 0 },
    },
    {
      name: 'high-impact',
      title: 'High-impact applications',
      atOnce: HALF,
      gate: { ...PRODUCTION_GATE, minPercent: 90, maxFailures: 0, ownerTest: 'each-owner' },
    },
  ],
  placement: [
    { wave: 'pilot', when: { group: ['Pilot'] } },
    { wave: 'pilot', when: { environment: ['test', 'development', 'staging'] } },
    {
      wave: 'critical-infrastructure',
      when: { roles: ['domain-controller', 'file-server', 'hyper-v', 'cluster-node', 'backup', 'monitoring'] },
    },
    { wave: 'high-impact', when: { tier: ['critical', 'high'] } },
    { wave: 'high-impact', when: { roles: ['exchange', 'sql-server', 'rds', 'application'] } },
    { wave: 'low-risk', when: {} },
  ],
  weekGate: { ...PRODUCTION_GATE, minVerified: 1 },
  twoPersons: false,
};

/** For customers without a plan of their own: no waves and no gates; redundancy groups and dependencies alone order the servers. */
export const ORDER_ONLY: RolloutPlan = {
  name: 'order-only',
  kinds: WAVE_KINDS,
  waves: [
    {
      name: 'all',
      title: 'All servers',
      atOnce: { kind: 'all' },
      gate: {
        minVerified: 0,
        minPercent: 0,
        maxFailures: ANY_NUMBER,
        soakHours: 0,
        noIncident: false,
        ownerTest: 'none',
        go: false,
        tell: [],
      },
    },
  ],
  placement: [{ wave: 'all', when: {} }],
  twoPersons: false,
};
